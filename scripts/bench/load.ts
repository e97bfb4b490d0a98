import type { KubernetesObject, Labels, LabelSelector, NetworkPolicy, Pod } from "../../compiler/index.js";

/** How large a load is. Policies and pods are counted per namespace. */
export interface LoadSize {
  readonly namespaces: number;
  readonly podsEach: number;
  readonly policiesEach: number;
}

/** Antrea's published load: 25,000 namespaces with three policies and four pods each. */
export const referenceLoad: LoadSize = { namespaces: 25_000, podsEach: 4, policiesEach: 3 };

/** 200 namespaces, 4,000 pods, 1,000 policies. */
export const npm200: LoadSize = { namespaces: 200, podsEach: 20, policiesEach: 5 };

/** A load as manifests, namespaces first, then pods, then policies. */
export function loadText(size: LoadSize): string {
  const documents = [...namespaces(size), ...pods(size), ...policies(size)];
  return documents.map((document) => `${document}\n`).join("---\n");
}

function namespaces({ namespaces: count }: LoadSize): string[] {
  return range(count).map((n) => {
    const labels = `kubernetes.io/metadata.name: ${namespace(n)}, team: t${n % 10}, env: ${environments[n % 3]}`;
    return `apiVersion: v1\nkind: Namespace\nmetadata: {name: ${namespace(n)}, labels: {${labels}}}`;
  });
}

function pods({ namespaces: count, podsEach }: LoadSize): string[] {
  return range(count * podsEach).map((k) => {
    const index = k % podsEach;
    const labels = `app: a${index % 10}, role: ${roles[index % 3]}, version: v${index % 2}`;
    return [
      "apiVersion: v1",
      "kind: Pod",
      `metadata: {name: pod-${index}, namespace: ${namespace(Math.floor(k / podsEach))}, labels: {${labels}}}`,
      `spec: {nodeName: node-${k % 100}, containers: [{name: c, image: app, ports: [{name: http, containerPort: 80}]}]}`,
      `status: {phase: Running, podIP: ${podAddress(k)}}`,
    ].join("\n");
  });
}

function policies({ namespaces: count, policiesEach }: LoadSize): string[] {
  return range(count * policiesEach).map((k) => {
    const index = k % policiesEach;
    const head = "apiVersion: networking.k8s.io/v1\nkind: NetworkPolicy";
    const name = `metadata: {name: p${index}, namespace: ${namespace(Math.floor(k / policiesEach))}}`;
    return `${head}\n${name}\nspec:\n${specs[index % specs.length]}`;
  });
}

/** Default deny; labels, ports and a named port; namespaces by expression with a range; blocks with an exception; two directions. */
const specs: readonly string[] = [
  "  podSelector: {}\n  policyTypes: [Ingress, Egress]",
  "  podSelector: {matchLabels: {app: a1, role: back}}\n  ingress:\n  - from: [{podSelector: {matchLabels: {role: front}}}]\n    ports: [{port: 80}, {port: http}]",
  "  podSelector: {matchLabels: {role: front}}\n  ingress:\n  - from:\n    - namespaceSelector: {matchExpressions: [{key: team, operator: In, values: [t0, t1]}]}\n      podSelector: {matchLabels: {role: front}}\n    ports: [{port: 8000, endPort: 8100}]",
  "  podSelector: {matchLabels: {role: db}}\n  policyTypes: [Egress]\n  egress:\n  - to: [{ipBlock: {cidr: 10.0.0.0/8, except: [10.0.0.0/16]}}]\n  - to: [{namespaceSelector: {matchLabels: {env: dev}}}]\n    ports: [{protocol: UDP, port: 53}]",
  "  podSelector: {matchLabels: {app: a2}}\n  policyTypes: [Ingress, Egress]\n  ingress: [{from: [{podSelector: {matchLabels: {role: back}}}]}]\n  egress: [{to: [{podSelector: {matchLabels: {role: db}}}], ports: [{port: 5432}]}]",
];

/** The reference load as checked values, without the detour through text: what the goal of five seconds starts from. */
export function loadObjects({ namespaces: count, podsEach, policiesEach }: LoadSize): KubernetesObject[] {
  const source = { name: "load", text: "" };
  const placed = { source, offset: 0 };
  const labels = (entries: Record<string, string>): Labels => new Map(Object.entries(entries));
  const selector = (entries: Record<string, string>): LabelSelector => ({
    offset: 0,
    matchLabels: labels(entries),
    matchExpressions: [],
  });
  const podOf = (k: number): Pod => ({
    ...placed,
    kind: "Pod",
    namespace: namespace(Math.floor(k / podsEach)),
    name: `pod-${k % podsEach}`,
    labels: labels({ app: `a${k % podsEach}`, role: roles[k % 3]! }),
    phase: "Running",
    ip: podAddress(k),
    hostNetwork: false,
    nodeName: "",
    ports: [{ name: "http", containerPort: 80, protocol: "TCP" }],
    uid: "",
  });
  const policyOf = (k: number): NetworkPolicy => {
    const index = k % policiesEach;
    const open = index === 2;
    return {
      ...placed,
      kind: "NetworkPolicy",
      namespace: namespace(Math.floor(k / policiesEach)),
      name: `p${index}`,
      podSelector: selector(index === 0 ? {} : { app: `a${index}` }),
      policyTypes: open ? ["Ingress", "Egress"] : ["Ingress"],
      ingress:
        index === 0
          ? []
          : [
              {
                offset: 0,
                peers: [{ kind: "pods", offset: 0, podSelector: selector({ role: "front" }) }],
                ports: [{ offset: 0, protocol: "TCP", port: 80 }],
              },
            ],
      egress: open
        ? [{ offset: 0, peers: [{ kind: "ipBlock", offset: 0, cidr: "10.0.0.0/8", except: [] }], ports: [] }]
        : [],
      uid: "",
    };
  };
  return [
    ...range(count).map((n): KubernetesObject => ({
      ...placed,
      kind: "Namespace",
      name: namespace(n),
      labels: labels({ env: environments[n % 3]!, "kubernetes.io/metadata.name": namespace(n), team: `t${n % 10}` }),
      implied: false,
    })),
    ...range(count * podsEach).map(podOf),
    ...range(count * policiesEach).map(policyOf),
  ];
}

const environments = ["dev", "test", "prod"] as const;
const roles = ["front", "back", "db"] as const;

function namespace(n: number): string {
  return `ns-${String(n).padStart(5, "0")}`;
}

/** 10.0.0.1 on, one each. */
function podAddress(k: number): string {
  const host = k + 1;
  return `10.${(host >> 16) & 255}.${(host >> 8) & 255}.${host & 255}`;
}

function range(count: number): number[] {
  return Array.from({ length: count }, (_, index) => index);
}
