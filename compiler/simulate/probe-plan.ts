import type { Specification } from "../engines/specification.js";
import type { KubernetesObject } from "../model/objects.js";
import { byAddress, endpointClasses, outsideClasses } from "./classes.js";
import { usualCircumstances } from "./circumstances.js";
import { clusterOf, isRunning, type Cluster, type Endpoint } from "./cluster.js";
import { judge } from "./judge.js";
import { canBeProbed, endsOf } from "./probe-addresses.js";
import { portsInPlay, trafficInRules } from "./probe-ports.js";
import { reachByRules } from "./reach-by-rules.js";
import { reachBySpec } from "./reach-by-spec.js";
import type { Passage } from "./reach.js";
import { tracerOf } from "./tracer.js";
import type { TracedTables, Verdict } from "./trace.js";
import { protocols, type Traffic, type TrafficProtocol } from "./traffic.js";
import type { IpVersion } from "../text/ip-version.js";

/** A packet to send, the first of its connection, and what the two referees say of it. */
export interface Probe {
  readonly source: Endpoint;
  readonly destination: Endpoint;
  readonly protocol: TrafficProtocol;
  /** Destination port, 1..65535; 0 for `other`. */
  readonly port: number;
  /** The address at which it arrives, where its destination stands for another one. */
  readonly arrivesAt?: string;
  readonly byJudge: "allow" | "deny";
  readonly byTracer: "allow" | "deny";
}

export interface ProbePlan {
  /** Of the version of IP, each once. */
  readonly insideAddresses: readonly string[];
  readonly outsideAddresses: readonly string[];
  readonly probes: readonly Probe[];
  /** What is not tried and why, a line each: `11 of 71 classes of pods: more than 60 addresses`. */
  readonly leftOut: readonly string[];
}

export interface ProbeLimits {
  /** Addresses of pods and of nodes. */
  readonly inside: number;
  readonly outside: number;
  readonly probes: number;
}

export const probeLimits: ProbeLimits = { inside: 60, outside: 40, probes: 20_000 };

/**
 * Chooses packets that, sent through a router with these rules, show whether a kernel takes them as the tracer does. Of each class of
 * pods, told apart by the rules or by the specification, the first pod and, where the limit lets it, a second one; of each class of
 * outside addresses the first and the last, all of one version of IP. Between all of them, on the ends of all intervals of ports in play and just outside.
 */
export function planProbes(
  objects: readonly KubernetesObject[],
  tables: TracedTables,
  limits: ProbeLimits = probeLimits,
  specification?: Specification,
  version: IpVersion = 4,
): ProbePlan {
  const cluster = clusterOf(objects, specification, version);
  const known = { other: usualCircumstances[version].other, translated: false };
  const reaches = [byAddress(reachByRules(tables)), reachBySpec(cluster)];
  const leftOut: string[] = [];
  const leaveOut = (count: number, what: string): void => void (count > 0 && leftOut.push(`${count} ${what}`));
  const running = objects.filter((object) => object.kind === "Pod" && isRunning(object)).length;
  leaveOut(running - cluster.endpoints.length, `pods without an IPv${version} address: the rules see no others`);

  const inside = chooseInside(reaches, cluster.endpoints, limits.inside, leaveOut);
  const outside = chooseOutside(reaches, cluster, limits.outside, leaveOut);
  const passagesOf = passages(reaches);
  const standsFor = new Map((specification?.translations ?? []).map((each) => [each.address, each]));
  // Nobody has such an address, and what of its packets is translated by port may go to the node.
  const isSent = (source: Endpoint, destination: Endpoint): boolean =>
    !standsFor.has(source.address) &&
    standsFor.get(destination.address)?.only === undefined &&
    isForwarded(cluster, source, destination);
  const pairs = pairsOf([...inside, ...outside], isSent).map((pair) => ({ ...pair, traffics: passagesOf(pair) }));
  const choices = choosePorts(pairs, trafficInRules(tables), limits.probes, leaveOut);

  const tracer = tracerOf(tables);
  const probes: Probe[] = [];
  let uncertain = 0;
  let unanswered = 0;
  for (const { source, destination, protocol, port } of choices) {
    const [from, to] = [source.address, destination.address];
    const packet = { source: from, destination: to, protocol, ...(protocol !== "other" && { port }) };
    const byTracer = tracer.verdict(packet, { known });
    const arrivesAt = standsFor.get(to)?.to;
    const reply = (): Verdict =>
      tracer.verdict({ source: arrivesAt ?? to, destination: from, protocol }, { state: "established", known });
    if (byTracer === "depends") uncertain += 1;
    // A TCP connection that gets no answer looks just like one that was refused.
    else if (protocol === "tcp" && byTracer === "allow" && reply() !== "allow") unanswered += 1;
    else {
      const byJudge = judge(cluster, { source, destination, protocol, port }).verdict;
      probes.push({
        source,
        destination,
        protocol,
        port,
        ...(arrivesAt !== undefined && { arrivesAt }),
        byJudge,
        byTracer,
      });
    }
  }
  leaveOut(uncertain, "packets: the rules do not say what becomes of them");
  leaveOut(unanswered, "TCP packets: the rules may refuse the answer");
  return {
    insideAddresses: inside.map(({ address }) => address),
    outsideAddresses: outside.flatMap(({ address }) => (standsFor.has(address) ? [] : [address])),
    probes,
    leftOut,
  };
}

