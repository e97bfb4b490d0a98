import fc from "fast-check";
import type { CompileOptions } from "../../compiler/compile.js";
import { clusters, type Manifest } from "./clusters.js";

/** Small clusters with the features of projectcalico.org/v3, and with Kubernetes's own policies among them. */

const pick = <T>(...items: T[]): fc.Arbitrary<T> => fc.constantFrom(...items);

/** Without the keys that have no value. */
function given(value: Readonly<Record<string, unknown>>): Manifest {
  return Object.fromEntries(Object.entries(value).filter(([, its]) => its !== undefined));
}

/** Mostly nothing. */
const seldom = <T>(arbitrary: fc.Arbitrary<T>, weight = 3): fc.Arbitrary<T | undefined> =>
  fc.oneof({ arbitrary: fc.constant(undefined), weight }, { arbitrary, weight: 1 });

const endpointSelector = pick(
  "all()",
  "app == 'web'",
  "app != 'db'",
  "has(app)",
  "!has(tier)",
  "tier in {'fe', 'be'}",
  "tier not in {'fe'}",
  "app == 'web' && tier == 'fe'",
  "app == 'db' || role == 'edge'",
  "role == 'edge'",
  "role == 'net'",
  "app contains 'e'",
  "app starts with 'w' || role ends with 't'",
  "!(app == 'web')",
  "projectcalico.org/namespace == 'x'",
);
const subjectNamespaces = [
  "all()",
  "team == 'a'",
  "team != 'a'",
  "!has(team)",
  "has(env)",
  "projectcalico.org/name == 'x'",
];
const namespaceSelector = pick(...subjectNamespaces, "global()");
const accountSelector = pick("all()", "role == 'clerk'", "role != 'clerk'", "projectcalico.org/name == 'default'");
const accounts = fc
  .record({ names: seldom(pick(["robot"], ["default", "robot"]), 1), selector: seldom(accountSelector, 1) })
  .map(given);
const net = pick(
  "10.240.0.0/29",
  "10.240.0.2/31",
  "10.240.0.0/24",
  "203.0.113.0/24",
  "0.0.0.0/0",
  "fd00::/125",
  "fd00::2/127",
  "2001:db8::/64",
  "::/0",
);
const nets = fc.array(net, { minLength: 1, maxLength: 3 });
const notNet = pick("10.240.0.2/31", "10.240.0.4/32", "203.0.113.0/25", "fd00::2/127", "fd00::4/128", "2001:db8::/65");
const notNets = fc.array(notNet, { minLength: 1, maxLength: 2 });
const port = pick<number | string>(80, 443, 53, "80:90", "1000:2000", "http", "dns");
const manyPorts = fc.constant([...Array.from({ length: 15 }, (_, index) => 2 * index + 1), 80]);
const fewPorts = fc.array(port, { minLength: 1, maxLength: 3 });
const ports = fc.oneof({ arbitrary: fewPorts, weight: 5 }, manyPorts);
const someNotPorts = fc.array(pick<number | string>(80, "50:60", "http"), { minLength: 1, maxLength: 2 });

function entity(
  side: "source" | "destination",
  hasPorts: boolean,
  mayHaveServices: boolean,
  namespaced: boolean,
): fc.Arbitrary<Manifest | undefined> {
  const selective = fc
    .record({
      nets: seldom(nets),
      notNets: seldom(notNets, 5),
      selector: seldom(endpointSelector, 1),
      notSelector: seldom(endpointSelector, 4),
      namespaceSelector: seldom(namespaceSelector, 4),
      serviceAccounts: seldom(accounts, 6),
      ports: hasPorts
        ? seldom(side === "destination" ? ports : fc.oneof({ arbitrary: fewPorts, weight: 9 }, manyPorts), 2)
        : fc.constant(undefined),
      notPorts: hasPorts ? seldom(someNotPorts, 5) : fc.constant(undefined),
    })
    .map(given);
  const service = namespaced
    ? pick<Manifest>({ services: { name: "web", namespace: "x" } }, { services: { name: "web" } })
    : fc.constant<Manifest>({ services: { name: "web", namespace: "x" } });
  return fc.oneof(
    { arbitrary: fc.constant(undefined), weight: 2 },
    { arbitrary: selective, weight: 5 },
    { arbitrary: mayHaveServices ? service : fc.constant(undefined), weight: 1 },
  );
}

