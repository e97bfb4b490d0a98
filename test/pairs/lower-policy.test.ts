import { expect, test } from "vitest";
import { describeExpression, describePort } from "../../compiler/pairs/describe.js";
import type { PolicyPairs } from "../../compiler/pairs/pair-group.js";
import { specificationReading } from "../../compiler/pairs/reading.js";
import { pairsOf } from "./pairs-of.js";

/** One line a group: verdict, sources, destinations, ports. */
function lines(pairs: PolicyPairs): string[] {
  return pairs.directions.flatMap(({ groups }) =>
    groups.map(({ verdict, sources, destinations, ports }) => {
      const [from, to] = [sources, destinations].map(describeExpression);
      return `${verdict} ${from} -> ${to} on ${ports.map(describePort).join(", ")}`;
    }),
  );
}

test("an empty podSelector selects all pods of its namespace", () => {
  expect(lines(pairsOf("podSelector: {}"))).toEqual(["disallow anywhere -> all pods in namespace x on any port"]);
});

test("ingress puts the peer first, egress the subject", () => {
  const spec = `
    podSelector: {matchLabels: {app: web}}
    policyTypes: [Ingress, Egress]
    ingress: [{from: [{podSelector: {matchLabels: {role: front}}}], ports: [{port: 80}]}]
    egress: [{to: [{ipBlock: {cidr: 10.0.0.0/8, except: [10.1.0.0/16]}}]}]`;
  expect(lines(pairsOf(spec))).toEqual([
    "allow pods labelled role=front in namespace x -> pods labelled app=web in namespace x on 80/tcp",
    "disallow anywhere -> pods labelled app=web in namespace x on any port",
    "allow pods labelled app=web in namespace x -> addresses in 10.0.0.0/8 except 10.1.0.0/16 on any port",
    "disallow pods labelled app=web in namespace x -> anywhere on any port",
  ]);
});

test("two peers are two groups, two selectors of one peer are one", () => {
  const spec = `
    podSelector: {}
    ingress:
      - from:
          - namespaceSelector: {matchLabels: {team: a}}
          - podSelector: {matchLabels: {app: web}}
      - from:
          - namespaceSelector: {matchLabels: {team: a}}
            podSelector: {matchLabels: {app: web}}`;
  expect(lines(pairsOf(spec)).slice(0, -1)).toEqual([
    "allow all pods in namespaces labelled team=a -> all pods in namespace x on any port",
    "allow pods labelled app=web in namespace x -> all pods in namespace x on any port",
    "allow pods labelled app=web in namespaces labelled team=a -> all pods in namespace x on any port",
  ]);
});

test("ports of every kind stay with their rule", () => {
  const spec = `
    podSelector: {}
    ingress: [{ports: [{port: 80}, {port: 8000, endPort: 8100}, {port: 80, endPort: 80}, {port: dns, protocol: UDP}, {protocol: SCTP}, {}]}]`;
  expect(lines(pairsOf(spec))[0]).toBe(
    "allow anywhere -> all pods in namespace x on 80/tcp, 8000-8100/tcp, 80/tcp, dns/udp (by name), any sctp port, any tcp port",
  );
});

test("a rule {} beside others stands for everything, or (older) for nothing", () => {
  const spec = `
    podSelector: {}
    ingress: [{}, {ports: [{port: 80}]}]`;
  expect(lines(pairsOf(spec))).toEqual(["allow anywhere -> all pods in namespace x on any port"]);
  expect(lines(pairsOf(spec, { openRule: "lone" }))).toEqual([
    "allow anywhere -> all pods in namespace x on 80/tcp",
    "disallow anywhere -> all pods in namespace x on any port",
  ]);
  expect(lines(pairsOf("podSelector: {}\ningress: [{}]", { openRule: "lone" }))).toEqual([
    "allow anywhere -> all pods in namespace x on any port",
  ]);
});

