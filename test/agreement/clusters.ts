import fc from "fast-check";

/** An object as it is written in a manifest. */
export type Manifest = Readonly<Record<string, unknown>>;

const pick = <T>(...items: T[]): fc.Arbitrary<T> => fc.constantFrom(...items);
const rarely = (share: number): fc.Arbitrary<boolean> => fc.integer({ min: 1, max: share }).map((n) => n === share);

/** Without the keys that have no value. */
function given(value: Readonly<Record<string, unknown>>): Manifest {
  return Object.fromEntries(Object.entries(value).filter(([, its]) => its !== undefined));
}

/** Older releases know kube-system. */
const namespaceNames = ["x", "y", "z", "kube-system"];

const podLabels = fc.record({ app: pick(undefined, "web", "db", ""), tier: pick(undefined, "fe", "be") }).map(given);
const namespaceLabels = fc
  .record({ team: pick(undefined, "a", "b", "c", ""), env: pick(undefined, "prod") })
  .map(given);

const namespaces = fc.tuple(namespaceLabels, namespaceLabels, namespaceLabels, namespaceLabels).map((all) =>
  all.map((labels, index): Manifest => ({
    apiVersion: "v1",
    kind: "Namespace",
    metadata: { name: namespaceNames[index]!, labels },
  })),
);

const containerPort = fc
  .record({
    name: pick("http", "dns", undefined),
    containerPort: pick(80, 443, 53),
    protocol: pick("TCP", "UDP", "SCTP", undefined),
  })
  .map(given);

interface RandomPod {
  readonly namespace: string;
  readonly labels: Manifest;
  readonly ports: readonly Manifest[];
  readonly hostNetwork: boolean;
  readonly phase: string;
  readonly deleted: boolean;
  readonly address: "own" | "shared" | "ipv6" | "none";
}

const namespaceName = fc.oneof({ arbitrary: pick("x", "y", "z"), weight: 14 }, pick("kube-system"));

/** What most pods have not is rare. */
const pod: fc.Arbitrary<RandomPod> = fc.record({
  namespace: namespaceName,
  labels: podLabels,
  ports: fc.array(containerPort, { maxLength: 2 }),
  hostNetwork: rarely(15),
  phase: fc.oneof({ arbitrary: pick("Running"), weight: 15 }, pick("Failed", "Succeeded", "Unknown")),
  deleted: rarely(30),
  address: fc.oneof(
    { arbitrary: pick("own" as const), weight: 25 },
    pick("shared" as const, "ipv6" as const, "none" as const),
  ),
});

const pods = fc.array(pod, { minLength: 1, maxLength: 7, size: "max" }).map((all) => all.map(podManifest));

function podManifest(its: RandomPod, index: number): Manifest {
  const addresses = {
    own: `10.240.0.${index + 1}`,
    shared: "10.240.0.1",
    ipv6: `2001:db8::${index + 1}`,
    none: undefined,
  };
  // On the host's network a port of two containers would be one.
  const ports = its.hostNetwork ? its.ports.slice(0, 1) : its.ports;
  const deletion = { deletionTimestamp: "2024-01-01T00:00:00Z", deletionGracePeriodSeconds: 0 };
  return {
    apiVersion: "v1",
    kind: "Pod",
    metadata: { name: `p${index}`, namespace: its.namespace, labels: its.labels, ...(its.deleted && deletion) },
    spec: {
      ...(its.hostNetwork && { hostNetwork: true }),
      // A container each, since names are unique within one.
      containers: [
        { name: "c", image: "i" },
        ...ports.map((port, number) => ({ name: `c${number}`, image: "i", ports: [port] })),
      ],
    },
    status: given({ phase: its.phase, podIP: addresses[its.address] }),
  };
}

function selector(labels: fc.Arbitrary<Manifest>, requirements: fc.Arbitrary<Manifest>): fc.Arbitrary<Manifest> {
  return fc
    .record({
      matchLabels: fc.oneof({ arbitrary: fc.constant(undefined), weight: 2 }, labels),
      matchExpressions: fc.oneof(
        { arbitrary: fc.constant(undefined), weight: 2 },
        fc.array(requirements, { minLength: 1, maxLength: 2 }),
      ),
    })
    .map(given);
}