type Protocol = Readonly<Record<"protocol" | "notProtocol" | "icmp" | "notICMP", unknown>>;

const protocol: fc.Arbitrary<Partial<Protocol>> = fc.oneof(
  { arbitrary: fc.constant({}), weight: 3 },
  { arbitrary: pick<unknown>("TCP", "UDP", "SCTP", 6).map((name) => ({ protocol: name })), weight: 6 },
  pick<Partial<Protocol>>(
    { protocol: "ICMP" },
    { protocol: "ICMP", icmp: { type: 8 } },
    { protocol: "ICMP", icmp: { type: 3, code: 1 } },
    { protocol: "ICMP", notICMP: { type: 8, code: 0 } },
    { protocol: 47 },
    { notProtocol: "UDP" },
    { notProtocol: "ICMP" },
    { protocol: "ICMPv6" },
    { protocol: "ICMPv6", icmp: { type: 128 } },
    { protocol: "ICMPv6", icmp: { type: 135 } },
    { protocol: "ICMPv6", notICMP: { type: 1, code: 4 } },
    { protocol: 58 },
    { notProtocol: "ICMPv6" },
  ),
);

function rule(direction: "ingress" | "egress", namespaced: boolean): fc.Arbitrary<Manifest> {
  return protocol.chain((its) => {
    const hasPorts = ["TCP", "UDP", "SCTP", 6].includes(its.protocol as string);
    return fc
      .record({
        action: pick("Allow", "Allow", "Deny", "Pass", "Log"),
        family: pick(4, 4, 4, 6, 6),
        ipVersion: isIcmp(its.protocol) ? fc.constant(undefined) : seldom(pick(4, 6), 8),
        source: entity("source", hasPorts, direction === "ingress", namespaced),
        destination: entity("destination", hasPorts, direction === "egress", namespaced),
      })
      .map(({ source, destination, family, ...rest }) => {
        const version = isIcmp(its.protocol) ? (its.protocol === "ICMP" ? 4 : 6) : (rest.ipVersion ?? family);
        const isIpv6 = version === 6;
        return given({ ...its, ...rest, source: ofFamily(source, isIpv6), destination: ofFamily(destination, isIpv6) });
      });
  });
}

function isIcmp(protocol: unknown): boolean {
  return protocol === "ICMP" || protocol === "ICMPv6";
}

/** Blocks of a rule are of one version. */
function ofFamily(end: Manifest | undefined, isIpv6: boolean): Manifest | undefined {
  if (!end) return undefined;
  const only = (name: string): unknown => {
    const blocks = ((end[name] ?? []) as readonly string[]).filter((block) => block.includes(":") === isIpv6);
    return blocks.length === 0 ? undefined : blocks;
  };
  return given({ ...end, nets: only("nets"), notNets: only("notNets") });
}

const kinds = pick(
  "GlobalNetworkPolicy",
  "GlobalNetworkPolicy",
  "NetworkPolicy",
  "NetworkPolicy",
  "StagedGlobalNetworkPolicy",
  "StagedNetworkPolicy",
);
const tier = pick(undefined, undefined, "front", "back");

const policy = kinds.chain((kind) => {
  const namespaced = !kind.includes("Global");
  return fc.record({
    kind: fc.constant(kind),
    namespace: namespaced ? pick("x", "y") : fc.constant(undefined),
    tier,
    order: pick(undefined, 1, 1, 5, 1000),
    selector: seldom(endpointSelector, 1),
    namespaceSelector: namespaced ? fc.constant(undefined) : seldom(pick(...subjectNamespaces), 5),
    serviceAccountSelector: seldom(accountSelector, 8),
    types: pick(undefined, ["Ingress"], ["Egress"], ["Ingress", "Egress"]),
    ingress: seldom(fc.array(rule("ingress", namespaced), { maxLength: 3 }), 1),
    egress: seldom(fc.array(rule("egress", namespaced), { maxLength: 3 }), 1),
    on: namespaced
      ? pick("all" as const)
      : pick("all" as const, "forward" as const, "untracked" as const, "pre-dnat" as const),
  });
});

