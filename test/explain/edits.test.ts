import { describe, expect, test } from "vitest";
import {
  clusterOf,
  compile,
  formatWhy,
  judge,
  readBack,
  readQuestion,
  why,
  type WhyAnswer,
} from "../../compiler/index.js";
import { candidatesFor } from "../../compiler/explain/edits/candidates.js";
import { applyEdit } from "../../compiler/explain/edits/yaml-lines.js";

const objects = `kind: Namespace
apiVersion: v1
metadata: { name: shop, labels: { zone: inner } }
---
kind: Namespace
apiVersion: v1
metadata: { name: lab, labels: { zone: outer } }
${[
  ["shop", "web", "10.0.0.1", "{ app: web, tier: front }"],
  ["shop", "api", "10.0.0.2", "{ app: api, tier: back }"],
  ["lab", "bench", "10.0.0.3", "{ app: bench }"],
]
  .map(
    ([namespace, name, ip, labels]) => `---
kind: Pod
apiVersion: v1
metadata: { namespace: ${namespace}, name: ${name}, labels: ${labels} }
spec: { containers: [{ name: c, image: i }] }
status: { phase: Running, podIP: ${ip} }
`,
  )
  .join("")}`;

const inBlock = (spec: string): string =>
  `${objects}---
kind: NetworkPolicy
apiVersion: networking.k8s.io/v1
metadata:
  namespace: shop
  name: p
spec:
${spec.replace(/^/gm, "  ")}
`;

/** What is written, who asks whom on what, the change, the line that goes, and what comes instead. */
const cases: readonly (readonly [string, string, string, string, string])[] = [
  [
    "podSelector: {}\ningress:\n  - ports:\n      - port: 80",
    "shop/web shop/api 8080",
    "change port of spec.ingress[0].ports[0] to 8080",
    "80",
    "8080",
  ],
  [
    "podSelector: {}\ningress:\n  - ports:\n      - port: 80 # web\n        protocol: TCP",
    "shop/web shop/api 8080",
    "add endPort 8080 to spec.ingress[0].ports[0]",
    "protocol: TCP",
    "protocol: TCP\n        endPort: 8080",
  ],
  [
    "podSelector: {}\ningress: [{ ports: [{ port: 80, endPort: 90 }] }]",
    "shop/web shop/api 95",
    "change endPort of spec.ingress[0].ports[0] to 95",
    "90",
    "95",
  ],
  [
    "podSelector: {}\ningress: [{ ports: [{ port: 80, endPort: 90 }] }]",
    "shop/web shop/api 90",
    "change endPort of spec.ingress[0].ports[0] to 89",
    "90",
    "89",
  ],
  [
    "podSelector: {}\ningress: [{ ports: [{ port: 80, endPort: 90 }] }]",
    "shop/web shop/api 80",
    "change port of spec.ingress[0].ports[0] to 81",
    "80",
    "81",
  ],
  [
    "podSelector: {}\ningress: [{ ports: [{ port: 53 }] }]",
    "shop/web shop/api 53/udp",
    "change the protocol of spec.ingress[0].ports[0] to UDP",
    "port: 53",
    "protocol: UDP, port: 53",
  ],
  [
    "podSelector: {}\ningress: [{ ports: [{ protocol: 'UDP' }] }]",
    "shop/web shop/api 53",
    "change the protocol of spec.ingress[0].ports[0] to TCP",
    "'UDP'",
    "TCP",
  ],
  [
    "podSelector: {}\ningress: [{ ports: [{ port: http }] }]",
    "shop/web shop/api 53",
    "change port of spec.ingress[0].ports[0] to 53",
    "http",
    "53",
  ],
  [
    'podSelector: {}\ningress:\n  - from:\n      - podSelector:\n          matchLabels:\n            app: "api"',
    "shop/web shop/api 80",
    "change app of spec.ingress[0].from[0].podSelector.matchLabels to web",
    '"api"',
    "web",
  ],
  [
    "podSelector: {}\ningress:\n  - from:\n      - podSelector:\n          matchLabels:\n            app: web\n            role: x",
    "shop/web shop/api 80",
    "remove role from spec.ingress[0].from[0].podSelector.matchLabels",
    "\n            role: x",
    "",
  ],
  [
    "podSelector: {}\ningress:\n  - from:\n      - podSelector:\n          matchLabels:\n            role: x",
    "shop/web shop/api 80",
    "remove role from spec.ingress[0].from[0].podSelector.matchLabels",
    "\n          matchLabels:\n            role: x",
    " {}",
  ],
  [
    "podSelector: {}\ningress: [{ from: [{ podSelector: { matchExpressions: [{ key: app, operator: In, values: [x] }] } }] }]",
    "shop/web shop/api 80",
    "add web to spec.ingress[0].from[0].podSelector.matchExpressions[0].values",
    "[x]",
    "[web, x]",
  ],
  [
    "podSelector: {}\ningress:\n  - from:\n      - podSelector:\n          matchExpressions:\n            - key: app\n              operator: NotIn\n              values:\n                - web\n                - x",
    "shop/web shop/api 80",
    "remove web from spec.ingress[0].from[0].podSelector.matchExpressions[0].values",
    "\n                - web",
    "",
  ],
  [
    "podSelector: {}\ningress:\n  - from:\n      - podSelector:\n          matchExpressions:\n            - { key: role, operator: Exists }",
    "shop/web shop/api 80",
    "remove spec.ingress[0].from[0].podSelector.matchExpressions[0]",
    "\n          matchExpressions:\n            - { key: role, operator: Exists }",
    " {}",
  ],
  [
    "podSelector: {}\ningress: [{ from: [{ namespaceSelector: { matchLabels: { zone: inner } } }] }]",
    "lab/bench shop/api 80",
    "change zone of spec.ingress[0].from[0].namespaceSelector.matchLabels to outer",
    "inner",
    "outer",
  ],
  [
    "podSelector: {}\ningress:\n  - from:\n      - namespaceSelector: {}",
    "lab/bench shop/api 80",
    "add zone=inner to spec.ingress[0].from[0].namespaceSelector.matchLabels",
    "namespaceSelector: {}",
    "namespaceSelector: { matchLabels: { zone: inner } }",
  ],
  [
    "podSelector: {}\ningress:\n  - from:\n      - podSelector:\n          matchExpressions:\n            - { key: app, operator: NotIn, values: [x] }",
    "shop/web shop/api 80",
    "add web to spec.ingress[0].from[0].podSelector.matchExpressions[0].values",
    "[x]",
    "[web, x]",
  ],
  [
    "podSelector: {}\ningress:\n  - from:\n      - podSelector:\n          matchExpressions:\n            - { key: app, operator: In, values: [web, api] }",
    "shop/web shop/api 80",
    "remove web from spec.ingress[0].from[0].podSelector.matchExpressions[0].values",
    "web, ",
    "",
  ],
  [
    "podSelector:\n  matchLabels: { app: web }\npolicyTypes: [Ingress]",
    "shop/web shop/api 80",
    "change app of spec.podSelector.matchLabels to api",
    "web",
    "api",
  ],
  [
    "podSelector: {}\npolicyTypes: [Ingress, Egress]\negress: [{}]",
    "shop/web shop/api 80",
    "remove Ingress from spec.policyTypes",
    "Ingress, ",
    "",
  ],
];

