import type { Machine, Node } from "../engines/engine.js";
import type { LogEntry } from "../engines/log-entry.js";
import { resultOfVersion } from "../engines/result-of-version.js";
import type { Specification } from "../engines/specification.js";
import type { KubernetesObject } from "../model/objects.js";
import type { Resource } from "../model/resources.js";
import type { Tables } from "../netfilter/tables.js";
import { printMessages, type LogOptions } from "../log/print-log.js";
import { diffTables, type TablesDifference } from "../netfilter/tables-difference.js";
import { ofVersion } from "../netfilter/versions.js";
import type { AnyPairs } from "../pairs/any-pairs.js";
import { arrivalEdits } from "./arrivals.js";
import { attribute, itemKeys, type Attribution } from "./attribution.js";
import { connectionLines, type ConnectionLine } from "./connections/connection-lines.js";
import { diffConnections, type ConnectionChange } from "./connections/connections.js";
import { diffObjects, type ChangedEntity, type ObjectsDifference, type ObjectsVersion } from "./edits/diff-objects.js";
import { addressesOfNode } from "./connections/by-addresses.js";
import { clusterOf } from "../simulate/cluster.js";
import type { Origin } from "../text/origin.js";
import { parseIp } from "../simulate/ip.js";
import type { IpVersion } from "../text/ip-version.js";
import { nodeSize, type NodeSize } from "./node-size.js";
import { logGain } from "./log-gain.js";
import { mixtures } from "./mixture.js";
import { diffPairs, type PairsDifference } from "./pairs.js";
import { tableChanges, type TableChanges } from "./table-changes.js";

/** One side of a comparison. */
export interface DiffVersion {
  readonly result: DiffResult;
  /** A node that the manifests made, for the caller to go on with. The first is at hand, others are made when asked for. */
  readonly takeNode: () => { readonly machine: Machine; readonly node: Node };
  /** The tables of other manifests, compiled as these were; undefined when a server would not take them. */
  readonly tablesOf: (text: string) => Tables | undefined;
  /** What people call it: `main`, `old/`, `v2-fnv`. */
  readonly label: string;
  /** What a file is called on both sides: its path below what was compared. */
  readonly fileOf: (name: string) => string;
}

/** What compiling a side gave. */
export interface DiffResult {
  readonly machine: Machine;
  readonly objects: readonly KubernetesObject[];
  readonly resources: readonly Resource[];
  readonly tables: Tables;
  readonly pairs: readonly AnyPairs[];
  readonly specification?: Specification;
}

/** What changes between two versions, from what was written to what passes: tables and packets are of one version of IP. */
export interface Difference extends ObjectsDifference {
  readonly ipVersion: IpVersion;
  readonly before: DiffVersion;
  readonly after: DiffVersion;
  readonly pairs: PairsDifference;
  readonly tables: TablesDifference;
  /** The same a change at a time, with the edits that cause each: none where no edit does, but another generation. */
  readonly changes: TableChanges;
  readonly connections: readonly ConnectionChange[];
  /** The same for people, with the edits that cause each; none where there are too many to tell. */
  readonly lines: readonly (ConnectionLine & { readonly edits: readonly number[] })[];
  /** Neither an edit nor a difference in the tables or in what passes. */
  readonly same: boolean;
  /** Of two engines, whose rules and sets are not compared one by one: how much each makes. */
  readonly sizes?: readonly [NodeSize, NodeSize];
  /** What the node's log gains, a message each; worked out when asked. Empty for two generations. */
  log(options?: LogOptions): readonly string[];
}