const policies = fc.array(policy, { maxLength: 5, size: "max" }).map((all) =>
  all.map(({ kind, namespace, tier: of, on, egress, types, ...spec }, index): Manifest => {
    const name = `${"acb"[index % 3]!}${index}`;
    const early = { applyOnForward: true, ...(on === "untracked" ? { doNotTrack: true } : { preDNAT: true }) };
    const isEarly = on === "untracked" || on === "pre-dnat";
    const ingressOnly = on === "pre-dnat";
    return {
      apiVersion: "projectcalico.org/v3",
      kind,
      metadata: given({ name: of === undefined ? name : `${of}.${name}`, namespace }),
      spec: given({
        ...spec,
        tier: of,
        types: ingressOnly ? ["Ingress"] : types,
        egress: ingressOnly ? undefined : egress,
        ...(isEarly && early),
        ...(on === "forward" && { applyOnForward: true }),
      }),
    };
  }),
);

const tiers = fc
  .record({ front: pick("Deny", "Pass"), back: pick("Deny", "Pass"), backFirst: fc.boolean() })
  .map(({ front, back, backFirst }): readonly Manifest[] =>
    [
      { name: "front", order: backFirst ? 20 : 10, defaultAction: front },
      { name: "back", order: backFirst ? 10 : 20, defaultAction: back },
    ].map(({ name, ...spec }) => ({ apiVersion: "projectcalico.org/v3", kind: "Tier", metadata: { name }, spec })),
  );

const hostEndpoint = fc
  .record({
    interfaceName: pick(undefined, "eth0", "eth1", "*"),
    labels: pick({}, { role: "edge" }, { app: "web" }),
    profiles: pick(undefined, undefined, ["open"], ["nobody"]),
    node: pick("node-0", "node-0", "node-1"),
    ports: pick(undefined, [{ name: "ssh", port: 22, protocol: "TCP" }]),
    annotations: pick(undefined, undefined, { "qos.projectcalico.org/dscp": "EF" }),
  })
  .map(({ labels, annotations, node, interfaceName, ...rest }, index?: number): Manifest => {
    void index;
    const addresses = node === "node-0" ? ["10.240.9.1", "fd00::9:1"] : ["10.240.9.3", "fd00::9:3"];
    return {
      apiVersion: "projectcalico.org/v3",
      kind: "HostEndpoint",
      metadata: {
        name: `host-${node}-${interfaceName === "*" ? "all" : (interfaceName ?? "addresses")}`,
        labels,
        annotations,
      },
      spec: given({ node, interfaceName, expectedIPs: addresses, ...rest }),
    };
  });
const hostEndpoints = fc.uniqueArray(hostEndpoint, {
  maxLength: 2,
  selector: (each) => (each["metadata"] as { readonly name: string }).name,
});

const profile: Manifest = {
  apiVersion: "projectcalico.org/v3",
  kind: "Profile",
  metadata: { name: "open" },
  spec: {
    labelsToApply: { role: "edge" },
    ingress: [
      { action: "Allow", protocol: "TCP", destination: { ports: [80, 443] } },
      { action: "Deny", protocol: "UDP" },
    ],
    egress: [{ action: "Allow" }],
  },
};

const networkSets = fc
  .array(
    fc.record({
      namespace: pick(undefined, undefined, "x"),
      labels: pick({ role: "net" }, { role: "edge", app: "web" }),
      nets,
    }),
    {
      maxLength: 2,
    },
  )
  .map((all) =>
    all.map(({ namespace, labels, nets: its }, index): Manifest => ({
      apiVersion: "projectcalico.org/v3",
      kind: namespace === undefined ? "GlobalNetworkSet" : "NetworkSet",
      metadata: given({ name: `set-${index}`, namespace, labels }),
      spec: { nets: its },
    })),
  );

const serviceAccounts = ["x", "y"].map((namespace): Manifest => ({
  apiVersion: "v1",
  kind: "ServiceAccount",
  metadata: { name: "robot", namespace, labels: { role: namespace === "x" ? "clerk" : "boss" } },
}));

const slices = [
  { addressType: "IPv4", endpoints: [{ addresses: ["10.240.0.1"] }, { addresses: ["10.240.0.3"] }] },
  { addressType: "IPv6", endpoints: [{ addresses: ["fd00:0::1"] }, { addresses: ["fd00::3"] }] },
].map((of): Manifest => ({
  apiVersion: "discovery.k8s.io/v1",
  kind: "EndpointSlice",
  metadata: { name: of.addressType.toLowerCase(), namespace: "x", labels: { "kubernetes.io/service-name": "web" } },
  ...of,
  ports: [
    { name: "http", port: 80 },
    { name: "dns", port: 53, protocol: "UDP" },
  ],
}));

