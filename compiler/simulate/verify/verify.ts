import type { Deviation } from "../../engines/deviation.js";
import type { Machine } from "../../engines/engine.js";
import type { Specification } from "../../engines/specification.js";
import type { KubernetesObject } from "../../model/objects.js";
import { versionsOf } from "../../netfilter/versions.js";
import type { Tables } from "../../netfilter/tables.js";
import type { Diagnostic } from "../../text/diagnostic.js";
import type { Circumstances } from "../circumstances.js";
import { clusterOf, type Cluster, type Endpoint } from "../cluster.js";
import { legendOf } from "../legend.js";
import { readBack } from "../read-back.js";
import type { Passage, Reach } from "../reach.js";
import { waysBetween } from "../tiers/way.js";
import { tracerOf } from "../tracer.js";
import {
  allTraffic,
  intersectTraffic,
  noTraffic,
  protocols,
  subtractTraffic,
  trafficOf,
  unionTraffic,
  type Traffic,
} from "../traffic.js";
import { stopCodes, type Occurrence, type Stop } from "./alterations.js";
import { differenceOf, explain, type TrafficUnder } from "./explain.js";
import type { Verification } from "./finding.js";
import { Findings, type Ground, type Observation } from "./findings.js";
import { circumstancesInPlay } from "./in-play.js";
import type { Reader } from "./reader.js";
import { Readings } from "./readings.js";
import { TierReadings } from "./tier-readings.js";
import { firstEnds, sidesOf, type Sides } from "./sides.js";
import { unfilteredIpv6 } from "./unfiltered-ipv6.js";
import { waysOf, type Ways } from "./ways.js";

/** What a compilation has to say about a node. */
export interface Compiled {
  readonly machine: Machine;
  readonly objects: readonly KubernetesObject[];
  /** What the rules are measured by, where that is more than NetworkPolicy. */
  readonly specification?: Specification;
  readonly tables: Tables;
  readonly warnings: readonly Diagnostic[];
}

export interface VerifyOptions {
  /** Codes of findings to leave out. */
  readonly accepted?: readonly string[];
  /**
   * Also where rules and specification agree: whether the deviations of the engine, all in force, would say the same. A difference is
   * reported as unexplained. It tests what is known of the engine, not the rules.
   */
  readonly alsoReadings?: boolean;
}

/**
 * Whether the rules do what the specification says, for all packets that a node forwards to or from a pod, and where it is measured by
 * more than NetworkPolicy all that it handles: the rules as they are printed and read back, and the specification as it is. Packets of
 * IPv6 are held against rules for IPv6 where there are any. Every cause of a difference is one finding.
 */
export function verify(
  { machine, objects, specification, tables, warnings }: Compiled,
  options: VerifyOptions = {},
): Verification {
  const names = new Set(tables.sets.flatMap(({ readableName }) => readableName ?? []));
  const stops = warnings.flatMap(({ code: said, object, field }) => {
    const code = stopCodes.find((known) => known === said);
    return code && object !== undefined && field !== undefined ? [{ code, object, field }] : [];
  });
  const findings = new Findings(machine.deviations);
  for (const { version, tables: own } of versionsOf(tables)) {
    const cluster = clusterOf(objects, specification, version);
    const printed = readBack(own);
    const ground: Ground = { cluster, rules: { printed, tracer: tracerOf(printed), legend: legendOf(own) } };
    const readerOf = readersOf(objects, cluster, machine.deviations, names, stops);
    const ways = waysOf(cluster, printed, machine);
    const unanswered = ofNoConnection(cluster);
    const sides = sidesOf(ways({}), cluster, objects, options.alsoReadings ?? false);
    for (const known of circumstancesInPlay(cluster, printed)) {
      compare({
        cluster,
        unanswered,
        machine,
        ways: ways(known),
        sides,
        reader: readerOf(known),
        add: (found) => findings.add(ground, { ...found, known }),
        alsoReadings: options.alsoReadings ?? false,
      });
    }
  }
  if (!tables.ipv6) {
    const cluster = clusterOf(objects, specification, 6);
    for (const found of unfilteredIpv6(cluster, machine.deviations)) findings.add({ cluster }, found);
  }
  return findings.verification(options.accepted ?? []);
}

/** What a cluster's policies mean to the engine, of packets of which something is known. */
function readersOf(
  objects: readonly KubernetesObject[],
  cluster: Cluster,
  deviations: readonly Deviation[],
  names: ReadonlySet<string>,
  stops: readonly Stop[],
): (known: Circumstances) => Reader {
  const { tiered } = cluster;
  if (tiered) {
    const readings = new TierReadings(objects, { ...cluster, tiered }, deviations);
    return (known) => readings.given(known);
  }
  const readings = new Readings(objects, cluster, deviations, names, stops);
  return () => readings;
}

interface Comparison {
  readonly cluster: Cluster;
  /** What nobody answers. */
  readonly unanswered: Traffic;
  readonly machine: Machine;
  readonly ways: Ways<Reach<Endpoint>>;
  readonly sides: Sides;
  readonly reader: Reader;
  readonly add: (found: Omit<Observation, "known">) => void;
  readonly alsoReadings: boolean;
}

