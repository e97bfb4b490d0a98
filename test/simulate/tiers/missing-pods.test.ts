import { describe, expect, test } from "vitest";
import { compile } from "../../../compiler/compile.js";
import { verify } from "../../../compiler/simulate/verify/verify.js";
import { annotatedPod, floatingPod, namespaceOfPods } from "../../annotated-pods.js";

/** Asks to send from other addresses, which no setting allows. */
const forger = annotatedPod("d", "fd00::9", `cni.projectcalico.org/allowedSourcePrefixes: '["fd02::/64"]'`);

/** kube-proxy works with IPVS. */
const proxy = `
---
{ apiVersion: v1, kind: ConfigMap, metadata: { name: kube-proxy, namespace: kube-system }, data: { mode: ipvs } }
`;

const node = {
  engine: "calico",
  node: "node-0",
  ipv6: true,
  hostInterfaces: ["eth0=10.240.9.1/28", "eth0=fd00:9::1/124", "kube-ipvs0=fd00:1::10/128"],
};

function verified(interfaces: readonly string[], more = ""): readonly string[] {
  const pods = ["a", "b", "c"].map((name, index) => annotatedPod(name, `fd00::${index}`, "")).join("");
  const text = namespaceOfPods + proxy + pods + forger + more;
  const { result, diagnostics } = compile([{ name: "cluster.yaml", text }], { ...node, interfaces });
  expect(diagnostics.filter(({ severity }) => severity === "error")).toEqual([]);
  return verify(result!, { alsoReadings: true }).findings.map(({ code }) => code);
}

describe("with IPVS a pod that Felix treats as missing", () => {
  test("is dropped before its messages to neighbours can pass", () => {
    expect(verified(["x/a=azvaa", "x/b=azvab", "x/c=azvb", "x/d=azvc"])).toEqual(["calico-refuses-pod"]);
  });

  test("slips by where it begins like two pods that are there, and its messages to neighbours pass", () => {
    expect(verified(["x/a=azvaa", "x/b=azvab", "x/c=azvb", "x/d=azvac"])).toEqual(["calico-refuses-pod"]);
  });

  test("answers to its node's address where that stands for a pod, and a host endpoint of all interfaces knows the connection", () => {
    const floating = floatingPod("e", "fd00::e", '["fd00:9::1"]');
    const others = `
---
{ apiVersion: projectcalico.org/v3, kind: HostEndpoint, metadata: { name: h }, spec: { node: node-0, interfaceName: "*" } }
---
{ apiVersion: projectcalico.org/v3, kind: FelixConfiguration, metadata: { name: default }, spec: { floatingIPs: Enabled } }
`;
    const interfaces = ["x/a=azvaa", "x/b=azvab", "x/c=azvb", "x/d=azvc", "x/e=azvd"];
    expect(verified(interfaces, floating + others)).not.toContain("unexplained");
  });
});
