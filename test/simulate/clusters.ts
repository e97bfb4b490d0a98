import fc from "fast-check";
import type {
  KubernetesObject,
  Labels,
  LabelSelector,
  Namespace,
  NetworkPolicy,
  Peer,
  Pod,
  PolicyPort,
  PolicyRule,
  Protocol,
} from "../../compiler/model/objects.js";

const pick = <T>(...items: T[]): fc.Arbitrary<T> => fc.constantFrom(...items);
const source = { name: "generated", text: "" };
const placed = { offset: 0 };

const labels: fc.Arbitrary<Labels> = fc
  .record({ app: pick(undefined, "web", "db", ""), tier: pick(undefined, undefined, "fe") })
  .map(
    (chosen) => new Map(Object.entries(chosen).filter((entry): entry is [string, string] => entry[1] !== undefined)),
  );

const requirement = fc.oneof(
  fc.record({
    key: pick("app", "tier"),
    operator: pick("In" as const, "NotIn" as const),
    values: fc.uniqueArray(pick("web", "db", "fe", ""), { minLength: 1, maxLength: 2 }),
  }),
  fc.record({
    key: pick("app", "tier"),
    operator: pick("Exists" as const, "DoesNotExist" as const),
    values: fc.constant([] as string[]),
  }),
);

const selector: fc.Arbitrary<LabelSelector> = fc
  .record({
    matchLabels: fc.oneof(fc.constant<Labels>(new Map()), labels),
    found: fc.array(requirement, { maxLength: 2 }),
  })
  .map(({ matchLabels, found }) => ({
    ...placed,
    matchLabels,
    matchExpressions: found.map((its) => ({ ...its, ...placed })),
  }));

const peer: fc.Arbitrary<Peer> = fc.oneof(
  selector.map((podSelector) => ({ kind: "pods" as const, ...placed, podSelector })),
  selector.map((namespaceSelector) => ({ kind: "pods" as const, ...placed, namespaceSelector })),
  fc
    .tuple(selector, selector)
    .map(([podSelector, namespaceSelector]) => ({ kind: "pods" as const, ...placed, podSelector, namespaceSelector })),
  pick(
    { cidr: "10.0.0.0/24", except: ["10.0.0.2/31"] },
    { cidr: "0.0.0.0/0", except: ["10.0.0.0/30", "192.168.0.0/16"] },
    { cidr: "10.0.0.5/16", except: [] },
    { cidr: "010.0.0.0/24", except: ["10.0.0.2/031"] },
    { cidr: "10.0.0.0/08", except: [] },
    { cidr: "2001:db8::/32", except: ["2001:db8:1::/48"] },
    { cidr: "::/0", except: [] },
  ).map((block) => ({ kind: "ipBlock" as const, ...placed, ...block })),
);

const port: fc.Arbitrary<PolicyPort> = fc
  .record({
    protocol: pick<Protocol>("TCP", "UDP", "SCTP"),
    port: pick<number | string | undefined>(undefined, 80, 443, "http", "dns"),
    more: pick(undefined, undefined, 0, 10),
  })
  .map(({ protocol, port: number, more }) => ({
    ...placed,
    protocol,
    ...(number !== undefined && { port: number }),
    ...(typeof number === "number" && more !== undefined && { endPort: number + more }),
  }));

const rules: fc.Arbitrary<readonly PolicyRule[]> = fc.array(
  fc
    .record({ peers: fc.array(peer, { maxLength: 2 }), ports: fc.array(port, { maxLength: 2 }) })
    .map((rule) => ({ ...rule, ...placed })),
  { maxLength: 3 },
);

const namespaceNames = ["x", "y", "z"];

const policy = fc
  .record({
    namespace: pick(...namespaceNames),
    podSelector: selector,
    policyTypes: pick(["Ingress"] as const, ["Egress"] as const, ["Ingress", "Egress"] as const),
    ingress: rules,
    egress: rules,
  })
  .map((its) => ({ kind: "NetworkPolicy" as const, uid: "", source, ...placed, ...its }));

const containerPort = fc.record({
  name: pick("http", "dns", ""),
  containerPort: pick(80, 443, 8080),
  protocol: pick<Protocol>("TCP", "UDP", "SCTP"),
});

const pod = fc.record({
  namespace: pick(...namespaceNames),
  labels,
  ports: fc.array(containerPort, { maxLength: 2 }),
  hostNetwork: fc.boolean().chain((maybe) => (maybe ? fc.boolean() : fc.constant(false))),
  phase: pick<Pod["phase"]>("Running", "Running", "Running", "Running", "Failed", ""),
});

/** Small clusters with every feature of the API: objects in order of application. */
export const clusters: fc.Arbitrary<readonly KubernetesObject[]> = fc
  .record({
    namespaces: fc.tuple(labels, labels),
    pods: fc.array(pod, { minLength: 2, maxLength: 8 }),
    policies: fc.array(policy, { maxLength: 5 }),
  })
  .map(({ namespaces, pods, policies }): KubernetesObject[] => [
    ...namespaces.map((its, index): Namespace => {
      return { kind: "Namespace", name: namespaceNames[index]!, labels: its, implied: false, source, ...placed };
    }),
    ...pods.map((its, index): Pod => {
      const ip = index === 6 ? "2001:db8::6" : `10.0.0.${index + 1}`;
      return { kind: "Pod", name: `p${index}`, nodeName: "", uid: "", ip, source, ...placed, ...its };
    }),
    ...policies.map((its, index): NetworkPolicy => ({ ...its, name: `policy${index}` })),
  ]);
