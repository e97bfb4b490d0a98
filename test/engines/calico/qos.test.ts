import { expect, test } from "vitest";
import { compile, type CompileOptions } from "../../../compiler/index.js";
import { printIptablesSave } from "../../../compiler/netfilter/print-iptables-save.js";

const namespace = "apiVersion: v1\nkind: Namespace\nmetadata: { name: shop }";
const account = "apiVersion: v1\nkind: ServiceAccount\nmetadata: { namespace: shop, name: default }";

const pod = (annotations: string, address = "10.224.0.4", more = ""): string =>
  `apiVersion: v1
kind: Pod
metadata: { namespace: shop, name: api, annotations: { ${annotations} } }
spec: { nodeName: node-0, ${more} containers: [{ name: c, image: api }] }
status: { phase: Running, podIP: ${address} }`;

const host = (annotations: string, addresses: string): string =>
  `apiVersion: projectcalico.org/v3
kind: HostEndpoint
metadata: { name: host, annotations: { ${annotations} } }
spec: { node: node-0, interfaceName: eth0, expectedIPs: [${addresses}] }`;

const compiled = (objects: readonly string[], options: CompileOptions = {}) =>
  compile([{ name: "a.yaml", text: [namespace, account, ...objects].join("\n---\n") }], {
    engine: "calico",
    node: "node-0",
    ...options,
  });

/** Rules of the chains that a pattern names, in whatever table. */
function rulesOf({ result }: ReturnType<typeof compiled>, pattern: RegExp): readonly string[] {
  const { chains, others = [] } = result!.tables;
  const tables = [chains, ...others.map((table) => table.chains)];
  const lines = tables.flatMap((table) => printIptablesSave({ ...result!.tables, chains: table }).split("\n"));
  return lines.filter((line) => line.startsWith("-A ") && pattern.test(line.split(" ")[1]!));
}

const said = ({ diagnostics }: ReturnType<typeof compiled>): readonly string[] =>
  diagnostics
    .filter(({ code }) => code.startsWith("calico-qos") || code === "calico-unknown-feature")
    .map(({ message }) => message);

// Hashes: Felix's own RuleHashes of Calico a0db560f0520, over the texts of felix/iptables/actions.go at 036c024de.
test("packets are limited before connections are looked at, and connections behind, with Felix's hashes", () => {
  const annotations =
    'qos.projectcalico.org/ingressPacketRate: "1k", qos.projectcalico.org/ingressPacketBurst: "2000", qos.projectcalico.org/ingressMaxConnections: "20"';
  const own = "-m comment --comment";
  expect(rulesOf(compiled([pod(annotations)]), /^cali-tw-/).slice(0, 8)).toEqual([
    `-A cali-tw-azv50d8cbfc60a ${own} "cali:HdpnGcs_4kCXwKPZ" ${own} "Clear ingress packet rate limit mark" -j MARK --set-xmark 0x0/0x80000`,
    `-A cali-tw-azv50d8cbfc60a ${own} "cali:WXCpJXyEwYWSGLne" ${own} "Mark packets within ingress packet rate limit" -m limit --limit 1000/sec --limit-burst 2000 -j MARK --set-xmark 0x80000/0x80000`,
    `-A cali-tw-azv50d8cbfc60a ${own} "cali:qIpyU_XJLz70oobm" ${own} "Drop packets over ingress packet rate limit" -m mark ! --mark 0x80000/0x80000 -j DROP`,
    `-A cali-tw-azv50d8cbfc60a ${own} "cali:073I5nMbjnhiLOJf" ${own} "Clear ingress packet rate limit mark" -j MARK --set-xmark 0x0/0x80000`,
    `-A cali-tw-azv50d8cbfc60a ${own} "cali:STIjqvtxp7ClUA4t" -m conntrack --ctstate RELATED,ESTABLISHED -j ACCEPT`,
    `-A cali-tw-azv50d8cbfc60a ${own} "cali:rgYD1fHQhKSihcb4" -m conntrack --ctstate INVALID -j DROP`,
    `-A cali-tw-azv50d8cbfc60a -p tcp ${own} "cali:84uCKP2YdmrO5TKJ" ${own} "Reject connections over ingress connection limit" -m tcp --tcp-flags FIN,SYN,RST,ACK SYN -m connlimit --connlimit-above 20 --connlimit-mask 0 --connlimit-saddr -j REJECT --reject-with tcp-reset`,
    `-A cali-tw-azv50d8cbfc60a ${own} "cali:hJsMHPzyVVykwPyx" -j MARK --set-xmark 0x0/0x30000`,
  ]);
});

