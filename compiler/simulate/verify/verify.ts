import type { Deviation } from "../../engines/deviation.js";
import type { Machine } from "../../engines/engine.js";
import type { Specification } from "../../engines/specification.js";
import type { KubernetesObject } from "../../model/objects.js";
import { chainsOf, isHook } from "../../netfilter/owned.js";
import { versionsOf } from "../../netfilter/versions.js";
import type { Chain, Tables } from "../../netfilter/tables.js";
import type { Diagnostic } from "../../text/diagnostic.js";
import type { Circumstances } from "../circumstances.js";
import { byAddress, outsideClasses } from "../classes.js";
import { clusterOf, isDecided, type Cluster, type Endpoint } from "../cluster.js";
import { ownAddresses, walkedTables } from "../courses.js";
import { versionOfText } from "../ip.js";
import { legendOf } from "../legend.js";
import { readBack } from "../read-back.js";
import { reachByRules } from "../reach-by-rules.js";
import { reachBySpec } from "../reach-by-spec.js";
import type { Passage, Reach } from "../reach.js";
import { addressesOf } from "../tiers/holders.js";
import type { TracedTables } from "../trace.js";
import { tracerOf } from "../tracer.js";
import {
  allTraffic,
  intersectTraffic,
  noTraffic,
  subtractTraffic,
  trafficOf,
  unionTraffic,
  type Traffic,
} from "../traffic.js";
import type { Occurrence } from "./alterations.js";
import { differenceOf, explain, type TrafficUnder } from "./explain.js";
import type { Verification } from "./finding.js";
import { Findings, type Ground, type Observation } from "./findings.js";
import { circumstancesInPlay } from "./in-play.js";
import type { Reader } from "./reader.js";
import { Readings } from "./readings.js";
import { TierReadings } from "./tier-readings.js";
import { exampleAddress, nameOfEndpoint } from "./smallest-packet.js";
import { unfilteredIpv6 } from "./unfiltered-ipv6.js";

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
  const stops = warnings.flatMap(({ code, object, field }) =>
    (code === "npm-stops-at-rule" || code === "npm-loses-block") && object !== undefined && field !== undefined
      ? [{ code, object, field }]
      : [],
  );
  const findings = new Findings(machine.deviations);
  for (const { version, tables: own } of versionsOf(tables)) {
    const cluster = clusterOf(objects, specification, version);
    const printed = readBack(own);
    const ground: Ground = { cluster, rules: { printed, tracer: tracerOf(printed), legend: legendOf(own) } };
    for (const known of circumstancesInPlay(cluster, printed)) {
      const reader = cluster.tiered
        ? new TierReadings(objects, { ...cluster, tiered: cluster.tiered }, machine.deviations, known)
        : new Readings(objects, cluster, machine.deviations, names, stops);
      compare({
        cluster,
        objects,
        machine,
        printed,
        known,
        reader,
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

interface Comparison {
  readonly cluster: Cluster;
  readonly objects: readonly KubernetesObject[];
  readonly machine: Machine;
  readonly printed: TracedTables;
  readonly known: Circumstances;
  readonly reader: Reader;
  readonly add: (found: Omit<Observation, "known">) => void;
  readonly alsoReadings: boolean;
}

/** Rules and specification under circumstances that leave nothing open. */
function compare({ cluster, objects, machine, printed, known, reader, add, alsoReadings }: Comparison): void {
  const spec = reachBySpec(cluster, known);
  const rules = byAddress(reachByRules(printed, { known }));
  const replies = byAddress(reachByRules(printed, { state: "established", known }));
  const engine = hasOthers(printed, machine) ? alone(printed, machine) : undefined;
  const own = engine ? byAddress(reachByRules(engine, { known })) : rules;
  const ownReplies = engine ? byAddress(reachByRules(engine, { state: "established", known })) : replies;
  const notAsked = occurrenceFree(machine.deviations, ["npm-not-asked", "calico-not-asked"]);
  const anew = occurrenceFree(machine.deviations, ["npm-replies-judged-anew"]);

  const { sources, destinations } = sidesOf({ spec, rules, own, replies, ownReplies }, cluster, objects, alsoReadings);
  for (const from of sources) {
    for (const to of destinations) {
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
        add({ source, destination, traffic: byOthers, state: "new", occurrences: notAsked ? [notAsked] : [] });
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
      const answered = replies.between(to.replies, from.replies);
      const unanswered = refusedReplies(allowed, answered);
      if (unanswered === noTraffic) continue;
      const reply = { source: destination, destination: source, state: "reply" as const };
      const byEngineAlone = refusedReplies(allowed, ownReplies.between(to.ownReplies, from.ownReplies));
      const unansweredByOthers = subtractTraffic(unanswered, byEngineAlone);
      if (unansweredByOthers !== noTraffic) {
        add({ ...reply, traffic: unansweredByOthers, occurrences: notAsked ? [notAsked] : [] });
      }
      const refused = subtractTraffic(
        intersectTraffic(unanswered, byEngineAlone),
        reader.refusedAnyway?.(destination, source, []) ?? noTraffic,
      );
      if (refused === noTraffic) continue;
      // Replies go the other way, and their ports are those of the client.
      const explained = anew ? subtractTraffic(refused, reader.traffic(destination, source)) : noTraffic;
      if (explained !== noTraffic && anew) add({ ...reply, traffic: explained, occurrences: [anew] });
      const left = subtractTraffic(refused, explained);
      if (left === noTraffic) continue;
      const candidates = reader.candidates(destination, source);
      const under: TrafficUnder = (chosen) =>
        subtractTraffic(allTraffic, reader.refusedAnyway?.(destination, source, chosen) ?? noTraffic);
      for (const { occurrences, traffic } of explain(left, noTraffic, candidates, under, () => reader.occurrences)) {
        add({ ...reply, traffic, occurrences });
      }
    }
  }
}

/** The ways to look at packets. */
type Ways<T> = Readonly<Record<"spec" | "rules" | "own" | "replies" | "ownReplies", T>>;

/** Endpoints that are alike as one end of a packet: their class by each way, the smallest first. Replies come from the other end. */
interface Side extends Ways<number> {
  readonly members: readonly Endpoint[];
}

function sidesOf(
  ways: Ways<Reach<Endpoint>>,
  cluster: Cluster,
  objects: readonly KubernetesObject[],
  eachAlone: boolean,
): { readonly sources: readonly Side[]; readonly destinations: readonly Side[] } {
  const inside = cluster.endpoints;
  const taken = new Set(inside.map(({ address }) => address));
  // Addresses that only finished pods have are outside, and worth a look each.
  const finished = objects.flatMap((object): Endpoint[] => {
    if (object.kind !== "Pod") return [];
    const own = addressesOf(object).filter((each) => versionOfText(each) === cluster.version && !taken.has(each));
    return own.map((address) => ({ kind: "outside", address }));
  });
  const outside = outsideClasses(Object.values(ways), [...inside, ...finished], cluster.version);
  const endpoints = [
    ...inside.toSorted((a, b) => (nameOfEndpoint(a) < nameOfEndpoint(b) ? -1 : 1)),
    ...finished,
    ...outside
      .map(({ members }): Endpoint => ({ kind: "outside", address: exampleAddress(members) }))
      .filter(({ address }) => !cluster.tiered || !isLoopback(address)),
  ];
  const { spec, rules, own, replies, ownReplies } = ways;
  const sources = endpoints.map((endpoint) => ({
    endpoint,
    spec: spec.sourceClass(endpoint),
    rules: rules.sourceClass(endpoint),
    own: own.sourceClass(endpoint),
    replies: replies.destinationClass(endpoint),
    ownReplies: ownReplies.destinationClass(endpoint),
  }));
  const destinations = endpoints.map((endpoint) => ({
    endpoint,
    spec: spec.destinationClass(endpoint),
    rules: rules.destinationClass(endpoint),
    own: own.destinationClass(endpoint),
    replies: replies.sourceClass(endpoint),
    ownReplies: ownReplies.sourceClass(endpoint),
  }));
  return { sources: grouped(sources, eachAlone), destinations: grouped(destinations, eachAlone) };
}

function grouped(
  ends: readonly (Ways<number> & { readonly endpoint: Endpoint })[],
  eachAlone: boolean,
): readonly Side[] {
  const groups = new Map<string, Side & { readonly members: Endpoint[] }>();
  ends.forEach(({ endpoint, ...classes }, index) => {
    const { spec, rules, own, replies, ownReplies } = classes;
    const key = eachAlone ? `${index}` : `${spec} ${rules} ${own} ${replies} ${ownReplies}`;
    const group = groups.get(key);
    if (group) group.members.push(endpoint);
    else groups.set(key, { ...classes, members: [endpoint] });
  });
  return [...groups.values()];
}

/** The smallest pair of members that are two addresses and whose packets the node decides about. */
function firstEnds(from: Side, to: Side, cluster: Cluster): readonly [Endpoint, Endpoint] | undefined {
  for (const source of from.members) {
    for (const destination of to.members) {
      if (source.address !== destination.address && isDecided(cluster, source, destination))
        return [source, destination];
    }
  }
  return undefined;
}

/** No packet on a wire has such an address; rules that know the machine's own tell it from others. */
function isLoopback(address: string): boolean {
  return address.startsWith("127.") || address === "::1";
}

/** Of the protocols that are allowed one way, what established packets are refused the other way. */
function refusedReplies(allowed: Traffic, replies: Passage): Traffic {
  const protocols = (["tcp", "udp", "sctp", "other"] as const).map((protocol) => trafficOf(protocol));
  const needed = protocols.filter((its) => intersectTraffic(its, allowed) !== noTraffic);
  return subtractTraffic(needed.reduce(unionTraffic, noTraffic), unionTraffic(replies.allowed, replies.depends));
}

/** Whether rules that are not the engine's stand in the built-in chains where packets are looked at. */
function hasOthers(tables: TracedTables, { ownership }: Machine): boolean {
  return walkedTables
    .flatMap((table) => chainsOf(tables, table))
    .some(
      (chain) =>
        isAsked(chain, tables) && (chain.policy === "DROP" || chain.rules.some((rule) => !isHook(rule, ownership))),
    );
}

/** The tables of a node with no rules but the engine's. */
function alone(tables: TracedTables, { ownership }: Machine): TracedTables {
  const own = (chain: Chain): Chain => {
    if (!isAsked(chain, tables)) return chain;
    const rules = chain.rules.filter((rule) => isHook(rule, ownership));
    return { name: chain.name, policy: "ACCEPT", rules };
  };
  return {
    ...tables,
    chains: tables.chains.map(own),
    ...(tables.others && { others: tables.others.map((table) => ({ ...table, chains: table.chains.map(own) })) }),
  };
}

/** Built-in chains of forwarded packets; what goes to the machine or comes from it is looked at where its addresses are known. */
function isAsked({ name, policy }: Chain, tables: TracedTables): boolean {
  return /^(?:PREROUTING|FORWARD|POSTROUTING)$/.test(name) || (policy !== undefined && ownAddresses(tables).size > 0);
}

/** A deviation that no part of an object is the cause of: the one of these that the engine has. */
function occurrenceFree(
  deviations: readonly Deviation[],
  codes: readonly Occurrence["code"][],
): Pick<Occurrence, "code"> | undefined {
  const code = codes.find((each) => deviations.some((deviation) => deviation.code === each));
  return code && { code };
}
