import { wholeBlock } from "../../model/cidr.js";
import type { CalicoEntity, IpPool } from "../../model/calico/objects.js";
import { selectorOf } from "../../model/calico/parse-selector.js";
import { printSelector, selectorHolds, type Selector } from "../../model/calico/selector.js";
import { compareMembers, networkOf } from "../../netfilter/set-members.js";
import type { IpSet } from "../../netfilter/tables.js";
import type { Origin } from "../../text/origin.js";
import type { Cluster, Labelled, NamedPort } from "./cluster/cluster.js";
import { dscpMembers } from "./cluster/marked-endpoints.js";
import { inMesh, meshSet } from "./cluster/mesh.js";
import type { ServiceMember } from "./cluster/service-members.js";
import { engineOrigin, fieldOrigin } from "./cluster/origins.js";
import type { Generation } from "./generation.js";
import { setName, uniqueId } from "./hashes.js";
import type { PolicyRule, RulePort, RuleSide } from "./policy.js";
import { watchedInterfaces, type NodeView, type Settings } from "./settings.js";
import type { Ports } from "./felix/fragments.js";
import type { IpVersion } from "../../text/ip-version.js";

/** A set that a rule asks for. */
export type NeededSet =
  | { readonly kind: "selector"; readonly id: string; readonly selector: Selector }
  | {
      readonly kind: "named-port";
      readonly id: string;
      readonly selector: Selector;
      readonly protocol: string;
      readonly port: string;
    }
  | {
      /** Addresses and ports of a service's endpoints, or addresses alone. */
      readonly kind: "service";
      readonly id: string;
      readonly service: string;
      readonly withPorts: boolean;
    };

/** One end of a rule, its selectors turned into sets. */
export interface ScannedSide {
  readonly nets: readonly string[];
  readonly notNets: readonly string[];
  readonly ports: readonly Ports[];
  readonly notPorts: readonly Ports[];
  readonly sets: readonly NeededSet[];
  readonly notSets: readonly NeededSet[];
  readonly namedPorts: readonly NeededSet[];
  readonly notNamedPorts: readonly NeededSet[];
  /** Of a destination: pairs of address and port. */
  readonly services: readonly NeededSet[];
  readonly written?: CalicoEntity;
}

export interface ScannedRule extends Omit<PolicyRule, "source" | "destination"> {
  readonly source: ScannedSide;
  readonly destination: ScannedSide;
}

/** Which sets a rule needs. Source: Calico 87c15906f, felix/calc/rule_scanner.go, ruleToParsedRule. */
export function scanRule(rule: PolicyRule): ScannedRule {
  return {
    ...rule,
    source: scanSide(rule.source, portProtocol(rule.protocol), "source"),
    destination: scanSide(rule.destination, portProtocol(rule.protocol), "destination"),
  };
}

function scanSide(side: RuleSide, protocol: string, end: "source" | "destination"): ScannedSide {
  const combined = side.selector !== "" && side.notSelector !== "";
  const positive = combined
    ? selectorOf(`(${side.selector}) && (!(${side.notSelector}))`)
    : side.selector === ""
      ? undefined
      : selectorOf(side.selector);
  const negative = combined || side.notSelector === "" ? undefined : selectorOf(side.notSelector);
  const numbers = side.ports.filter(isNumeric);
  const namesOf = (ports: readonly RulePort[]): readonly NeededSet[] =>
    ports.flatMap((port) => ("name" in port ? [namedPortSet(positive ?? { kind: "all" }, protocol, port.name)] : []));
  const onlyNames = side.ports.length > 0 && numbers.length === 0;
  const service = side.service && serviceSet(side.service, end === "destination");
  return {
    nets: side.nets,
    notNets: side.notNets,
    ports: numbers,
    notPorts: side.notPorts.filter(isNumeric),
    sets: [
      ...(positive && !onlyNames ? [selectorSet(positive)] : []),
      ...(service && end === "source" ? [service] : []),
    ],
    notSets: negative ? [selectorSet(negative)] : [],
    namedPorts: namesOf(side.ports),
    notNamedPorts: namesOf(side.notPorts),
    services: service && end === "destination" ? [service] : [],
    ...(side.written && { written: side.written }),
  };
}

function isNumeric(port: RulePort): port is Ports {
  return "first" in port;
}

/** The protocol of a port's name: that of the rule, TCP where it has none. */
export function portProtocol(protocol: string | number | undefined): "tcp" | "udp" | "sctp" {
  if (protocol === "udp" || protocol === 17) return "udp";
  return protocol === "sctp" || protocol === 132 ? "sctp" : "tcp";
}

