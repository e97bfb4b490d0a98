import { describe, expect, test } from "vitest";
import { admitText, said } from "./said.js";

const workload = (kind: string, spec: string, metadata = "name: web"): string => {
  const version = { ReplicationController: "v1", Job: "batch/v1", CronJob: "batch/v1" }[kind] ?? "apps/v1";
  return `apiVersion: ${version}\nkind: ${kind}\nmetadata: {${metadata}}\nspec: ${spec}\n`;
};
const template =
  "template: {metadata: {labels: {app: web}}, spec: {containers: [{ports: [{containerPort: 80, name: http}]}]}}";

function podNames(text: string): readonly string[] {
  return admitText(text).objects.map((object) => ("name" in object ? object.name : ""));
}

describe("a workload becomes pods", () => {
  test("that carry the labels and ports of its template, and have no status", () => {
    const [pod] = admitText(workload("Deployment", `{${template}}`, "name: web, namespace: x")).objects;
    const { source: _, ...fields } = pod!;
    expect(fields).toEqual({
      kind: "Pod",
      namespace: "x",
      name: "web-1",
      labels: new Map([["app", "web"]]),
      phase: "",
      ip: "",
      hostNetwork: false,
      nodeName: "",
      ports: [{ name: "http", containerPort: 80, protocol: "TCP" }],
      uid: "",
      workload: "Deployment/web",
      offset: 0,
    });
  });

  test.each([
    ["Deployment", `{replicas: 2, ${template}}`, ["web-1", "web-2"]],
    ["ReplicaSet", `{replicas: null, ${template}}`, ["web-1"]],
    ["ReplicationController", `{replicas: 0, ${template}}`, []],
    ["StatefulSet", `{replicas: 2, ${template}}`, ["web-0", "web-1"]],
    ["StatefulSet", `{ordinals: {start: 5}, ${template}}`, ["web-5"]],
    ["DaemonSet", `{${template}}`, ["web-1"]],
    ["Job", `{parallelism: 2, completions: 5, ${template}}`, ["web-1", "web-2"]],
    ["Job", `{suspend: true, ${template}}`, []],
    ["CronJob", `{schedule: '* * * * *', jobTemplate: {spec: {parallelism: 2, ${template}}}}`, ["web-1", "web-2"]],
  ])("%s %s", (kind, spec, expected) => expect(podNames(workload(kind, spec))).toEqual(expected));

  test("one on each node that pods run on, when it is a DaemonSet", () => {
    const pod = (name: string, node: string): string =>
      `apiVersion: v1\nkind: Pod\nmetadata: {name: ${name}}\nspec: {nodeName: ${node}, containers: [{}]}\n`;
    const text = [
      pod("a", "node-2"),
      workload("DaemonSet", `{${template}}`),
      pod("b", "node-1"),
      pod("c", "node-2"),
    ].join("---\n");
    expect(podNames(text)).toEqual(["a", "web-node-1", "web-node-2", "b", "c"]);
  });

  test("up to a limit, with a warning", () => {
    const text = workload("Deployment", `{replicas: 2147483647, ${template}}`);
    expect(podNames(text).length).toBe(10_000);
    expect(said(text)).toEqual(["1:1 warning replicas-capped default/web -"]);
    const many = Array.from({ length: 26 }, (_, i) =>
      workload("Deployment", `{replicas: 10000, ${template}}`, `name: d${i}`),
    ).join("---\n");
    expect(podNames(many).length).toBe(250_000);
    expect(said(many).length).toBe(1);
  });

  test("but not when its pods are there themselves", () => {
    const owned = (kind: string, name: string): string =>
      `ownerReferences: [{apiVersion: apps/v1, kind: ${kind}, name: ${name}, uid: u, controller: true}]`;
    const pod = `apiVersion: v1\nkind: Pod\nmetadata: {name: web-5d-x, labels: {pod-template-hash: 5d}, ${owned("ReplicaSet", "web-5d")}}\nspec: {containers: [{}]}\n`;
    const replicaSet = workload("ReplicaSet", `{${template}}`, `name: web-5d, ${owned("Deployment", "web")}`);
    const deployment = workload("Deployment", `{replicas: 3, ${template}}`);
    expect(podNames([deployment, replicaSet, pod].join("---\n"))).toEqual(["web-5d-x"]);
    expect(podNames([pod, deployment].join("---\n"))).toEqual(["web-5d-x"]);
    expect(podNames([deployment, replicaSet].join("---\n"))).toEqual(["web-1", "web-2", "web-3"]);
    expect(podNames(replicaSet)).toEqual(["web-5d-1"]);
  });

  test("and a later pod of the same name takes the place of one", () => {
    const pod = "apiVersion: v1\nkind: Pod\nmetadata: {name: web-1, labels: {mine: x}}\nspec: {containers: [{}]}\n";
    const text = [workload("Deployment", `{replicas: 2, ${template}}`), pod].join("---\n");
    expect(podNames(text)).toEqual(["web-2", "web-1"]);
    expect(said(text)).toEqual(["6:1 warning object-replaced default/web-1 -"]);
  });
});

describe("a workload is checked", () => {
  test.each([
    [
      "Deployment",
      "{replicas: -1, template: {spec: {containers: [{}]}}}",
      "4:18 error count-negative default/web spec.replicas",
    ],
    [
      "Deployment",
      "{replicas: '2', template: {spec: {containers: [{}]}}}",
      "4:18 error wrong-type default/web spec.replicas",
    ],
    ["Deployment", "{replicas: 1}", "4:7 error template-missing default/web spec.template"],
    ["CronJob", "{schedule: x}", "4:7 error template-missing default/web spec.jobTemplate"],
    ["Deployment", "{template: {spec: {}}}", "4:25 error containers-missing default/web spec.template.spec.containers"],
    [
      "StatefulSet",
      "{template: {metadata: {labels: {a: yes}}, spec: {containers: [{}]}}}",
      "4:42 error wrong-type default/web spec.template.metadata.labels",
    ],
    [
      "CronJob",
      "{jobTemplate: {spec: {template: {spec: {containers: [{ports: [{containerPort: 0}]}]}}}}}",
      "4:85 error container-port-missing default/web spec.jobTemplate.spec.template.spec.containers[0].ports[0].containerPort",
    ],
  ])("%s %s", (kind, spec, expected) => expect(said(workload(kind, spec))).toEqual([expected]));

  test("its host ports may be left to the pods", () => {
    const spec =
      "{template: {spec: {hostNetwork: true, containers: [{ports: [{containerPort: 80}, {containerPort: 80}]}]}}}";
    expect(said(workload("DaemonSet", spec))).toEqual([]);
  });
});