describe("one field of a policy, edited in its text", () => {
  test.each(cases)("%s: %s: %s", (spec, asked, what, goes, comes) => {
    const text = inBlock(spec);
    const [from, to, port] = asked.split(" ") as [string, string, string];
    const name = "all.yaml";
    const result = compile([{ name, text }], {}).result!;
    const cluster = clusterOf(result.objects);
    const [number, protocol = "tcp"] = port.split("/") as [string, "tcp" | "udp" | undefined];
    const packet = {
      source: cluster.endpoint(from)!,
      destination: cluster.endpoint(to)!,
      protocol,
      port: Number(number),
    };
    const judgement = judge(cluster, packet);
    const wanted = judgement.verdict === "allow" ? "deny" : "allow";
    const candidates = candidatesFor(wanted, { packet, judgement, causes: [], cluster });
    const found = candidates.find((candidate) => candidate.what === what);
    expect(candidates.map((candidate) => candidate.what)).toContain(what);
    const edited = applyEdit({ name, text }, found!.edit).text;
    expect(edited).toBe(inBlock(spec.replace(goes, comes)));
    const after = clusterOf(compile([{ name, text: edited }], {}).result!.objects);
    const ends = { source: after.endpoint(from)!, destination: after.endpoint(to)! };
    expect(judge(after, { ...packet, ...ends }).verdict).toBe(wanted);
  });
});

describe("the search", () => {
  const rules = (count: number): string =>
    Array.from({ length: count }, (_, index) => `  - ports: [{ port: ${1000 + index} }]\n`).join("");

  test("tells that it stopped before it had tried all", () => {
    const answer = ask(inBlock(`podSelector: {}\ningress:\n${rules(80)}`.trimEnd()), "shop/web", "shop/api", "80");
    expect(answer).toMatchObject({ stopped: true, tried: 150 });
    expect(answer.edits[0]!.size).toBe(2);
    expect(formatWhy(answer)).toContain("The search stopped after 150 edits, the small ones first.");
  }, 60_000);

  test("tells that it tried all", () => {
    const answer = ask(inBlock(`podSelector: {}\ningress:\n${rules(3)}`.trimEnd()), "shop/web", "shop/api", "80");
    expect(answer.stopped).toBe(false);
    expect(answer.tried).toBeGreaterThan(5);
  });
});

function ask(text: string, from: string, to: string, port: string): WhyAnswer {
  const sources = [{ name: "all.yaml", text }];
  const result = compile(sources, {}).result!;
  const written = { from, to, port, state: "new", namespace: "default" } as const;
  const { question } = readQuestion(written, readBack(result.tables), result.objects);
  return why(sources, {}, result, question!);
}