function requirement(key: string, values: readonly string[]): fc.Arbitrary<Manifest> {
  const several = fc.array(pick(...values), { minLength: 1, maxLength: 3 });
  return fc.oneof(
    fc.record({ key: fc.constant(key), operator: pick("In", "NotIn"), values: several }),
    fc.record({ key: fc.constant(key), operator: pick("Exists", "DoesNotExist") }),
  );
}

const podSelector = selector(
  podLabels,
  fc.oneof(requirement("app", ["web", "db", ""]), requirement("tier", ["fe", "be"])),
);
const namespaceSelector = selector(
  namespaceLabels,
  fc.oneof(
    requirement("team", ["a", "b", "c", ""]),
    requirement("env", ["prod", "dev"]),
    requirement("kubernetes.io/metadata.name", namespaceNames),
  ),
);

const ipBlock = pick<Manifest>(
  { cidr: "10.240.0.0/24", except: ["10.240.0.2/31"] },
  { cidr: "10.240.0.0/24", except: ["10.240.0.0/29", "10.240.0.4/32"] },
  { cidr: "10.240.0.2/31" },
  { cidr: "10.240.0.5/29" },
  { cidr: "0.0.0.0/0" },
  { cidr: "0.0.0.0/0", except: ["10.240.0.0/30", "192.168.0.0/16"] },
  { cidr: "0.0.0.0/0", except: ["128.0.0.0/1"] },
  { cidr: "203.0.113.0/24" },
);
/** What several releases refuse. */
const oddBlock = pick<Manifest>(
  { cidr: "10.0.0.0/0" },
  { cidr: "10.240.00.0/024" },
  { cidr: "010.240.0.0/24", except: ["010.240.0.2/31"] },
  { cidr: "10.240.0.0/08" },
  { cidr: "2001:db8::/32", except: ["2001:db8:1::/48"] },
  { cidr: "::/0" },
);

const peer: fc.Arbitrary<Manifest> = fc.oneof(
  { arbitrary: fc.record({ podSelector }), weight: 3 },
  { arbitrary: fc.record({ namespaceSelector }), weight: 3 },
  { arbitrary: fc.record({ namespaceSelector, podSelector }), weight: 3 },
  { arbitrary: fc.record({ ipBlock }), weight: 3 },
  { arbitrary: fc.record({ ipBlock: oddBlock }), weight: 1 },
);

const port = fc
  .record({
    protocol: pick(undefined, "TCP", "UDP", "SCTP"),
    port: pick<number | string | undefined>(80, 443, "http", "dns", undefined),
    more: pick(undefined, undefined, undefined, 0, 10, 400),
  })
  .map(({ protocol, port: first, more }) =>
    given({
      protocol,
      port: first,
      endPort: typeof first === "number" && more !== undefined ? first + more : undefined,
    }),
  );

const ports = fc.array(port, { maxLength: 2 });

function rules(peers: "from" | "to"): fc.Arbitrary<readonly Manifest[] | undefined> {
  const rule = fc.record({ [peers]: fc.array(peer, { maxLength: 3 }), ports });
  return fc.option(fc.array(rule, { maxLength: 3, size: "max" }), { nil: undefined });
}

const policies = fc
  .array(
    fc.record({
      namespace: namespaceName,
      podSelector,
      policyTypes: pick(undefined, ["Ingress"], ["Egress"], ["Ingress", "Egress"]),
      ingress: rules("from"),
      egress: rules("to"),
    }),
    { maxLength: 4, size: "max" },
  )
  .map((all) =>
    all.map(({ namespace, ...spec }, index): Manifest => ({
      apiVersion: "networking.k8s.io/v1",
      kind: "NetworkPolicy",
      metadata: { name: `policy${index}`, namespace },
      spec: given(spec),
    })),
  );

/** Small clusters with every feature that the API has for policies, in the order of application. */
export const clusters: fc.Arbitrary<readonly Manifest[]> = fc
  .tuple(namespaces, pods, policies)
  .map((parts) => parts.flat());