/** Rules and specification under circumstances that leave nothing open. */
function compare(comparison: Comparison): void {
  const { cluster, machine, ways, sides, reader, add, alsoReadings } = comparison;
  const { spec, rules, own } = ways;
  const notAsked = occurrenceFree(machine.deviations, ["npm-not-asked", "calico-not-asked"]);

  for (const from of sides.sources) {
    for (const to of sides.destinations) {
      const ends = firstEnds(from, to, cluster);
      if (!ends) continue;
      const [source, destination] = ends;
      const specified = spec.between(from.spec, to.spec);
      const passes = rules.between(from.rules, to.rules);
      const alonePasses = own === rules ? passes : own.between(from.own, to.own);
      // Rules besides the engine's decide, or nobody knows.
      const foreign = unionTraffic(passes.depends, differenceOf(passes.allowed, alonePasses.allowed));
      const differing = differenceOf(specified.allowed, passes.allowed);
      const byOthers = unionTraffic(intersectTraffic(differing, foreign), passes.depends);
      if (byOthers !== noTraffic) {
        add({ source, destination, traffic: byOthers, state: "new", occurrences: notAsked });
      }
      const byEngine = subtractTraffic(differing, foreign);
      if (alsoReadings) {
        const read = differenceOf(reader.traffic(source, destination), alonePasses.allowed);
        const misread = subtractTraffic(read, byEngine);
        if (misread !== noTraffic) add({ source, destination, traffic: misread, state: "new", occurrences: [] });
      }
      if (byEngine !== noTraffic) {
        const candidates = reader.candidates(source, destination);
        const under: TrafficUnder = (chosen) => reader.traffic(source, destination, chosen);
        const everywhere = (): readonly Occurrence[] => reader.occurrences;
        for (const { occurrences, traffic } of explain(byEngine, passes.allowed, candidates, under, everywhere)) {
          add({ source, destination, traffic, state: "new", occurrences });
        }
      }
      const allowed = intersectTraffic(specified.allowed, passes.allowed);
      for (const [server, its] of serversOf(cluster, source, destination, allowed)) {
        compareReplies(comparison, { client: source, server, allowed: its });
      }
    }
  }
}

/** Who answers traffic between two endpoints: the destination, or what it stands for, each with its part of the traffic. */
function serversOf(
  cluster: Cluster,
  client: Endpoint,
  server: Endpoint,
  allowed: Traffic,
): readonly (readonly [Endpoint, Traffic])[] {
  const { tiered } = cluster;
  const ways =
    tiered && tiered.translationsOf(server.address).length > 0
      ? waysBetween(tiered, { source: tiered.placeOf(client), destination: tiered.placeOf(server), known: {} })
      : [{ goal: server.address, traffic: allTraffic }];
  return ways.flatMap(({ goal, traffic }) => {
    const its = intersectTraffic(allowed, traffic);
    return its === noTraffic ? [] : [[goal === server.address ? server : cluster.endpoint(goal)!, its] as const];
  });
}

/** Connections that rules and specification both allow. */
interface Connections {
  readonly client: Endpoint;
  readonly server: Endpoint;
  readonly allowed: Traffic;
}

/** Replies go the other way, and their ports are those of the client. */
function compareReplies(
  { unanswered, machine, ways: { replies, ownReplies }, reader, add, alsoReadings }: Comparison,
  { client, server, allowed }: Connections,
): void {
  const asked = subtractTraffic(ofItsProtocols(allowed), unanswered);
  const passingBy = ({ allowed: passes, depends }: Passage): Traffic =>
    intersectTraffic(asked, unionTraffic(passes, depends));
  const passage = (reach: Reach<Endpoint>): Passage =>
    reach.between(reach.sourceClass(server), reach.destinationClass(client));
  const passing = passingBy(passage(replies));
  const passingAlone = passingBy(passage(ownReplies));
  const under: TrafficUnder = (chosen) =>
    subtractTraffic(asked, reader.refusedAnyway?.(server, client, chosen) ?? noTraffic);
  const differing = differenceOf(passing, under([]));
  const addReply = (traffic: Traffic, occurrences: Observation["occurrences"]): void => {
    if (traffic !== noTraffic) add({ source: server, destination: client, state: "reply", traffic, occurrences });
  };

  const byOthers = intersectTraffic(differing, differenceOf(passing, passingAlone));
  addReply(byOthers, occurrenceFree(machine.deviations, ["npm-not-asked", "calico-not-asked"]));
  const byEngine = subtractTraffic(differing, byOthers);
  const anew = occurrenceFree(machine.deviations, ["npm-replies-judged-anew"]);
  const asNew = anew.length > 0 ? intersectTraffic(asked, reader.traffic(server, client)) : asked;
  const judgedAnew = subtractTraffic(byEngine, asNew);
  addReply(judgedAnew, anew);
  if (alsoReadings) {
    const read = differenceOf(passingAlone, intersectTraffic(asNew, under()));
    addReply(subtractTraffic(read, byEngine), []);
  }
  const left = subtractTraffic(byEngine, judgedAnew);
  if (left === noTraffic) return;
  const candidates = reader.candidates(server, client);
  for (const { occurrences, traffic } of explain(left, passing, candidates, under, () => reader.occurrences)) {
    addReply(traffic, occurrences);
  }
}

/** What connection tracking never sees: all of it is new. */
function ofNoConnection({ tiered, version }: Cluster): Traffic {
  return (tiered?.specification.tunnels ?? [])
    .filter(({ ipVersion, untracked }) => untracked && ipVersion === version)
    .reduce((all, { port }) => unionTraffic(all, trafficOf("udp", port, port)), noTraffic);
}

/** All traffic of the protocols that it is of. */
function ofItsProtocols(traffic: Traffic): Traffic {
  const whole = protocols.map((protocol) => trafficOf(protocol));
  return whole.filter((its) => intersectTraffic(its, traffic) !== noTraffic).reduce(unionTraffic, noTraffic);
}

/** A deviation that no part of an object is the cause of: the one of these that the engine has, or none. */
function occurrenceFree(
  deviations: readonly Deviation[],
  codes: readonly Occurrence["code"][],
): readonly Pick<Occurrence, "code">[] {
  const code = codes.find((each) => deviations.some((deviation) => deviation.code === each));
  return code ? [{ code }] : [];
}