/** What annotations of pods ask for; no policy says any of it. */
const limits: readonly Readonly<Record<string, string>>[] = [
  { ingressPacketRate: "1k", ingressPacketBurst: "7" },
  { egressPacketRate: "3", egressMaxConnections: "1", dscp: "AF11" },
  { ingressMaxConnections: "20", egressPacketRate: "20k", ingressPacketRate: "many" },
  { dscp: "63" },
].map((named) =>
  Object.fromEntries(Object.entries(named).map(([key, value]) => [`qos.projectcalico.org/${key}`, value])),
);

/** Pods of Kubernetes's clusters on two nodes, with accounts; every pod has addresses of its own, most of both versions of IP. */
function placed(
  manifest: Manifest,
  index: number,
  choice: number,
  floating: readonly (string | undefined)[],
): Manifest {
  if (manifest["kind"] !== "Pod") return manifest;
  const spec = manifest["spec"] as Readonly<Record<string, unknown>>;
  const status = manifest["status"] as Readonly<Record<string, unknown>>;
  const account = (choice >> index) % 3 === 0 ? { serviceAccountName: "robot" } : {};
  const given4 = status["podIP"] as string | undefined;
  const own = given4 === "10.240.0.1" && index > 0 ? `10.240.0.${index + 20}` : given4;
  const other = own?.startsWith("10.240.0.") ? `fd00::${own.slice("10.240.0.".length)}` : undefined;
  const order = (choice >> (index % 5)) % 8;
  const addresses =
    own === undefined || other === undefined || order < 2
      ? [own]
      : order < 3
        ? [other, own]
        : order < 4
          ? [other]
          : [own, other];
  const metadata = manifest["metadata"] as Readonly<Record<string, unknown>>;
  const forged = ['["10.1.0.0/16"]', '["10.1.0.1"]'][(choice >> (index % 7)) % 64];
  const annotations = {
    ...(forged !== undefined && { "cni.projectcalico.org/allowedSourcePrefixes": forged }),
    ...(floating[index] !== undefined && { "cni.projectcalico.org/floatingIPs": floating[index] }),
    ...((choice >> (index % 9)) % 5 === 2 && limits[(choice + index) % limits.length]),
  };
  return {
    ...manifest,
    metadata: { ...metadata, ...(Object.keys(annotations).length > 0 && { annotations }) },
    spec: { ...spec, nodeName: (choice >> (index % 8)) % 4 === 1 ? "node-1" : "node-0", ...account },
    status: given({
      ...status,
      podIP: addresses[0],
      podIPs: addresses[0] === undefined ? undefined : addresses.map((ip) => ({ ip })),
    }),
  };
}

/** What pods ask for as floating addresses: some are another pod's own or the node's, which nobody would want. */
const floatingAddresses = fc.array(
  fc.oneof(
    { arbitrary: fc.constant(undefined), weight: 4 },
    {
      arbitrary: fc
        .uniqueArray(
          pick("10.9.0.1", "10.9.0.20", "203.0.113.7", "10.240.0.3", "10.240.9.1", "fd00:9::1", "2001:db8::7"),
          {
            minLength: 1,
            maxLength: 3,
          },
        )
        .map((addresses) => JSON.stringify(addresses)),
      weight: 2,
    },
  ),
  { maxLength: 12, size: "max" },
);

function configured(spec: Readonly<Record<string, unknown>>): Manifest {
  return { apiVersion: "projectcalico.org/v3", kind: "FelixConfiguration", metadata: { name: "default" }, spec };
}

const felix = pick<Manifest | undefined>(
  undefined,
  undefined,
  undefined,
  configured({
    failsafeInboundHostPorts: [
      { protocol: "tcp", port: 22, net: "203.0.113.0/24" },
      { protocol: "tcp", port: 22, net: "2001:db8::/64" },
      { protocol: "udp", port: 68 },
    ],
    failsafeOutboundHostPorts: [{ protocol: "udp", port: 53 }],
  }),
  configured({ istioAmbientMode: "Enabled", istioDSCPMark: 46 }),
  configured({ wireguardEnabled: true, wireguardListeningPort: 53, externalNodesList: ["203.0.113.0/24"] }),
  configured({ iptablesMarkMask: 0xf8000f, serviceLoopPrevention: "Reject" }),
  configured({ iptablesFilterAllowAction: "Return", iptablesMarkMask: 0xff000001 }),
  configured({ serviceLoopPrevention: "Disabled", interfaceExclude: "eth1" }),
  configured({ flowLogsLocalReporter: "Enabled", logPrefix: "%t %p", logActionRateLimit: "1/hour" }),
  configured({ floatingIPs: "Enabled" }),
  configured({ floatingIPs: "Enabled", iptablesFilterAllowAction: "Return", metadataPort: 8776 }),
  configured({ floatingIPs: "Enabled", metadataAddr: "203.0.113.7", defaultEndpointToHostAction: "Drop" }),
  configured({ metadataAddr: "10.240.9.1", metadataPort: 80 }),
);