export function selectorSet(selector: Selector): NeededSet {
  return { kind: "selector", id: selectorId(selector), selector };
}

function selectorId(selector: Selector): string {
  return uniqueId("s", printSelector(selector));
}

function namedPortSet(selector: Selector, protocol: string, port: string): NeededSet {
  const id = uniqueId("n", `${selectorId(selector)},${protocol},${port}`);
  return { kind: "named-port", id, selector, protocol, port };
}

function serviceSet(
  { namespace, name }: { readonly namespace: string; readonly name: string },
  withPorts: boolean,
): NeededSet {
  const service = `${namespace}/${name}`;
  return { kind: "service", id: uniqueId(withPorts ? "svc" : "svcnoport", service), service, withPorts };
}

/** Every set that a rule matches. */
export function setsOf({ source, destination }: ScannedRule): readonly NeededSet[] {
  return [source, destination].flatMap((side) => [
    ...side.sets,
    ...side.notSets,
    ...side.namedPorts,
    ...side.notNamedPorts,
    ...side.services,
  ]);
}

/** The sets that a node holds: those of rules with their members, and those that are always there. */
export function nodeSets(
  needed: Iterable<NeededSet>,
  cluster: Cluster,
  settings: Settings,
  generation: Generation,
): readonly IpSet[] {
  const everyone = everyoneOf(cluster);
  const byId = new Map([...needed].map((set) => [set.id, set]));
  const sets = [...byId.values()].map((set) => ipSet(set, everyone, cluster, settings));
  return [...sets, ...staticSets(settings, generation, cluster)].toSorted(
    (a, b) => compare(a.type, b.type) || compare(a.name, b.name),
  );
}

function ipSet(set: NeededSet, everyone: readonly Labelled[], cluster: Cluster, { ipVersion, felix }: Settings): IpSet {
  const found = membersOf(set, everyone, cluster).filter(({ member }) => isOfVersion(member, ipVersion));
  let origins: ReadonlyMap<string, Origin> | undefined;
  return {
    name: setName(set.id, ipVersion),
    type: hasPorts(set) ? "hash:ip,port" : "hash:net",
    maxElements: felix.maxSetSize,
    members: [...new Set(found.map(({ member }) => member))].toSorted(compareMembers),
    readableName: readableName(set),
    ...familyOf(ipVersion),
    origin: engineOrigin(`a policy that is in force on this node names it`),
    originOfMember: (member) => (origins ??= new Map(found.map((each) => [each.member, each.origin]))).get(member),
  };
}

/** The members of a set as they are calculated, before they are brought into the form that the kernel takes: blocks with their length. */
export function calculatedMembers(set: NeededSet, cluster: Cluster): readonly string[] {
  const chosen = set.kind === "selector" ? choose(set.selector, everyoneOf(cluster)) : [];
  const members =
    set.kind === "selector"
      ? chosen.flatMap(({ nets }) => nets.map(wholeBlock))
      : membersOf(set, everyoneOf(cluster), cluster).map(({ member }) => member);
  return [...new Set(members)].toSorted(compareMembers);
}

function everyoneOf({ endpoints, hostEndpoints, networkSets }: Cluster): readonly Labelled[] {
  return [...endpoints, ...hostEndpoints, ...networkSets];
}

function choose(selector: Selector, everyone: readonly Labelled[]): readonly Labelled[] {
  return everyone.filter(({ labelOf }) => selectorHolds(selector, labelOf));
}

/** Whether its members are addresses with ports, or blocks. */
export function hasPorts(set: NeededSet): boolean {
  return set.kind === "named-port" || (set.kind === "service" && set.withPorts);
}

function membersOf(set: NeededSet, everyone: readonly Labelled[], cluster: Cluster): readonly ServiceMember[] {
  if (set.kind === "service") return cluster.services(set.service, set.withPorts);
  const chosen = choose(set.selector, everyone);
  if (set.kind === "selector")
    return chosen.flatMap(({ nets, origin }) => nets.flatMap(netMembers).map((member) => ({ member, origin })));
  const fits = ({ name, protocol }: NamedPort): boolean => name === set.port && protocol === set.protocol;
  return chosen.flatMap(({ nets, ports, origin }) =>
    ports
      .filter(fits)
      .flatMap(({ protocol, port }) => nets.map((net) => ({ member: `${net},${protocol}:${port}`, origin }))),
  );
}

/** The kernel holds no network of length 0: both halves stand for it. */
function netMembers(net: string): readonly string[] {
  if (net.endsWith("/0")) return net.includes(":") ? ["::/1", "8000::/1"] : ["0.0.0.0/1", "128.0.0.0/1"];
  return [networkOf(net) ?? net.replace(/\/128$/, "")];
}

