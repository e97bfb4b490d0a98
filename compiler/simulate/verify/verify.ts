import type { Deviation } from "../../engines/deviation.js";
import type { Machine } from "../../engines/engine.js";
import type { KubernetesObject } from "../../model/objects.js";
import { isHook } from "../../netfilter/owned.js";
import type { Ownership } from "../../netfilter/ownership.js";
import type { Chain, Rule, Tables } from "../../netfilter/tables.js";
import type { Diagnostic } from "../../text/diagnostic.js";
import { byAddress, outsideClasses } from "../classes.js";
import { clusterOf, type Cluster, type Endpoint } from "../cluster.js";
import { parseIpv4 } from "../ipv4.js";
import { readBack } from "../read-back.js";
import { reachByRules } from "../reach-by-rules.js";
import { reachBySpec } from "../reach-by-spec.js";
import type { Passage, Reach } from "../reach.js";
import type { TracedTables } from "../trace.js";
import { intersectTraffic, noTraffic, subtractTraffic, trafficOf, unionTraffic, type Traffic } from "../traffic.js";
import type { Occurrence } from "./alterations.js";
import { differenceOf, explain, type TrafficUnder } from "./explain.js";
import type { Verification } from "./finding.js";
import { Findings } from "./findings.js";
import { Readings } from "./readings.js";
import { exampleAddress, nameOfEndpoint } from "./smallest-packet.js";
import { unfilteredIpv6 } from "./unfiltered-ipv6.js";

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
    (code === "npm-stops-at-rule" || code === "npm-loses-block") && object !== undefined && field !== undefined
      ? [{ code, object, field }]
      : [],
  );
  const readings = new Readings(objects, cluster, machine.deviations, names, stops);
  const findings = new Findings(cluster, tables, printed, machine.deviations);
  const spec = reachBySpec(cluster);
  const rules = byAddress(reachByRules(printed));
  const own = hasOthers(printed, machine) ? byAddress(reachByRules(alone(printed, machine))) : rules;
  const replies = byAddress(reachByRules(printed, { state: "established" }));
  const notAsked = occurrenceFree(machine.deviations, "npm-not-asked");
  const anew = occurrenceFree(machine.deviations, "npm-replies-judged-anew");

  const { sources, destinations } = sidesOf(
    { spec, rules, own, replies },
    cluster,
    objects,
    options.alsoReadings ?? false,
  );
  for (const from of sources) {
    for (const to of destinations) {
      const ends = firstEnds(from, to);
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
        findings.add({ source, destination, traffic: byOthers, state: "new", occurrences: notAsked ? [notAsked] : [] });
      }
      const byEngine = subtractTraffic(differing, foreign);
      if (options.alsoReadings) {
        const read = differenceOf(readings.traffic(source, destination), alonePasses.allowed);
        const misread = subtractTraffic(read, byEngine);
        if (misread !== noTraffic)
          findings.add({ source, destination, traffic: misread, state: "new", occurrences: [] });
      }
      if (byEngine !== noTraffic) {
        const candidates = readings.candidates(source, destination);
        const under: TrafficUnder = (chosen) => readings.traffic(source, destination, chosen);
        const everywhere = (): readonly Occurrence[] => readings.occurrences;
        for (const { occurrences, traffic } of explain(byEngine, passes.allowed, candidates, under, everywhere)) {
          findings.add({ source, destination, traffic, state: "new", occurrences });
        }
      }
      const allowed = intersectTraffic(specified.allowed, passes.allowed);
      const refused = refusedReplies(allowed, replies.between(to.replies, from.replies));
      if (refused === noTraffic) continue;
      // Replies go the other way, and their ports are those of the client.
      const explained = anew ? subtractTraffic(refused, readings.traffic(destination, source)) : noTraffic;
      const unexplained = subtractTraffic(refused, explained);
      const reply = { source: destination, destination: source, state: "reply" as const };
      if (explained !== noTraffic && anew) findings.add({ ...reply, traffic: explained, occurrences: [anew] });
      if (unexplained !== noTraffic) findings.add({ ...reply, traffic: unexplained, occurrences: [] });
    }
  }
  for (const found of unfilteredIpv6(cluster, machine.deviations)) findings.add(found);
  return findings.verification(options.accepted ?? []);
}

