import { describe, expect, test } from "vitest";
import { compile } from "../../../compiler/compile.js";
import { verify } from "../../../compiler/simulate/verify/verify.js";

const pod = (name: string, annotations = ""): string => `
---
apiVersion: v1
kind: Pod
metadata: { name: "${name}", namespace: x, annotations: { ${annotations} } }
spec: { nodeName: node-0, containers: [{ name: c, image: i }] }
status: { phase: Running, podIP: 'fd00::${name}' }
`;

/** Asks to send from other addresses, which no setting allows. */
const forger = pod("9", `cni.projectcalico.org/allowedSourcePrefixes: '["fd02::/64"]'`);

const node = {
  engine: "calico",
  node: "node-0",
  ipv6: true,
  hostInterfaces: ["eth0=10.240.9.1/28", "eth0=fd00:9::1/124", "kube-ipvs0=fd00:1::10/128"],
};

function verified(interfaces: readonly string[]): readonly string[] {
  const text = `
{ apiVersion: v1, kind: Namespace, metadata: { name: x } }
---
{ apiVersion: v1, kind: ServiceAccount, metadata: { name: default, namespace: x } }
---
{ apiVersion: v1, kind: ConfigMap, metadata: { name: kube-proxy, namespace: kube-system }, data: { mode: ipvs } }
${pod("1")}${pod("2")}${pod("3")}${forger}`;
  const { result, diagnostics } = compile([{ name: "cluster.yaml", text }], { ...node, interfaces });
  expect(diagnostics.filter(({ severity }) => severity === "error")).toEqual([]);
  return verify(result!, { alsoReadings: true }).findings.map(({ code }) => code);
}

describe("with IPVS a pod that Felix treats as missing", () => {
  test("is dropped before its messages to neighbours can pass", () => {
    expect(verified(["x/1=azvaa", "x/2=azvab", "x/3=azvb", "x/9=azvc"])).toEqual(["calico-refuses-pod"]);
  });

  test("slips by where it begins like two pods that are there, and its messages to neighbours pass", () => {
    expect(verified(["x/1=azvaa", "x/2=azvab", "x/3=azvb", "x/9=azvac"])).toEqual(["calico-refuses-pod"]);
  });
});