/** Everything that changes between two versions: edits → pairs → tables → connections, and what causes what. */
export function diff(old: DiffVersion, young: DiffVersion, ipVersion: IpVersion = 4): Difference {
  const [before, after] = [ofIpVersion(old, ipVersion), ofIpVersion(young, ipVersion)];
  const versions = [versionOf(before, after), versionOf(after, before)] as const;
  const objects = diffObjects(...versions);
  const [was, is] = [before.result.machine, after.result.machine];
  const sameEngine = was.engine === is.engine;
  const sameMachine = sameEngine && was.release === is.release && was.generation === is.generation;
  // Each engine has words of its own for what a policy means.
  const pairs = sameEngine
    ? diffPairs(...pairsToCompare(before.result, after.result, sameMachine ? objects : undefined))
    : diffPairs([], []);
  const tables = diffTables(before.result.tables, after.result.tables, sameMachine ? isUnedited(objects) : undefined);
  const connections = diffConnections(before.result, after.result, tables, ipVersion);
  const lines = connectionLines(connections);
  const edits = objects.edits.map(({ id }) => id);
  let log: readonly LogEntry[] | undefined;
  const arrivals = lines.map((line) => arrivalEdits(line, objects));
  const turned = lines.filter((_, index) => !arrivals[index]).slice(0, maxPackets);
  const packets = turned.map(({ what, example }) => ({ what, packet: example.packet }));
  const ends = packets.flatMap(({ packet }) => [packet.source, packet.destination]);
  const causes: Attribution =
    tables.same || !sameMachine
      ? new Map()
      : attribute(edits, packets, mixtures(...versions, objects, ends, after.tablesOf));
  return {
    ...objects,
    ipVersion,
    before,
    after,
    pairs,
    tables,
    changes: tableChanges(sameEngine ? tables : none, causes, objects.reordered?.edit),
    ...(!sameEngine && { sizes: sizesOf(before.result, after.result, ipVersion) }),
    connections,
    lines: lines.map((line, index) => ({
      ...line,
      edits: arrivals[index] ?? causes.get(itemKeys.packet(line.example.packet)) ?? [],
    })),
    same: edits.length === 0 && tables.same && connections.length === 0,
    log: (options) =>
      sameMachine && !was.lacks.has("log")
        ? printMessages((log ??= logGain(before.takeNode(), versions[0].objects, objects.changed)), options)
        : [],
  };
}

const none = diffTables({ chains: [], sets: [] }, { chains: [], sets: [] });

/** A side with the tables of one version of IP, and what owns these. */
function ofIpVersion(side: DiffVersion, ipVersion: IpVersion): DiffVersion {
  return {
    ...side,
    result: resultOfVersion(side.result, ipVersion),
    tablesOf(text) {
      const tables = side.tablesOf(text);
      return tables && ofVersion(tables, ipVersion);
    },
  };
}

function sizesOf(before: DiffResult, after: DiffResult, ipVersion: IpVersion): readonly [NodeSize, NodeSize] {
  const onNode = addressesOfNode(before.tables, after.tables);
  const sizeOf = ({ tables, objects }: DiffResult, side: 0 | 1) => {
    const endpoints = clusterOf(objects, undefined, ipVersion).endpoints.filter(
      ({ address }) => parseIp(address) !== undefined,
    );
    return nodeSize(tables, endpoints, onNode?.[side]);
  };
  return [sizeOf(before, 0), sizeOf(after, 1)];
}

/** Causes of so many lines about connections are looked for. */
const maxPackets = 100;

/** What only one of two engines reads is no edit. */
function versionOf({ result, fileOf }: DiffVersion, { result: other }: DiffVersion): ObjectsVersion {
  const resources = result.resources.filter(({ kind }) => other.machine.watched.has(kind));
  return { objects: [...result.objects, ...resources], fileOf };
}

/** Whether something comes from a policy that nobody edited. */
function isUnedited({ unedited }: ObjectsDifference): (origin: Origin) => boolean {
  return (origin) => origin.kind === "field" && unedited.has(`NetworkPolicy ${origin.object}`);
}

/** Of one generation only policies that were edited can mean something else, and not by another name. */
function pairsToCompare(
  before: DiffResult,
  after: DiffResult,
  objects: ObjectsDifference | undefined,
): readonly [readonly AnyPairs[], readonly AnyPairs[]] {
  if (!objects) return [before.pairs, after.pairs];
  const isRenamed = (each: ChangedEntity) => each.before && each.after && each.before.name !== each.after.name;
  const changed = objects.changed.filter((each) => !isRenamed(each));
  const names = new Set(changed.flatMap((each) => [each.before?.name, each.after?.name]));
  // Those of other kinds say their kind.
  const edited = ({ policy }: AnyPairs) => policy.includes(" ") || names.has(`NetworkPolicy ${policy}`);
  return [before.pairs.filter(edited), after.pairs.filter(edited)];
}