/** The ways to look at packets. */
type Ways<T> = Readonly<Record<"spec" | "rules" | "own" | "replies", T>>;

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
  const inside = cluster.endpoints.filter(({ address }) => parseIpv4(address) !== undefined);
  const taken = new Set(inside.map(({ address }) => address));
  // Addresses that only finished pods have are outside, and worth a look each.
  const finished = objects.flatMap((object): Endpoint[] => {
    if (object.kind !== "Pod" || taken.has(object.ip) || parseIpv4(object.ip) === undefined) return [];
    return [{ kind: "outside", address: object.ip }];
  });
  const outside = outsideClasses(Object.values(ways), [...inside, ...finished]);
  const endpoints = [
    ...inside.toSorted((a, b) => (nameOfEndpoint(a) < nameOfEndpoint(b) ? -1 : 1)),
    ...finished,
    ...outside.map(({ members }): Endpoint => ({ kind: "outside", address: exampleAddress(members) })),
  ];
  const { spec, rules, own, replies } = ways;
  const sources = endpoints.map((endpoint) => ({
    endpoint,
    spec: spec.sourceClass(endpoint),
    rules: rules.sourceClass(endpoint),
    own: own.sourceClass(endpoint),
    replies: replies.destinationClass(endpoint),
  }));
  const destinations = endpoints.map((endpoint) => ({
    endpoint,
    spec: spec.destinationClass(endpoint),
    rules: rules.destinationClass(endpoint),
    own: own.destinationClass(endpoint),
    replies: replies.sourceClass(endpoint),
  }));
  return { sources: grouped(sources, eachAlone), destinations: grouped(destinations, eachAlone) };
}

function grouped(
  ends: readonly (Ways<number> & { readonly endpoint: Endpoint })[],
  eachAlone: boolean,
): readonly Side[] {
  const groups = new Map<string, Side & { readonly members: Endpoint[] }>();
  ends.forEach(({ endpoint, ...classes }, index) => {
    const { spec, rules, own, replies } = classes;
    const key = eachAlone ? `${index}` : `${spec} ${rules} ${own} ${replies}`;
    const group = groups.get(key);
    if (group) group.members.push(endpoint);
    else groups.set(key, { ...classes, members: [endpoint] });
  });
  return [...groups.values()];
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

/** Of the protocols that are allowed one way, what established packets are refused the other way. */
function refusedReplies(allowed: Traffic, replies: Passage): Traffic {
  const protocols = (["tcp", "udp", "sctp", "other"] as const).map((protocol) => trafficOf(protocol));
  const needed = protocols.filter((its) => intersectTraffic(its, allowed) !== noTraffic);
  return subtractTraffic(needed.reduce(unionTraffic, noTraffic), unionTraffic(replies.allowed, replies.depends));
}

/** Whether rules that are not the engine's stand beside its jump. */
function hasOthers({ chains }: TracedTables, { ownership }: Machine): boolean {
  return chains.some(
    (chain) =>
      holdsHooks(chain, ownership) && (chain.policy === "DROP" || chain.rules.some((rule) => !isJump(rule, ownership))),
  );
}

/** The tables of a node with no rules but the engine's. */
function alone({ chains, sets }: TracedTables, { ownership }: Machine): TracedTables {
  return {
    sets,
    chains: chains.map((chain) => {
      if (!holdsHooks(chain, ownership)) return chain;
      const rules = chain.rules.filter((rule) => isJump(rule, ownership));
      return { name: chain.name, policy: "ACCEPT" as const, rules };
    }),
  };
}

/** Whether a chain of the filter table is one from which a packet comes to the engine's rules. */
function holdsHooks({ name, rules }: Chain, ownership: Ownership): boolean {
  if (name.startsWith(ownership.chainPrefix)) return false;
  return (
    ownership.hooks.some(({ table, chain }) => table === "filter" && chain === name) ||
    rules.some((rule) => isHook(rule, ownership))
  );
}

function isJump({ target }: Rule, { chainPrefix }: Ownership): boolean {
  return target?.kind === "jump" && target.to.startsWith(chainPrefix);
}

/** A deviation that no part of an object is the cause of. */
function occurrenceFree(
  deviations: readonly Deviation[],
  code: Occurrence["code"],
): Pick<Occurrence, "code"> | undefined {
  return deviations.some((deviation) => deviation.code === code) ? { code } : undefined;
}
