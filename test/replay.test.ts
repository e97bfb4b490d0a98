import { expect, test } from "vitest";
import type { CompileOptions } from "../compiler/compile.js";
import { outputs, type OutputOptions } from "../compiler/outputs.js";
import { replay } from "../compiler/replay.js";
import type { ReplayStep } from "../compiler/replay-events.js";

type Written = readonly [action: ReplayStep["action"], ...documents: string[]];

/** The steps by themselves, and what a tester asks about them. */
function run(written: readonly Written[], options: CompileOptions = {}) {
  const steps = written.map(([action, ...documents], index): ReplayStep => {
    const name = `0${index + 1}-${action}.yaml`;
    return { name, action, sources: [{ name, text: documents.join("\n---\n") }] };
  });
  const { diagnostics, summary, result } = replay(steps, options);
  const print = (name: string, index: number, printing: OutputOptions = {}) =>
    outputs.find((output) => output.name === name)!.print(result!.steps[index]!, printing);
  const setOf = (readableName: string, index: number) =>
    result!.steps[index]!.tables.sets.find((set) => set.readableName === readableName)?.members;
  const jumps = (index: number) => print("iptables-save", index).match(/INGRESS-POLICY-\S+?(?=-TO)/g) ?? [];
  const codes = diagnostics.map(({ code, location }) => `${location?.source.name ?? ""} ${code}`.trim());
  return { codes, summary, result, print, setOf, jumps };
}

const namespace = (name: string, labels = "{}") =>
  `{apiVersion: v1, kind: Namespace, metadata: {name: ${name}, labels: ${labels}}}`;
const pod = (name: string, status = "{phase: Running, podIP: 10.0.0.1}", labels = "{app: web}") =>
  `{apiVersion: v1, kind: Pod, metadata: {namespace: x, name: ${name}, labels: ${labels}}, spec: {containers: [{name: c, image: i}]}, status: ${status}}`;
const policy = (name: string, spec = "{podSelector: {}}") =>
  `{apiVersion: networking.k8s.io/v1, kind: NetworkPolicy, metadata: {namespace: x, name: ${name}}, spec: ${spec}}`;
const deployment = (replicas: number) =>
  `{apiVersion: apps/v1, kind: Deployment, metadata: {namespace: x, name: web}, spec: {replicas: ${replicas}, selector: {matchLabels: {app: web}}, template: {metadata: {labels: {app: web}}, spec: {containers: [{name: c, image: i}]}}}}`;

test("each step shows the node as that step left it", () => {
  const { jumps, summary } = run([
    ["apply", namespace("x"), policy("p")],
    ["apply", policy("q")],
    ["delete", policy("p")],
  ]);
  expect([jumps(0), jumps(1), jumps(2)]).toEqual([
    ["INGRESS-POLICY-x/p"],
    ["INGRESS-POLICY-x/q", "INGRESS-POLICY-x/p"],
    ["INGRESS-POLICY-x/q"],
  ]);
  expect(summary).toEqual(["3 steps: 3 objects applied, 1 deleted"]);
});

test("a policy leaves its empty chain until the periodic task runs", () => {
  const { print } = run([["apply", namespace("x"), policy("p")], ["delete", policy("p")], ["reconcile"]]);
  const chains = (index: number) => print("iptables-save", index).match(/^:AZURE-NPM-INGRESS-[0-9a-z]{10} .*$/gm) ?? [];
  expect([0, 1, 2].map((index) => chains(index).length)).toEqual([1, 1, 0]);
});

/** Source: Azure NPM v1.5.0, npm/pkg/dataplane/dataplane.go, deleteIPSetsAndReferences. */
test("empty sets of a policy go with it, others with the first change after the periodic task", () => {
  const selector = "{matchLabels: {app: none}, matchExpressions: [{key: tier, operator: In, values: [fe, be]}]}";
  const { result } = run([
    ["apply", namespace("x"), pod("a", undefined, "{tier: fe}"), policy("p", `{podSelector: ${selector}}`)],
    ["delete", policy("p")],
    ["delete", pod("a")],
    ["reconcile"],
    ["apply", namespace("z")],
  ]);
  const podSets = result!.steps.map(({ tables }) =>
    tables.sets.map(({ readableName }) => readableName ?? "").filter((name) => /^(?:pod|nested)label-/.test(name)),
  );
  expect(podSets.map((names) => names.sort())).toEqual([
    ["nestedlabel-x/p:tier:fe:be", "podlabel-app:none", "podlabel-tier", "podlabel-tier:be", "podlabel-tier:fe"],
    ["podlabel-tier", "podlabel-tier:fe"],
    ["podlabel-tier", "podlabel-tier:fe"],
    ["podlabel-tier", "podlabel-tier:fe"],
    [],
  ]);
});