/** Whether the address that a member starts with is one of the version of IP. */
function isOfVersion(member: string, ipVersion: IpVersion): boolean {
  return member.replace(/,.*/, "").includes(":") === (ipVersion === 6);
}

function familyOf(ipVersion: IpVersion): Pick<IpSet, "family"> {
  return ipVersion === 6 ? { family: "inet6" } : {};
}

function readableName(set: NeededSet): string {
  switch (set.kind) {
    case "selector":
      return printSelector(set.selector);
    case "named-port":
      return `${set.protocol} port ${set.port} of ${printSelector(set.selector)}`;
    case "service":
      return `service ${set.service}`;
  }
}

/** The node's own addresses as Felix sees them, each once. */
export function ownAddresses(node: NodeView, statics: Generation["statics"]): readonly string[] {
  const watched = watchedInterfaces(node).flatMap(({ addresses }) => addresses);
  return [...new Set([...loopbackAddresses(statics), ...watched])];
}

/** Addresses that every node has, in Felix's eyes. */
export function loopbackAddresses({ loopbackNetwork }: Generation["statics"]): readonly string[] {
  return [...(loopbackNetwork ? ["127.0.0.0"] : []), "127.0.0.1", "::1"];
}

function staticSets(settings: Settings, generation: Generation, cluster: Cluster): readonly IpSet[] {
  const { node, ipVersion, felix, underlay } = settings;
  const { statics, tunnels, nat } = generation;
  const own = ownAddresses(node, statics);
  const set = (id: string, type: IpSet["type"], members: readonly ServiceMember[], reason: string): IpSet => {
    const kept = members.filter(({ member }) => isOfVersion(member, ipVersion));
    return {
      name: setName(id, ipVersion),
      type,
      maxElements: felix.maxSetSize,
      members: [...new Set(kept.map(({ member }) => member))].toSorted(compareMembers),
      readableName: id,
      ...familyOf(ipVersion),
      origin: engineOrigin(reason),
      originOfMember: (member) => kept.find((each) => each.member === member)?.origin,
    };
  };
  const because = (members: readonly string[], reason: string): readonly ServiceMember[] =>
    members.map((member) => ({ member, origin: engineOrigin(reason) }));
  const outside = because(felix.externalNodes.flatMap(netMembers), "Felix's setting ExternalNodesCIDRList");
  const ofPools = (wanted: (pool: IpPool) => boolean): readonly ServiceMember[] =>
    underlay.pools
      .filter(wanted)
      .flatMap((pool) =>
        netMembers(pool.cidr).map((member) => ({ member, origin: fieldOrigin(pool, "spec.cidr", pool.offset) })),
      );
  const forPods = ({ uses }: IpPool): boolean => !nat.poolsByUse || uses.some((use) => use !== "LoadBalancer");
  const hasVxlan = tunnels.vxlan && (ipVersion === 4 ? underlay.vxlan : underlay.vxlanV6);
  const hosts = "what Nodes say of the addresses of nodes";
  return [
    set("this-host", "hash:ip", because(own, "the addresses of the node"), "the addresses of the node"),
    set(
      statics.poolsSet,
      "hash:net",
      ofPools(forPods),
      "addresses that Calico hands out; none where another program does",
    ),
    set(
      "masq-ipam-pools",
      "hash:net",
      ofPools(({ natOutgoing }) => natOutgoing),
      "those of them that are translated on their way out",
    ),
    ...(statics.dscp
      ? [
          set(
            "dscp-src-net",
            "hash:net",
            dscpMembers(cluster, node, ipVersion),
            "pods and host endpoints whose packets are marked when they leave the cluster",
          ),
        ]
      : []),
    ...(felix.istioAmbientMode
      ? [set(meshSet, "hash:ip", meshMembers(cluster), "pods in Istio's mesh, on every node")]
      : []),
    ...((ipVersion === 4 && underlay.ipip) || felix.natExcludesHosts
      ? [set("all-hosts-net", "hash:net", [...underlay.hosts, ...outside], hosts)]
      : []),
    ...(hasVxlan ? [set("all-vxlan-net", "hash:net", [...underlay.vxlanHosts, ...outside], hosts)] : []),
  ];
}

/** Addresses; of a block that a network set has, its first. Source: Calico a0db560f0520, felix/ipsets/ipset_defs.go, CanonicaliseMember. */
function meshMembers(cluster: Cluster): readonly ServiceMember[] {
  return choose(inMesh, everyoneOf(cluster)).flatMap(({ nets, origin }) =>
    nets.map((net) => ({ member: net.replace(/\/.*/, ""), origin })),
  );
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
