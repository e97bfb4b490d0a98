import type { Specification } from "../../engines/specification.js";
import type { KubernetesObject } from "../../model/objects.js";
import type { Tables } from "../../netfilter/tables.js";
import { diffTables, type TablesDifference } from "../../netfilter/tables-difference.js";
import { byAddress, outsideClasses } from "../../simulate/classes.js";
import { clusterOf, isPair, type Cluster, type Endpoint } from "../../simulate/cluster.js";
import { versionOfText, type AddressRange } from "../../simulate/ip.js";
import { reachByRules } from "../../simulate/reach-by-rules.js";
import type { Reach } from "../../simulate/reach.js";
import { noTraffic, subtractTraffic, type Traffic } from "../../simulate/traffic.js";
import { exampleAddress, nameOfEndpoint } from "../../simulate/verify/smallest-packet.js";
import type { IpVersion } from "../../text/ip-version.js";
import { affectedBy, type AffectedEnds } from "./affected.js";
import { addressesOfNode, byAddresses, type NodeAddresses } from "./by-addresses.js";

/** What a node is, for questions about packets: its tables are those of one version of IP. */
export interface NodeVersion {
  readonly objects: readonly KubernetesObject[];
  readonly tables: Tables;
  /** Says which addresses stand for those of pods. */
  readonly specification?: Specification;
}

/** One end of connections: a pod, an address that stands for one's, or all addresses outside that nothing tells apart in either version. */
export interface ConnectionEnd {
  /** `namespace/pod`, or an address that stands for all. */
  readonly name: string;
  /** Of addresses outside: all of them, ascending. */
  readonly ranges?: readonly AddressRange[];
  readonly before?: Endpoint;
  readonly after?: Endpoint;
  /** Where the tables are one node's: it is elsewhere. What two such ends may send each other is not theirs to decide. */
  readonly elsewhere?: true;
}

/** What passes between each of some sources and each of some destinations in one version and not in the other; itself aside. */
export interface ConnectionChange {
  /** By name, byte order. */
  readonly sources: readonly ConnectionEnd[];
  readonly destinations: readonly ConnectionEnd[];
  readonly opened: Traffic;
  readonly closed: Traffic;
}

/**
 * Connections that open and close, for all packets: by the rules of both versions. Pods are told by name, and an address that a pod has in
 * either version is that pod. Only what the change can touch is looked at. Where tables are one node's, connections that begin or end on it.
 * Packets are of the version of IP that the tables are for.
 */
export function diffConnections(
  before: NodeVersion,
  after: NodeVersion,
  difference: TablesDifference,
  ipVersion: IpVersion = 4,
): readonly ConnectionChange[] {
  const clusters = [
    clusterOf(before.objects, undefined, ipVersion),
    clusterOf(after.objects, undefined, ipVersion),
  ] as const;
  const onNode = addressesOfNode(before.tables, after.tables);
  const tables = [byAddresses(before.tables), byAddresses(after.tables)] as const;
  const standing = standingEnds([before, after], clusters, ipVersion);
  return changesOf(clusters, tables, onNode ? diffTables(...tables) : difference, onNode, standing);
}

/** Addresses that stand for those of pods on the node: what is for them goes there, and nobody sends from them. */
function standingEnds(
  versions: readonly [NodeVersion, NodeVersion],
  clusters: readonly [Cluster, Cluster],
  ipVersion: IpVersion,
): readonly ConnectionEnd[] {
  const found = new Map<string, { name: string; before?: Endpoint; after?: Endpoint }>();
  for (const [index, { specification }] of versions.entries()) {
    for (const { address, only, to } of specification?.translations ?? []) {
      const pod = clusters[index]!.endpoint(to);
      const isTaken = clusters[index]!.endpoint(address)?.kind !== "outside";
      if (only || pod?.kind !== "pod" || isTaken || versionOfText(address) !== ipVersion) continue;
      const end = found.get(address) ?? { name: address };
      end[index === 0 ? "before" : "after"] = { kind: "outside", address, standsFor: { ...pod, address: to } };
      found.set(address, end);
    }
  }
  return [...found.values()].toSorted((a, b) => (a.name < b.name ? -1 : 1));
}

function changesOf(
  [old, young]: readonly [Cluster, Cluster],
  tables: readonly [Tables, Tables],
  difference: TablesDifference,
  onNode: NodeAddresses | undefined,
  standing: readonly ConnectionEnd[],
): readonly ConnectionChange[] {
  const pods = namedEnds(old.endpoints, young.endpoints, onNode);
  const named = [...pods, ...standing];
  const unlike = named.filter(
    (end) =>
      !end.before ||
      !end.after ||
      end.before.address !== end.after.address ||
      end.before.kind !== end.after.kind ||
      goalOf(end.before) !== goalOf(end.after),
  );
  if (difference.same && unlike.length === 0) return [];

  const addresses = unlike.flatMap((end) => [end.before, end.after].flatMap((each) => (each ? [goalOf(each)] : [])));
  const taken = named.flatMap((end) => [end.before, end.after].filter((each) => each !== undefined));
  const ofPods = new Set(taken.map(({ address }) => address));
  const affected = affectedBy(...tables, difference, addresses, ofPods);
  const reaches = [byAddress(reachByRules(affected.before)), byAddress(reachByRules(affected.after))] as const;
  const senders = affected.mayHoldOthers
    ? [...pods, ...outsideEnds(reaches, taken, onNode !== undefined, old.version)]
    : pods;
  const sourceGroups = groupEnds(senders, reaches, "sourceClass", affected.sources);
  const destinationGroups = groupEnds([...senders, ...standing], reaches, "destinationClass", affected.destinations);

  const found: ConnectionChange[] = [];
  for (const [from, to] of affectedPairs(sourceGroups, destinationGroups, affected.regions)) {
    if (!from.members.some((source) => to.members.some((destination) => arePair(source, destination)))) continue;
    const [was, is] = reaches.map((reach, side) => {
      const [source, destination] = [from.classes[side], to.classes[side]];
      return source === undefined || destination === undefined ? noTraffic : reach.between(source, destination).allowed;
    }) as [Traffic, Traffic];
    const [opened, closed] = [subtractTraffic(is, was), subtractTraffic(was, is)];
    if (opened !== noTraffic || closed !== noTraffic)
      found.push({ sources: from.members, destinations: to.members, opened, closed });
  }
  return found;
}