test("no objects are invented: a namespace that is only mentioned is not applied", () => {
  const { result } = run([["apply", policy("p")]]);
  expect(result!.whole.objects.map(({ kind }) => kind)).toEqual(["NetworkPolicy"]);
});

test("the label with a namespace's name is set, as a server of 1.21 or newer does", () => {
  expect(run([["apply", namespace("x")]]).setOf("nslabel-kubernetes.io/metadata.name:x", 0)).toHaveLength(1);
  const old = run([["apply", namespace("x")]], { kubernetes: "1.20" });
  expect(old.setOf("nslabel-kubernetes.io/metadata.name:x", 0)).toBeUndefined();
});

test("documents are applied in written order, also where one names an object again", () => {
  const { setOf, codes } = run([
    ["apply", namespace("x"), pod("a", "{phase: Running, podIP: 10.0.0.1}", "{app: old}"), pod("a")],
  ]);
  expect(setOf("podlabel-app:old", 0)).toEqual([]);
  expect(setOf("podlabel-app:web", 0)).toEqual(["10.0.0.1"]);
  expect(codes).toEqual([]);
});

test("an apply replaces the whole object", () => {
  const { setOf } = run([
    ["apply", namespace("x"), pod("a", "{phase: Running, podIP: 10.0.0.1}", "{app: web, tier: front}")],
    ["apply", pod("a")],
  ]);
  expect([setOf("podlabel-tier", 0), setOf("podlabel-tier", 1)]).toEqual([["10.0.0.1"], []]);
});

test("a delete names kind, namespace and name; what else it says is not looked at", () => {
  const { jumps, codes } = run([
    ["apply", namespace("x"), policy("p")],
    ["delete", "{apiVersion: networking.k8s.io/v1, kind: NetworkPolicy, metadata: {namespace: x, name: p}, spec: 7}"],
  ]);
  expect(jumps(1)).toEqual([]);
  expect(codes).toEqual([]);
});

test("deleting what is not there is a warning, and the node hears nothing of it", () => {
  const { codes, print } = run([
    ["apply", namespace("x")],
    ["delete", policy("p"), "{apiVersion: v1, kind: Pod, metadata: {name: ghost}}"],
  ]);
  expect(codes).toEqual(["02-delete.yaml delete-unknown", "02-delete.yaml delete-unknown"]);
  expect([print("restore", 1), print("log", 1)]).toEqual(["", ""]);
});

test("pods of a deleted namespace stay until they are deleted themselves", () => {
  const { setOf } = run([
    ["apply", namespace("x"), pod("a")],
    ["delete", namespace("x")],
    ["delete", pod("a")],
  ]);
  expect([setOf("ns-x", 1), setOf("ns-x", 2)]).toEqual([["10.0.0.1"], []]);
});

/** Source: Azure NPM v1.5.0, npm/pkg/controlplane/controllers/v2/podController.go, syncPod and syncAddAndUpdatePod. */
test("a pod that changes makes its deleted namespace known again, one that stays as it is does not", () => {
  const { setOf } = run([
    ["apply", namespace("x"), pod("a")],
    ["delete", namespace("x")],
    ["apply", pod("a")],
    ["apply", pod("a", undefined, "{app: api}")],
  ]);
  expect([0, 1, 2, 3].map((index) => setOf("nslabel-all-namespaces", index)?.length)).toEqual([1, 0, 0, 1]);
});

/** Source: Azure NPM v1.5.0, npm/pkg/controlplane/controllers/v2/podController.go, needSync and syncAddAndUpdatePod. */
test("a pod with an IPv6 address makes its namespace known and leaves its sets, also before it runs", () => {
  const { setOf, print } = run([
    ["apply", pod("a", "{phase: Pending, podIP: '2001:db8::1'}")],
    ["apply", pod("a")],
    ["apply", pod("a", "{phase: Pending, podIP: '2001:db8::1'}")],
  ]);
  expect(setOf("nslabel-all-namespaces", 0)).toHaveLength(1);
  expect([0, 1, 2].map((index) => setOf("ns-x", index))).toEqual([[], ["10.0.0.1"], []]);
  expect(print("log", 0)).toContain("ignored as the PodIP is not valid ipv4 address. ip: [2001:db8::1]");
});