type Reaches = Parameters<typeof endpointClasses>[0];

/** Notes a number of things, if any, with the words that follow it. */
type LeaveOut = (count: number, what: string) => void;

/** The first of each class, then the second of each; of several at one address only one, for packets cannot tell them apart. */
function chooseInside(
  reaches: Reaches,
  endpoints: readonly Endpoint[],
  limit: number,
  leaveOut: LeaveOut,
): readonly Endpoint[] {
  const usable = endpoints.filter(({ address }) => canBeProbed(address));
  leaveOut(endpoints.length - usable.length, "pods with addresses that no machine can have");
  const byItsAddress = new Map(usable.toReversed().map((endpoint) => [endpoint.address, endpoint]));
  const distinct = usable.filter((endpoint) => byItsAddress.get(endpoint.address) === endpoint);
  leaveOut(usable.length - distinct.length, "pods that share the address of another one");
  const classes = endpointClasses(reaches, distinct);
  const chosen = [0, 1].flatMap((rank) => classes.flatMap(({ members }) => members[rank] ?? []));
  leaveOut(
    classes.length - Math.min(classes.length, limit),
    `of ${classes.length} classes of pods: more than ${limit}`,
  );
  return chosen.slice(0, limit);
}

function chooseOutside(
  reaches: Reaches,
  { endpoints, version }: Cluster,
  limit: number,
  leaveOut: LeaveOut,
): readonly Endpoint[] {
  const classes = outsideClasses(reaches, endpoints, version).map(({ members }) => endsOf(members));
  const usable = classes.filter((ends) => ends.length > 0);
  leaveOut(classes.length - usable.length, "classes of outside addresses that no machine can have");
  const over = usable.length - Math.min(usable.length, limit);
  leaveOut(over, `of ${usable.length} classes of outside addresses: more than ${limit}`);
  const chosen = [0, 1].flatMap((rank) => usable.flatMap((ends) => ends[rank] ?? []));
  return chosen.slice(0, limit).map((address) => ({ kind: "outside", address }));
}

interface Pair {
  readonly source: Endpoint;
  readonly destination: Endpoint;
}

/** One end is a pod with an address of its own, on the node that is shown if there is one: nothing else passes from one interface to another. */
function isForwarded({ tiered }: Cluster, source: Endpoint, destination: Endpoint): boolean {
  if (!tiered) return source.kind === "pod" || destination.kind === "pod";
  const kinds = [source, destination].map(({ address }) => tiered.map.find(address).kind);
  return kinds.includes("pod") && !kinds.includes("node");
}

function pairsOf(
  endpoints: readonly Endpoint[],
  forwards: (source: Endpoint, destination: Endpoint) => boolean,
): readonly Pair[] {
  return endpoints.flatMap((source) =>
    endpoints
      .filter((destination) => source !== destination && forwards(source, destination))
      .map((destination) => ({ source, destination })),
  );
}

/** What passes, or may, between two endpoints, by each of the referees. */
function passages(reaches: Reaches): (pair: Pair) => readonly Traffic[] {
  const known = reaches.map(() => new Map<string, Passage>());
  return ({ source, destination }) =>
    reaches.flatMap((reach, index) => {
      const [from, to] = [reach.sourceClass(source), reach.destinationClass(destination)];
      let passage = known[index]!.get(`${from} ${to}`);
      if (!passage) known[index]!.set(`${from} ${to}`, (passage = reach.between(from, to)));
      return [passage.allowed, passage.depends];
    });
}

interface Choice extends Pair {
  readonly protocol: TrafficProtocol;
  readonly port: number;
}

/** Every pair on all ports in play anywhere; where that is too much, on those in play between the two, and of these a part. */
function choosePorts(
  pairs: readonly (Pair & { readonly traffics: readonly Traffic[] })[],
  inRules: readonly Traffic[],
  limit: number,
  leaveOut: LeaveOut,
): readonly Choice[] {
  const all = new Set([...inRules, ...pairs.flatMap((pair) => pair.traffics)]);
  const everywhere = protocols.map((protocol) => ({ protocol, ports: portsInPlay(all, protocol) }));
  const whole = pairs.length * everywhere.reduce((sum, { ports }) => sum + ports.length, 0);
  const choices = pairs.flatMap(({ source, destination, traffics }) =>
    everywhere.flatMap(({ protocol, ports }) =>
      (whole > limit ? portsInPlay(traffics, protocol) : ports).map((port) => ({
        source,
        destination,
        protocol,
        port,
      })),
    ),
  );
  const share = limit / choices.length;
  const kept = choices.filter((_, index) => share >= 1 || spread(index) < share).slice(0, limit);
  leaveOut(whole - kept.length, `of ${whole} packets: more than ${limit}`);
  return kept;
}

/** A number in [0, 1) that is the same each time, spread evenly whatever the step between indices. */
function spread(index: number): number {
  return (Math.imul(index + 1, 0x9e3779b1) >>> 0) / 2 ** 32;
}