test("what is marked goes by the text of addresses; of a host endpoint's several the first stays, though the set has all", () => {
  const objects = [
    pod("qos.projectcalico.org/dscp: AF11"),
    pod("qos.projectcalico.org/dscp: EF", "10.224.0.5").replace("name: api", "name: web"),
    host('qos.projectcalico.org/dscp: "20"', "10.224.0.62, 10.9.9.9"),
  ];
  const found = compiled(objects);
  expect(rulesOf(found, /^cali-egress-dscp$/)).toEqual([
    '-A cali-egress-dscp -s 10.224.0.4/32 -m comment --comment "cali:hKyMEVlwkBYI3q-n" -j DSCP --set-dscp 0x0a',
    '-A cali-egress-dscp -s 10.224.0.5/32 -m comment --comment "cali:7CyFg5dBpqGkjmGD" -j DSCP --set-dscp 0x2e',
    '-A cali-egress-dscp -s 10.224.0.62/32 -m comment --comment "cali:BwneKfLcF9zDi9iD" -j DSCP --set-dscp 0x14',
  ]);
  const set = found.result!.tables.sets.find(({ name }) => name === "cali40dscp-src-net")!;
  expect(set.members).toEqual(["10.9.9.9", "10.224.0.4", "10.224.0.5", "10.224.0.62"]);
  expect(said(found)).toEqual([
    "the annotation qos.projectcalico.org/dscp: of 2 addresses of IPv4 it marks 10.224.0.62 alone, for Felix takes the rules of the others away again",
  ]);
});

test("a host endpoint's packets are not limited, whatever it says", () => {
  const rules = rulesOf(compiled([host('qos.projectcalico.org/ingressPacketRate: "5"', "10.224.0.62")]), /^cali-/);
  expect(rules.filter((rule) => rule.includes("limit"))).toEqual([]);
});

test.each([
  [
    "v3.29.0",
    0,
    "Calico v3.29.0 does not know the annotation qos.projectcalico.org/ingressPacketRate: it is passed over",
  ],
  [
    "v3.30.1",
    "1000/sec",
    "Calico v3.30.1 does not know the annotation qos.projectcalico.org/ingressPacketBurst: it is passed over",
  ],
  [
    "v3.30.2",
    "1000/sec --limit-burst 7",
    "Calico v3.30.2 does not know the annotation qos.projectcalico.org/dscp: it is passed over",
  ],
  ["v3.31.0", "1000/sec --limit-burst 7", undefined],
])("what %s knows of them: a limit of %s", (generation, limit, message) => {
  const annotations =
    'qos.projectcalico.org/ingressPacketRate: "1k", qos.projectcalico.org/ingressPacketBurst: "7", qos.projectcalico.org/dscp: EF';
  const found = compiled([pod(annotations)], { generation });
  const limits = rulesOf(found, /^cali-tw-/).flatMap((rule) => / --limit (.*?) -j/.exec(rule)?.[1] ?? []);
  expect(limits).toEqual(limit === 0 ? [] : [limit]);
  if (message === undefined) expect(said(found)).toEqual([]);
  else expect(said(found)).toContain(message);
});

test("pods that use the network of their node, and those of other nodes, have no rules", () => {
  const annotations = 'qos.projectcalico.org/ingressPacketRate: "5", qos.projectcalico.org/dscp: EF';
  const onHost = compiled([pod(annotations, "10.224.0.62", "hostNetwork: true,")]);
  const elsewhere = compiled([pod(annotations).replace("node-0", "node-1")]);
  for (const found of [onHost, elsewhere])
    expect(rulesOf(found, /^cali-/).filter((rule) => /limit|set-dscp/.test(rule))).toEqual([]);
});

test("pods of one workload say what is wrong once", () => {
  const workload = `apiVersion: apps/v1
kind: Deployment
metadata: { namespace: shop, name: api }
spec:
  replicas: 3
  selector: { matchLabels: { app: api } }
  template:
    metadata: { labels: { app: api }, annotations: { qos.projectcalico.org/egressMaxConnections: none } }
    spec: { nodeName: node-0, containers: [{ name: c, image: api }] }`;
  expect(said(compiled([workload]))).toEqual([
    'the annotation qos.projectcalico.org/egressMaxConnections: "none" is no quantity, and it is passed over',
  ]);
});

const mesh = (generation?: string) =>
  compiled(
    [
      pod("a: b").replace("annotations: { a: b }", "labels: { istio.io/dataplane-mode: ambient }"),
      "apiVersion: projectcalico.org/v3\nkind: FelixConfiguration\nmetadata: { name: default }\nspec: { istioAmbientMode: Enabled, istioDSCPMark: 24 }",
    ],
    generation === undefined ? {} : { generation },
  );

test("Istio's mesh: the rule before all others, with Felix's hash, and a set of its pods", () => {
  expect(rulesOf(mesh(), /^cali-POSTROUTING$/)[0]).toBe(
    '-A cali-POSTROUTING -o azv+ -p tcp -m comment --comment "cali:lOdaWzaQPVgZE_yS" -m conntrack --ctstate NEW -m set --match-set cali40all-istio-weps dst -m set --match-set cali40all-istio-weps src -j DSCP --set-dscp 0x18',
  );
  const set = mesh().result!.tables.sets.find(({ name }) => name === "cali40all-istio-weps");
  expect([set?.type, set?.members]).toEqual(["hash:ip", ["10.224.0.4"]]);
});

test("v3.31 has no mesh, v3.32 has", () => {
  const sets = (generation: string): boolean =>
    mesh(generation).result!.tables.sets.some(({ name }) => name.includes("istio"));
  expect([sets("v3.31"), sets("v3.32.0")]).toEqual([false, true]);
});