test("a running pod without an address is heard of only when it is not new", () => {
  const waiting = pod("a", "{phase: Running}");
  const { setOf, print } = run([
    ["apply", waiting],
    ["apply", waiting],
  ]);
  expect([0, 1].map((index) => setOf("nslabel-all-namespaces", index)?.length)).toEqual([undefined, 1]);
  expect([0, 1].map((index) => print("log", index).includes("not valid ipv4"))).toEqual([false, true]);
});

/** Source: Azure NPM v1.0.32, npm/ipsm/ipsm.go, DeleteFromSet; v1.2.2 knows whose a member is. */
test("an address that two pods share goes with the first of them up to v1.0.32", () => {
  const steps: Written[] = [
    ["apply", namespace("x"), pod("a"), pod("b")],
    ["delete", pod("a")],
  ];
  expect(run(steps, { generation: "v1.0.32" }).setOf("ns-x", 1)).toEqual([]);
  expect(run(steps, { generation: "v1.2.2" }).setOf("ns-x", 1)).toEqual(["10.0.0.1"]);
});

/** Source: Azure NPM v1.0.30, npm/parseSelector.go, ReqHeap.Less. */
test("an expression without values stands before one whose first value is empty", () => {
  const expressions = "[{key: app, operator: DoesNotExist}, {key: app, operator: In, values: [web, '']}]";
  const { print } = run([["apply", namespace("x"), policy("p", `{podSelector: {matchExpressions: ${expressions}}}`)]], {
    generation: "v1.0.30",
  });
  expect(print("iptables-save", 0)).toContain("!app-AND-app:-AND-app:web");
});

test("a workload's pods come and go with it; those it has no more are deleted", () => {
  const { setOf } = run([
    ["apply", namespace("x"), deployment(3)],
    ["apply", deployment(1)],
    ["delete", deployment(1)],
  ]);
  expect([0, 1, 2].map((index) => setOf("podlabel-app:web", index)?.length)).toEqual([3, 1, 0]);
});

test("a pod without a status keeps the address it is given for as long as it is there", () => {
  const waiting = pod("a", "{}");
  const { setOf } = run([
    ["apply", namespace("x"), waiting],
    ["apply", pod("b", "{phase: Running, podIP: 10.240.77.77}"), waiting.replace("web", "api")],
  ]);
  expect(setOf("podlabel-app:api", 1)).toEqual(setOf("podlabel-app:web", 0));
});

test("restore and log of a step are what was done in it; the start belongs to the first", () => {
  const { print, result } = run([
    ["apply", namespace("x")],
    ["apply", policy("p")],
    ["delete", policy("p")],
  ]);
  expect(print("restore", 0)).toContain("KUBE-IPTABLES-HINT");
  expect(print("restore", 1).match(/^\$ /gm)).toHaveLength(1);
  const whole = outputs.find(({ name }) => name === "log")!.print(result!.whole, {});
  expect([0, 1, 2].map((index) => print("log", index)).join("")).toBe(whole);
  expect(print("log", 2)).toMatch(
    /^I0101 00:00:00\.051000 {7}1 networkPolicyController\.go:231\] Network Policy x\/p is not/,
  );
});

test("mistakes of all steps are told at once, and nothing is replayed", () => {
  const { codes, result } = run([
    ["apply", policy("p", "{}"), "a: [b"],
    ["delete", "{apiVersion: v1, kind: Pod, metadata: {}}"],
    ["apply", policy("q", "{podSelector: {}, policyTypes: [Inress]}")],
  ]);
  expect(codes.map((code) => code.split(" ")[0])).toEqual(["01-apply.yaml", "02-delete.yaml", "03-apply.yaml"]);
  expect(result).toBeUndefined();
});

test("a wrong generation is told together with what is wrong in the steps", () => {
  const { codes } = run([["delete", "{apiVersion: v1, kind: Pod, metadata: {}}"]], { generation: "v3" });
  expect(codes.toSorted()).toEqual(["01-delete.yaml name-missing", "unknown-generation"]);
});