/** Whether a connection between the two is one: not of a pod with itself, not of two outsiders, and of one node at least one end is on it. */
export function arePair(source: ConnectionEnd, destination: ConnectionEnd): boolean {
  if (source === destination) return false;
  if (source.ranges && destination.ranges) return false;
  if (source.elsewhere && destination.elsewhere) return false;
  return [
    [source.before, destination.before],
    [source.after, destination.after],
  ].some(([from, to]) => from && to && isPair(from, to));
}

function outsideEnds(
  reaches: readonly [Reach<Endpoint>, Reach<Endpoint>],
  taken: readonly Endpoint[],
  elsewhere: boolean,
  version: IpVersion,
): readonly ConnectionEnd[] {
  return outsideClasses(reaches, taken, version).map(({ members }): ConnectionEnd => {
    const address = exampleAddress(members);
    const endpoint: Endpoint = { kind: "outside", address };
    const end = { name: address, ranges: members, before: endpoint, after: endpoint };
    return elsewhere ? { ...end, elsewhere: true } : end;
  });
}

function namedEnds(
  old: readonly Endpoint[],
  young: readonly Endpoint[],
  onNode: NodeAddresses | undefined,
): readonly ConnectionEnd[] {
  const found = new Map<string, { name: string; before?: Endpoint; after?: Endpoint }>();
  const add = (endpoint: Endpoint, side: "before" | "after"): void => {
    const name = nameOfEndpoint(endpoint);
    const end = found.get(name);
    if (end) end[side] = endpoint;
    else found.set(name, { name, [side]: endpoint });
  };
  for (const endpoint of old) add(endpoint, "before");
  for (const endpoint of young) add(endpoint, "after");
  const ends = [...found.values()].sort((a, b) => (a.name < b.name ? -1 : 1));
  if (!onNode) return ends;
  const isHere = ({ before, after }: ConnectionEnd) =>
    [before, after].some((endpoint, side) => endpoint && onNode[side]!.has(endpoint.address));
  return ends.map((end) => (isHere(end) ? end : { ...end, elsewhere: true }));
}

/** Ends in regions that are alike in both versions at one side of a packet. */
interface EndGroup {
  readonly members: ConnectionEnd[];
  /** Class before and after; undefined where the end is not there. */
  readonly classes: readonly [number | undefined, number | undefined];
  readonly regions: readonly number[];
}

function groupEnds(
  ends: readonly ConnectionEnd[],
  reaches: readonly [Reach<Endpoint>, Reach<Endpoint>],
  side: "sourceClass" | "destinationClass",
  affected: AffectedEnds,
): readonly EndGroup[] {
  const groups = new Map<string, EndGroup>();
  for (const end of ends) {
    const regions = regionsOfEnd(end, affected);
    if (regions.length === 0) continue;
    const classOf = (of: Reach<Endpoint>, its: Endpoint | undefined): number | undefined =>
      its && of[side](its.kind === "outside" ? { kind: "outside", address: goalOf(its) } : its);
    const classes = [classOf(reaches[0], end.before), classOf(reaches[1], end.after)] as const;
    const kind = `${end.ranges ? "outside" : "pod"} ${end.elsewhere ? "elsewhere" : "here"}`;
    const key = `${kind} ${classes.join()} ${regions.join()}`;
    const group = groups.get(key);
    if (group) group.members.push(end);
    else groups.set(key, { members: [end], classes, regions });
  }
  return [...groups.values()];
}

function regionsOfEnd({ before, after }: ConnectionEnd, { regionsOf }: AffectedEnds): readonly number[] {
  const ends = [before, after].filter((each) => each !== undefined);
  const [first, ...others] = new Set(ends.map(goalOf));
  if (others.length === 0) return regionsOf(first!);
  return [...new Set([first!, ...others].flatMap(regionsOf))].sort((a, b) => a - b);
}

/** Where what is for an end goes: rules of table filter see that. */
function goalOf(end: Endpoint): string {
  return end.kind === "outside" && end.standsFor ? end.standsFor.address : end.address;
}

/** Every pair of groups that a region holds, once; in the order of the sources, then destinations. */
function* affectedPairs(
  sources: readonly EndGroup[],
  destinations: readonly EndGroup[],
  regions: number,
): Generator<readonly [EndGroup, EndGroup]> {
  const inRegion: number[][] = Array.from({ length: regions }, () => []);
  destinations.forEach((group, index) => {
    for (const region of group.regions) inRegion[region]!.push(index);
  });
  for (const source of sources) {
    const reached = new Set(source.regions.flatMap((region) => inRegion[region]!));
    for (const index of [...reached].sort((a, b) => a - b)) yield [source, destinations[index]!];
  }
}