test("several values of a pod expression are one set, those of a namespace expression are alternatives behind the rest", () => {
  const spec = `
    podSelector: {}
    ingress:
      - from:
          - podSelector: {matchExpressions: [{key: app, operator: In, values: [b, a]}]}
          - namespaceSelector:
              matchLabels: {tier: prod}
              matchExpressions:
                - {key: team, operator: NotIn, values: [a, b]}
                - {key: zone, operator: Exists}`;
  expect(lines(pairsOf(spec)).slice(0, -1)).toEqual([
    "allow pods labelled app=b or a in namespace x -> all pods in namespace x on any port",
    "allow all pods in namespaces labelled tier=prod and zone and not labelled team=a -> all pods in namespace x on any port",
    "allow all pods in namespaces labelled tier=prod and zone and not labelled team=b -> all pods in namespace x on any port",
  ]);
});

test("by the specification, a namespace must differ from every value of NotIn, and only pods are meant", () => {
  const notIn = "{key: team, operator: NotIn, values: [a, b]}";
  const peer = (labels: string): string => `
    podSelector: {}
    ingress: [{from: [{namespaceSelector: {${labels}matchExpressions: [${notIn}]}}]}]`;
  expect(lines(pairsOf(peer(""), specificationReading)).slice(0, -1)).toEqual([
    "allow all pods in namespaces not labelled team=a and not labelled team=b -> all pods in namespace x on any port",
  ]);
  expect(lines(pairsOf(peer("matchLabels: {tier: prod}, "), specificationReading)).slice(0, -1)).toEqual([
    "allow all pods in namespaces labelled tier=prod and not labelled team=a and not labelled team=b -> all pods in namespace x on any port",
  ]);
});

test("by the specification, several values of In stay alternatives beside a NotIn", () => {
  const expressions = "{key: zone, operator: In, values: [north, south]}, {key: team, operator: NotIn, values: [a, b]}";
  const spec = `
    podSelector: {}
    ingress: [{from: [{namespaceSelector: {matchExpressions: [${expressions}]}}]}]`;
  expect(lines(pairsOf(spec, specificationReading)).slice(0, -1)).toEqual([
    "allow all pods in namespaces not labelled team=a and not labelled team=b and labelled zone=north -> all pods in namespace x on any port",
    "allow all pods in namespaces not labelled team=a and not labelled team=b and labelled zone=south -> all pods in namespace x on any port",
  ]);
});

test("labels go by key, expressions as written, repetitions count once", () => {
  const spec = `
    podSelector:
      matchLabels: {z: "1", a: "2"}
      matchExpressions:
        - {key: m, operator: DoesNotExist}
        - {key: a, operator: In, values: ["2"]}
        - {key: a, operator: NotIn, values: ["2"]}`;
  expect(describeExpression(pairsOf(spec).directions[0]!.subjects)).toBe(
    "pods labelled a=2 and z=1 and not labelled m and not labelled a=2 in namespace x",
  );
});

test("only negations match addresses outside the cluster, too, and the words say so", () => {
  const spec = `
    podSelector: {}
    ingress: [{from: [{namespaceSelector: {matchExpressions: [{key: team, operator: NotIn, values: [a]}]}}]}]`;
  expect(lines(pairsOf(spec))[0]).toBe(
    "allow all pods in namespaces not labelled team=a, and every address outside the cluster -> all pods in namespace x on any port",
  );
});

test("a release that reads an ipBlock only as first peer gives the others no pairs", () => {
  const spec = `
    podSelector: {}
    ingress: [{from: [{ipBlock: {cidr: 10.0.0.0/8}}, {ipBlock: {cidr: 11.0.0.0/8}}]}]`;
  expect(lines(pairsOf(spec, { ipBlockPeers: "first-peer" }))).toHaveLength(2);
  expect(lines(pairsOf(spec, { ipBlock: "everything" }))[0]).toBe(
    "allow anywhere -> all pods in namespace x on any port",
  );
});

test("every group knows the field it came from", () => {
  const { directions } = pairsOf(`
    podSelector: {}
    policyTypes: [Egress]
    egress: [{ports: [{port: 53}]}, {to: [{podSelector: {}}, {podSelector: {}}]}]`);
  const fields = directions[0]!.groups.map(({ origin }) => origin.kind === "field" && origin.field);
  expect(fields).toEqual(["spec.egress[0]", "spec.egress[1].to[0]", "spec.egress[1].to[1]", "spec.podSelector"]);
});
