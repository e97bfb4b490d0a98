import { describe, expect, test } from "vitest";
import { admitText, said } from "./said.js";

const pod = (spec: string, status = "{}", metadata = "name: a"): string =>
  `apiVersion: v1\nkind: Pod\nmetadata: {${metadata}}\nspec: ${spec}\nstatus: ${status}\n`;

function problems(text: string): readonly string[] {
  return said(text).map((found) => found.replace(/^\S+ /, "").replace(" default/a ", " "));
}

describe("a pod", () => {
  test("is taken with its address, node, ports and labels", () => {
    const text = pod(
      "{nodeName: n-1, containers: [{ports: [{containerPort: 80, name: http}]}, {ports: [{containerPort: 53, protocol: UDP}]}]}",
      "{phase: Running, podIP: 10.0.0.1, podIPs: [{ip: 10.0.0.1}]}",
      "name: a, labels: {b: c}, uid: u",
    );
    const [object] = admitText(text).objects;
    const { source, ...fields } = object!;
    expect(source.name).toBe("a.yaml");
    expect(fields).toEqual({
      kind: "Pod",
      namespace: "default",
      name: "a",
      labels: new Map([["b", "c"]]),
      phase: "Running",
      ip: "10.0.0.1",
      hostNetwork: false,
      nodeName: "n-1",
      ports: [
        { name: "http", containerPort: 80, protocol: "TCP" },
        { name: "", containerPort: 53, protocol: "UDP" },
      ],
      uid: "u",
      offset: 0,
    });
  });

  test("that is being deleted keeps how long it may take", () => {
    const graceOf = (metadata: string): unknown => {
      const [object] = admitText(pod("{containers: [{}]}", "{}", metadata)).objects;
      return object?.kind === "Pod" ? object.deletionGracePeriodSeconds : "no pod";
    };
    expect(graceOf("name: a, deletionTimestamp: 2024-01-01T00:00:00Z, deletionGracePeriodSeconds: 0")).toBe(0);
    expect(graceOf("name: a, deletionGracePeriodSeconds: 0")).toBeUndefined();
  });

  test.each([
    ["{}", "error containers-missing spec.containers"],
    ["{containers: []}", "error containers-missing spec.containers"],
    ["{hostnetwork: true, containers: [{}]}", "error unknown-field spec.hostnetwork"],
    ["{hostNetwork: 'true', containers: [{}]}", "error wrong-type spec.hostNetwork"],
    ["{nodeName: A, containers: [{}]}", "error node-name-invalid spec.nodeName"],
    ["{containers: [{port: []}]}", "error unknown-field spec.containers[0].port"],
    ["{containers: [{ports: [{}]}]}", "error container-port-missing spec.containers[0].ports[0].containerPort"],
    [
      "{containers: [{ports: [{containerPort: 65536}]}]}",
      "error port-out-of-range spec.containers[0].ports[0].containerPort",
    ],
    [
      "{containers: [{ports: [{containerPort: 1, hostPort: -1}]}]}",
      "error port-out-of-range spec.containers[0].ports[0].hostPort",
    ],
    [
      "{containers: [{ports: [{containerPort: 1, protocol: tcp}]}]}",
      "error protocol-unknown spec.containers[0].ports[0].protocol",
    ],
    [
      "{containers: [{ports: [{containerPort: 1, name: a--b}]}]}",
      "error port-name-invalid spec.containers[0].ports[0].name",
    ],
    [
      "{containers: [{ports: [{containerPort: 1, hostPort: 9}]}, {ports: [{containerPort: 2, hostPort: 9}]}]}",
      "error host-port-duplicate spec.containers[1].ports[0].hostPort",
    ],
    [
      "{hostNetwork: true, containers: [{ports: [{containerPort: 1}, {containerPort: 1}]}]}",
      "error host-port-duplicate spec.containers[0].ports[1].hostPort",
    ],
    [
      "{hostNetwork: true, containers: [{ports: [{containerPort: 1, hostPort: 2}]}]}",
      "error host-port-mismatch spec.containers[0].ports[0].hostPort",
    ],
    [
      "{containers: [{}], initContainers: [{ports: [{containerPort: 0}]}]}",
      "error container-port-missing spec.initContainers[0].ports[0].containerPort",
    ],
  ])("%s is refused", (spec, expected) => expect(problems(pod(spec))).toEqual([expected]));

  test.each([
    ["{containers: [{ports: [{containerPort: 1, name: x}]}, {ports: [{containerPort: 1, name: x}]}]}"],
    ["{containers: [{ports: [{containerPort: 1, hostPort: 9, hostIP: 10.0.0.1}, {containerPort: 1, hostPort: 9}]}]}"],
    ["{containers: [{ports: [{containerPort: 1, protocol: ''}]}]}"],
    ["{hostNetwork: true, containers: [{ports: [{containerPort: 1, hostPort: 1}]}]}"],
    [
      "{containers: [{}], initContainers: [{ports: [{containerPort: 1, hostPort: 1}]}, {ports: [{containerPort: 1, hostPort: 1}]}]}",
    ],
  ])("%s is taken", (spec) => expect(problems(pod(spec))).toEqual([]));

  test("has a phase that exists and an address that is one", () => {
    const status = (fields: string): readonly string[] => problems(pod("{containers: [{}]}", fields));
    expect(status("{phase: Ready}")).toEqual(["error phase-unknown status.phase"]);
    expect(status("{podIP: 10.0.0}")).toEqual(["error pod-ip-invalid status.podIP"]);
    expect(status("{podIP: 'fe80::1%eth0'}")).toEqual(["error pod-ip-invalid status.podIP"]);
    expect(status("{podIP: '2001:db8::1'}")).toEqual([]);
    expect(status("{podIP: ''}")).toEqual([]);
  });
});

test("a Namespace is taken with its labels, unknown fields are not", () => {
  const text =
    "apiVersion: v1\nkind: Namespace\nmetadata: {name: x, labels: {a: b}}\nspec: {finalizers: [kubernetes]}\nstatus: {phase: Active}\n";
  expect(admitText(text).objects.map(({ source: _, ...fields }) => fields)).toEqual([
    { kind: "Namespace", name: "x", labels: new Map([["a", "b"]]), implied: false, offset: 0 },
  ]);
  expect(said(`${text}labels: {}\n`)).toEqual(["6:1 error unknown-field x labels"]);
});
