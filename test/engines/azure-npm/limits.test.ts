import { expect, test } from "vitest";
import { compile } from "../../../compiler/compile.js";

const policy = (selector: string, name = "p") =>
  `apiVersion: networking.k8s.io/v1\nkind: NetworkPolicy\nmetadata: {name: ${name}, namespace: x}\nspec: {podSelector: ${selector}}\n`;

function codesAndChains(text: string, generation = "v2") {
  const { result, diagnostics } = compile([{ name: "p.yaml", text }], { generation });
  return {
    codes: diagnostics.map(({ code }) => code),
    policyChains: result!.tables.chains.filter(({ name }) => /GRESS-[0-9a-z]{10}$/.test(name)).length,
    pairs: result!.pairs.length,
  };
}

test("a comment over 1,023 characters keeps a policy out of the kernel, one of that length does not", () => {
  const values = (count: number) =>
    Array.from({ length: count }, (_, i) => `v${String(i).padStart(34, "0")}`).join(", ");
  const selector = (count: number) => `{matchExpressions: [{key: app, operator: In, values: [${values(count)}]}]}`;
  expect(codesAndChains(policy(selector(30)))).toEqual({ codes: ["npm-policy-too-large"], policyChains: 0, pairs: 0 });
  expect(codesAndChains(policy(selector(20)))).toEqual({ codes: [], policyChains: 1, pairs: 1 });
});

test("so do more set matches than iptables-restore takes words", () => {
  const labels = (count: number) =>
    `{matchLabels: {${Array.from({ length: count }, (_, i) => `k${i}: v`).join(", ")}}}`;
  expect(codesAndChains(policy(labels(49))).codes).toEqual(["npm-policy-too-large"]);
  expect(codesAndChains(policy(labels(47))).codes).toEqual([]);
});

test("a set takes 65,536 members, the first ones", () => {
  const pods = Array.from({ length: 65_540 }, (_, i) => {
    const ip = `10.${(i >> 16) & 255}.${(i >> 8) & 255}.${i & 255}`;
    return `- {apiVersion: v1, kind: Pod, metadata: {name: p${i}, namespace: x}, spec: {containers: [{name: c, image: i}]}, status: {phase: Running, podIP: ${ip}}}\n`;
  });
  const { result, diagnostics } = compile([
    { name: "p.yaml", text: `apiVersion: v1\nkind: List\nitems:\n${pods.join("")}` },
  ]);
  const set = result!.tables.sets.find(({ readableName }) => readableName === "ns-x")!;
  expect(set.members.length).toBe(65_536);
  expect(set.members.at(-1)).toBe("10.0.255.255");
  expect(diagnostics.map(({ code }) => code)).toEqual(["npm-set-full"]);
});

test("two readable names with one FNV name are one set, and a warning says so", () => {
  const pod =
    "apiVersion: v1\nkind: Pod\nmetadata: {name: a, namespace: msobb-target, labels: {x: YMaaIZ}}\nspec: {containers: [{name: c, image: i}]}\n";
  expect(codesAndChains(pod, "v2-fnv").codes).toEqual(["npm-shares-set"]);
  expect(codesAndChains(pod, "v2").codes).toEqual([]);
});

test("what a policy that names a type twice is warned of, it is warned of once", () => {
  const policy =
    'apiVersion: networking.k8s.io/v1\nkind: NetworkPolicy\nmetadata: {name: p, namespace: x}\nspec: {podSelector: {}, policyTypes: [Ingress, Ingress], ingress: [{from: [{ipBlock: {cidr: "2001:db8::/32"}}]}]}\n';
  expect(codesAndChains(policy, "v2").codes).toEqual(["npm-skips-policy-ipv6"]);
});
