import { causesOf, type Cause } from "../causes.js";
import { isPair, type Cluster, type Endpoint } from "../cluster.js";
import { judge } from "../judge.js";
import type { Judgement, Packet } from "../judgement.js";
import { versionOfText } from "../ip.js";
import type { Legend } from "../legend.js";
import type { Reach } from "../reach.js";
import { decidingStep, type Trace, type TracedTables, type TraceStep, type Verdict } from "../trace.js";
import type { Tracer } from "../tracer.js";
import {
  allTraffic,
  intersectTraffic,
  portsOf,
  protocols,
  subtractTraffic,
  unionTraffic,
  type Traffic,
} from "../traffic.js";
import type { Expectation } from "./expectation.js";
import type { End } from "./resolve-ends.js";
import type { Destination, ResolvedExpectation } from "./resolve-expectation.js";

export interface ExpectationResult {
  readonly expectation: Expectation;
  /** How many pairs were looked at; addresses outside that nothing tells apart count as one. */
  readonly pairs: number;
  /** None when the expectation is met. */
  readonly failures: readonly ExpectationFailure[];
}

/** Traffic that fares otherwise than expected, between ends that neither the specification nor the rules tell apart. */
export interface ExpectationFailure {
  /** Of an example. */
  readonly source: End;
  readonly destination: End;
  readonly traffic: Traffic;
  /** How many pairs the same happens to, the example included. */
  readonly pairs: number;
  readonly bySpecification: "allow" | "deny";
  readonly byRules: Verdict;
  /** The first of the traffic. */
  readonly packet: Packet;
  /** Why; worked out when asked. */
  explain(): FailureReasons;
}

export interface FailureReasons extends Pick<Ground, "tables" | "legend"> {
  readonly judgement: Judgement;
  readonly trace: Trace;
  readonly decidedBy: TraceStep | undefined;
  readonly causes: readonly Cause[];
}

/** What expectations are held against, of one version of IP: objects on one side, the rules that were printed on the other. */
export interface Ground {
  readonly cluster: Cluster;
  readonly tables: TracedTables;
  readonly legend: Legend;
  readonly specification: Reach<Endpoint>;
  readonly rules: Reach<Endpoint>;
  readonly tracer: Tracer;
}

/** Looks at one pair of each two classes, at all of its traffic; `grounds`: one for each version of IP. */
export function checkExpectation(
  expectation: Expectation,
  resolved: ResolvedExpectation,
  grounds: readonly Ground[],
): ExpectationResult {
  const checked = grounds.map((ground) => checkVersion(expectation, resolved, ground));
  return {
    expectation,
    pairs: checked.reduce((sum, { pairs }) => sum + pairs, 0),
    failures: checked.flatMap(({ failures }) => failures),
  };
}

function checkVersion(
  expectation: Expectation,
  resolved: ResolvedExpectation,
  ground: Ground,
): Omit<ExpectationResult, "expectation"> {
  const { specification, rules } = ground;
  const isAsked = ({ endpoint }: End): boolean => versionOfText(endpoint.address) === ground.cluster.version;
  const [sources, destinations] = [resolved.sources.filter(isAsked), resolved.destinations.filter(isAsked)];
  const from = group(sources, ({ endpoint }) => [specification, rules].map((way) => way.sourceClass(endpoint)).join());
  const to = group(destinations, ({ endpoint, traffic }) => {
    return `${specification.destinationClass(endpoint)},${rules.destinationClass(endpoint)},${traffic.join()}`;
  });
  let pairs = 0;
  const failures: ExpectationFailure[] = [];
  for (const some of from) {
    for (const others of to) {
      const { count, example } = pairsOf(some, others);
      pairs += count;
      if (!example) continue;
      for (const part of partsOf(example[0], example[1], ground)) {
        if (part.bySpecification !== expectation.verdict || part.byRules !== expectation.verdict) {
          failures.push({ ...part, pairs: count });
        }
      }
    }
  }
  return { pairs, failures };
}

