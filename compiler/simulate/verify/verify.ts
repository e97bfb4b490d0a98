import type { Deviation } from "../../engines/deviation.js";
import type { Machine } from "../../engines/engine.js";
import type { KubernetesObject } from "../../model/objects.js";
import type { Tables } from "../../netfilter/tables.js";
import type { Diagnostic } from "../../text/diagnostic.js";
import { byAddress, endpointClasses, outsideClasses, type EndpointClass } from "../classes.js";
import { clusterOf, type Endpoint } from "../cluster.js";
import { parseIpv4, type AddressRange } from "../ipv4.js";
import { readBack } from "../read-back.js";
import { reachByRules } from "../reach-by-rules.js";
import { reachBySpec } from "../reach-by-spec.js";
import type { Passage, Reach } from "../reach.js";
import type { TracedTables } from "../trace.js";
import { intersectTraffic, noTraffic, subtractTraffic, trafficOf, unionTraffic, type Traffic } from "../traffic.js";
import type { Occurrence } from "./alterations.js";
import { differenceOf, explain } from "./explain.js";
import type { Verification } from "./finding.js";
import { Findings } from "./findings.js";
import { Readings } from "./readings.js";
import { unfilteredIpv6 } from "./unfiltered-ipv6.js";
import { exampleAddress, nameOfEndpoint } from "./smallest-packet.js";