/** Addresses of services that routers outside are told of; some are also those of pods, which nobody would do. */
const services = seldom(
  pick(["10.0.0.0/16", "fd00:1::/112"], ["203.0.113.7", "10.240.0.2/31"], ["fd00::2/127", "2001:db8::/65"]).map(
    (blocks): Manifest => ({
      apiVersion: "projectcalico.org/v3",
      kind: "BGPConfiguration",
      metadata: { name: "default" },
      spec: {
        serviceClusterIPs: blocks.slice(0, 1).map((cidr) => ({ cidr })),
        serviceExternalIPs: blocks.slice(1).map((cidr) => ({ cidr })),
      },
    }),
  ),
);

function pool(name: string, spec: Readonly<Record<string, unknown>>): Manifest {
  return { apiVersion: "projectcalico.org/v3", kind: "IPPool", metadata: { name }, spec };
}

function node(name: string, address: string): Manifest {
  const annotations = { "projectcalico.org/IPv4VXLANTunnelAddr": address.replace("9", "8") };
  const status = { addresses: [{ type: "InternalIP", address }] };
  return { apiVersion: "v1", kind: "Node", metadata: { name, annotations }, status };
}

/** How packets travel between nodes. */
const underlays = pick<readonly Manifest[]>(
  [],
  [],
  [
    pool("ipip", { cidr: "10.240.0.0/24", ipipMode: "Always" }),
    node("node-0", "10.240.9.1"),
    node("node-1", "10.240.9.3"),
  ],
  [
    pool("vxlan", { cidr: "10.240.0.0/24", vxlanMode: "CrossSubnet" }),
    node("node-0", "10.240.9.1"),
    node("node-1", "10.240.9.3"),
  ],
);

/** kube-proxy works with IPVS. */
const proxyMode: Manifest = {
  apiVersion: "v1",
  kind: "ConfigMap",
  metadata: { name: "kube-proxy", namespace: "kube-system" },
  data: { mode: "ipvs" },
};

/** What the command line says about their node. */
export const calicoOptions = {
  engine: "calico",
  node: "node-0",
  hostInterfaces: ["eth0=10.240.9.1/28", "eth0=fd00::9:1/124", "eth1=192.168.7.1/24", "eth1=fd00:7::1/64"],
  ipv6: true,
} as const;

/** The same for a generation, with the addresses of services where IPVS has them. What Felix of v3.3 does for it is not known. */
export function calicoOptionsOf(manifests: readonly Manifest[], generation: string): CompileOptions {
  const isIpvs = generation !== "calico-2019" && manifests.some(({ kind }) => kind === "ConfigMap");
  const ofServices = isIpvs ? ["kube-ipvs0=10.0.0.10/32", "kube-ipvs0=fd00:1::10/128"] : [];
  return { ...calicoOptions, generation, hostInterfaces: [...calicoOptions.hostInterfaces, ...ofServices] };
}

export const calicoClusters: fc.Arbitrary<readonly Manifest[]> = fc
  .tuple(
    clusters,
    fc.nat({ max: 0xffff }),
    tiers,
    policies,
    hostEndpoints,
    networkSets,
    felix,
    underlays,
    services,
    floatingAddresses,
    seldom(fc.constant(proxyMode), 5),
  )
  .map(([own, choice, tierObjects, calicoPolicies, hosts, sets, configuration, underlay, bgp, floating, proxy]) => [
    ...own.map((manifest, index) => placed(manifest, index, choice, floating)),
    ...serviceAccounts,
    ...slices,
    profile,
    ...tierObjects,
    ...sets,
    ...hosts,
    ...(configuration ? [configuration] : []),
    ...(bgp ? [bgp] : []),
    ...(proxy ? [proxy] : []),
    ...underlay,
    ...calicoPolicies,
  ]);