/** The traffic between two ends, parted by what the specification and the rules say of it. */
function partsOf(source: End, destination: Destination, ground: Ground): readonly Omit<ExpectationFailure, "pairs">[] {
  const bySpecification = between(ground.specification, source, destination);
  const byRules = between(ground.rules, source, destination);
  return bySpecification.flatMap(([specified, one]) =>
    byRules.flatMap(([ruled, other]) => {
      const traffic = intersectTraffic(destination.traffic, intersectTraffic(one, other));
      if (traffic.length === 0) return [];
      const packet = firstPacket(source, destination, traffic);
      verify(packet, specified as "allow" | "deny", ruled, ground);
      const explain = (): FailureReasons => reasonsOf(packet, ground);
      const part = { source, destination, traffic, packet, explain };
      return [{ ...part, bySpecification: specified as "allow" | "deny", byRules: ruled }];
    }),
  );
}

function between(way: Reach<Endpoint>, source: End, destination: End): readonly (readonly [Verdict, Traffic])[] {
  const { allowed, depends } = way.between(
    way.sourceClass(source.endpoint),
    way.destinationClass(destination.endpoint),
  );
  return [
    ["allow", allowed],
    ["depends", depends],
    ["deny", subtractTraffic(allTraffic, unionTraffic(allowed, depends))],
  ];
}

/** Classes of traffic and walks of single packets are worked out by different code: here they are held against each other. */
function verify(packet: Packet, specified: "allow" | "deny", ruled: Verdict, { cluster, tracer }: Ground): void {
  const judged = judge(cluster, packet).verdict;
  const traced = tracer.verdict(tracePacketOf(packet));
  if (judged === specified && traced === ruled) return;
  const what = `${packet.source.address} to ${packet.destination.address}, ${packet.port}/${packet.protocol}`;
  throw new Error(`${what}: ${judged} and ${traced} as a packet, ${specified} and ${ruled} as traffic`);
}

function reasonsOf(packet: Packet, { cluster, tracer, tables, legend }: Ground): FailureReasons {
  const trace = tracer.trace(tracePacketOf(packet));
  const judgement = judge(cluster, packet);
  const causes = causesOf(trace, tables, legend);
  return { tables, legend, judgement, trace, decidedBy: decidingStep(trace), causes };
}

function tracePacketOf({ source, destination, protocol, port }: Packet) {
  return { source: source.address, destination: destination.address, protocol, ...(protocol !== "other" && { port }) };
}

/** To port 1 and not 0, when there is a choice: nobody sends to port 0. */
function firstPacket(source: End, destination: End, traffic: Traffic): Packet {
  const protocol = protocols.find((each) => portsOf(traffic, each).length > 0)!;
  const { first, last } = portsOf(traffic, protocol)[0]!;
  const port = Math.max(first, Math.min(1, last));
  return { source: source.endpoint, destination: destination.endpoint, protocol, port };
}

/** How many pairs two groups make, and the first. */
function pairsOf<A extends End, B extends End>(
  some: readonly A[],
  others: readonly B[],
): { readonly count: number; readonly example?: readonly [A, B] } {
  const names = new Set(some.map(({ name }) => name));
  const same = others.filter(({ name }) => names.has(name)).length;
  const senders = some.filter(({ endpoint }) => endpoint.kind === "outside").length;
  const outside = others.filter(({ endpoint }) => endpoint.kind === "outside" && !endpoint.standsFor);
  const sameOutside = outside.filter(({ name }) => names.has(name)).length;
  const count = some.length * others.length - same - (senders * outside.length - sameOutside);
  if (count === 0) return { count };
  for (const one of some) {
    const other = others.find(({ endpoint }) => isPair(one.endpoint, endpoint));
    if (other) return { count, example: [one, other] };
  }
  return { count };
}

function group<Member>(members: readonly Member[], keyOf: (member: Member) => string): readonly (readonly Member[])[] {
  const groups = new Map<string, Member[]>();
  for (const member of members) {
    const key = keyOf(member);
    const known = groups.get(key);
    if (known) known.push(member);
    else groups.set(key, [member]);
  }
  return [...groups.values()];
}