/** What a compilation has to say about a node. */
export interface Compiled {
  readonly machine: Machine;
  readonly objects: readonly KubernetesObject[];
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
 * Whether the rules do what the specification says, for all packets that a node forwards to or from a pod: the rules as they are
 * printed and read back, and the specification as it is. Every cause of a difference is one finding.
 */
export function verify({ machine, objects, tables, warnings }: Compiled, options: VerifyOptions = {}): Verification {
  const cluster = clusterOf(objects);
  const printed = readBack(tables);
  const names = new Set(tables.sets.flatMap(({ readableName }) => readableName ?? []));
  const stops = warnings.flatMap(({ code, object, field }) =>
    code === "npm-stops-at-rule" && object !== undefined && field !== undefined ? [{ object, field }] : [],
  );
  const readings = new Readings(objects, cluster, machine.deviations, names, stops);
  const findings = new Findings(cluster, tables, printed, machine.deviations);
  const reaches = [
    reachBySpec(cluster),
    byAddress(reachByRules(printed)),
    byAddress(reachByRules(alone(printed, machine))),
    byAddress(reachByRules(printed, { state: "established" })),
  ] as const;
  const notAsked = occurrenceFree(machine.deviations, "npm-not-asked");
  const anew = occurrenceFree(machine.deviations, "npm-replies-judged-anew");

  for (const [from, to] of pairsOf(classesOf(reaches, cluster.endpoints, objects))) {
    const ends = firstEnds(from, to);
    if (!ends) continue;
    const [source, destination] = ends;
    const [spec, rules, own] = reaches.slice(0, 3).map((reach, way) => between(reach, way, from, to)) as [
      Passage,
      Passage,
      Passage,
    ];
    // Rules besides the engine's decide, or nobody knows.
    const foreign = unionTraffic(rules.depends, differenceOf(rules.allowed, own.allowed));
    const differing = differenceOf(spec.allowed, rules.allowed);
    const byOthers = unionTraffic(intersectTraffic(differing, foreign), rules.depends);
    if (byOthers !== noTraffic) {
      findings.add({ source, destination, traffic: byOthers, state: "new", occurrences: notAsked ? [notAsked] : [] });
    }
    const byEngine = subtractTraffic(differing, foreign);
    const full = byEngine !== noTraffic || options.alsoReadings ? readings.traffic(source, destination) : noTraffic;
    const misread = options.alsoReadings ? subtractTraffic(differenceOf(full, own.allowed), byEngine) : noTraffic;
    if (misread !== noTraffic) findings.add({ source, destination, traffic: misread, state: "new", occurrences: [] });
    if (byEngine !== noTraffic) {
      const candidates = readings.candidates(source, destination);
      const under = (chosen: readonly Occurrence[]): Traffic => readings.traffic(source, destination, chosen);
      for (const { occurrences, traffic } of explain(byEngine, rules.allowed, candidates, under)) {
        findings.add({ source, destination, traffic, state: "new", occurrences });
      }
    }
    const refused = refusedReplies(intersectTraffic(spec.allowed, rules.allowed), between(reaches[3], 3, to, from));
    if (refused === noTraffic) continue;
    // Replies go the other way, and their ports are those of the client.
    const passes = readings.traffic(destination, source);
    const explained = anew ? subtractTraffic(refused, passes) : noTraffic;
    const unexplained = subtractTraffic(refused, explained);
    const reply = { source: destination, destination: source, state: "reply" as const };
    if (explained !== noTraffic && anew) findings.add({ ...reply, traffic: explained, occurrences: [anew] });
    if (unexplained !== noTraffic) findings.add({ ...reply, traffic: unexplained, occurrences: [] });
  }
  for (const found of unfilteredIpv6(cluster, machine.deviations)) findings.add(found);
  return findings.verification(options.accepted ?? []);
}

/** A class of endpoints, or of addresses outside, with those of its members that may be examples, smallest first. */
interface Side {
  readonly sourceClasses: readonly number[];
  readonly destinationClasses: readonly number[];
  readonly members: readonly Endpoint[];
}

function classesOf(
  reaches: readonly Reach<Endpoint>[],
  endpoints: readonly Endpoint[],
  objects: readonly KubernetesObject[],
): readonly Side[] {
  const inside = endpoints.filter(({ address }) => parseIpv4(address) !== undefined);
  const ordered = inside.toSorted((a, b) => (nameOfEndpoint(a) < nameOfEndpoint(b) ? -1 : 1));
  // Addresses that only finished pods have are outside, each with a class of its own.
  const finished = objects.flatMap((object): Endpoint[] => {
    if (object.kind !== "Pod" || inside.some(({ address }) => address === object.ip)) return [];
    return parseIpv4(object.ip) === undefined ? [] : [{ kind: "outside", address: object.ip }];
  });
  const outside = outsideClasses(reaches, [...inside, ...finished]);
  return [
    ...endpointClasses(reaches, [...ordered, ...finished]),
    ...outside.map((its: EndpointClass<AddressRange>) => ({
      ...its,
      members: [{ kind: "outside" as const, address: exampleAddress(its.members) }],
    })),
  ];
}

function* pairsOf(sides: readonly Side[]): Generator<readonly [Side, Side]> {
  for (const from of sides) for (const to of sides) yield [from, to];
}

/** The smallest pair of members between which a node forwards: one end is a pod with an address of its own, and they are two addresses. */
function firstEnds(from: Side, to: Side): readonly [Endpoint, Endpoint] | undefined {
  for (const source of from.members) {
    for (const destination of to.members) {
      const forwarded = source.kind === "pod" || destination.kind === "pod";
      if (forwarded && source.address !== destination.address) return [source, destination];
    }
  }
  return undefined;
}

function between(reach: Reach<Endpoint>, way: number, from: Side, to: Side): Passage {
  return reach.between(from.sourceClasses[way]!, to.destinationClasses[way]!);
}

/** Of the protocols that are allowed one way, what established packets are refused the other way. */
function refusedReplies(allowed: Traffic, replies: Passage): Traffic {
  const protocols = (["tcp", "udp", "sctp", "other"] as const).map((protocol) => trafficOf(protocol));
  const needed = protocols.filter((its) => intersectTraffic(its, allowed) !== noTraffic);
  return subtractTraffic(needed.reduce(unionTraffic, noTraffic), unionTraffic(replies.allowed, replies.depends));
}

/** The tables of a node with no rules but the engine's. */
function alone({ chains, sets }: TracedTables, { ownership }: Machine): TracedTables {
  const { from } = ownership.jump;
  return {
    sets,
    chains: chains.map((chain) => {
      if (chain.name !== from) return chain;
      const rules = chain.rules.filter(
        ({ target }) => target?.kind === "jump" && target.to.startsWith(ownership.chainPrefix),
      );
      return { name: chain.name, policy: "ACCEPT" as const, rules };
    }),
  };
}

/** A deviation that no part of an object is the cause of. */
function occurrenceFree(
  deviations: readonly Deviation[],
  code: Occurrence["code"],
): Pick<Occurrence, "code"> | undefined {
  return deviations.some((deviation) => deviation.code === code) ? { code } : undefined;
}
