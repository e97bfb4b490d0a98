import type { Deviation } from "../../engines/deviation.js";
import { usualCircumstances, type Circumstances } from "../circumstances.js";
import { causesOf } from "../causes.js";
import type { Cluster, Endpoint } from "../cluster.js";
import { judge } from "../judge.js";
import type { Legend } from "../legend.js";
import { decidingStep, type Trace, type TracedTables } from "../trace.js";
import type { Tracer } from "../tracer.js";
import { deniedOfConnections } from "../tiers/way.js";
import { holdsTraffic, type Traffic } from "../traffic.js";
import type { Occurrence } from "./alterations.js";
import type { Finding, FoundPacket, Place, Verification } from "./finding.js";
import { comparePackets, nameOfEndpoint, smallestTraffic, type OrderedPacket } from "./smallest-packet.js";

/** Packets between two endpoints that rules and specification decide differently, and why. */
export interface Observation {
  readonly source: Endpoint;
  readonly destination: Endpoint;
  /** Not empty. */
  readonly traffic: Traffic;
  readonly state: "new" | "reply";
  /** What else is known of the packets. */
  readonly known: Circumstances;
  /** What explains it, each with its place unless no object is the cause; empty when nothing does. */
  readonly occurrences: readonly (Occurrence | Pick<Occurrence, "code">)[];
}

/** Packets of one version of IP: the objects, and the rules as they were read. */
export interface Ground {
  readonly cluster: Cluster;
  /** Absent where there are no rules for the version. */
  readonly rules?: { readonly printed: TracedTables; readonly tracer: Tracer; readonly legend: Legend };
}

/** Gathers observations by their causes, and keeps the best example of each. */
export class Findings {
  private readonly examples = new Map<string, Example>();

  constructor(private readonly deviations: readonly Deviation[]) {}

  add(ground: Ground, { source, destination, traffic, state, known, occurrences }: Observation): void {
    const packet = { source, destination, ...smallestTraffic(traffic), circumstances: known };
    const codes = [...new Set(occurrences.map(({ code }) => code))];
    for (const cause of occurrences.length === 0 ? [undefined] : occurrences) {
      const together = codes.filter((code) => code !== cause?.code);
      const example: Example = { ground, packet, state, cause, together, causes: occurrences.length };
      const key = this.keyOf(example);
      const known = this.examples.get(key);
      if (!known || isBetter(example, known)) this.examples.set(key, example);
    }
  }

  /** `accepted`: codes of findings to leave out. */
  verification(accepted: readonly string[]): Verification {
    const codes = [unexplained, ...this.deviations.map(({ code }) => code)];
    const found = [...this.examples.values()];
    const isAccepted = ({ cause }: Example): boolean => accepted.includes(codeOf(cause));
    const findings = found
      .filter((example) => !isAccepted(example))
      .map((example) => this.findingOf(example))
      .sort((a, b) => codes.indexOf(a.code) - codes.indexOf(b.code) || comparePlaces(a.place, b.place));
    const left = new Set(found.filter(isAccepted).map(({ cause }) => codeOf(cause)));
    return { agrees: findings.length === 0, accepted: codes.filter((code) => left.has(code)), findings };
  }

  /** A cause is a deviation in one place; what has no place is told apart by the policy that has a part in it. */
  private keyOf({ ground, cause, packet }: Example): string {
    const place = placeOf(cause);
    if (place) return `${codeOf(cause)} ${place.object} ${place.field}`;
    return `${codeOf(cause)} ${policyOf(ground, packet)?.object ?? ""}`;
  }

  private findingOf({ ground, packet, state, cause, together }: Example): Finding {
    const { cluster, rules } = ground;
    const { source, destination, protocol, port, circumstances } = packet;
    const deviation = this.deviations.find(({ code }) => code === cause?.code);
    const trace = rules && traceOf(rules.tracer, packet, state);
    const rule = trace && decidingStep(trace);
    const causes = rules && trace ? causesOf(trace, rules.printed, rules.legend) : [];
    const place = placeOf(cause) ?? policyOf(ground, packet);
    const policy = cluster.policies.some((its) => `${its.namespace}/${its.name}` === place?.object)
      ? place?.object
      : (policyOf(ground, packet)?.object ?? causes.at(-1)?.origin.object);
    return {
      code: codeOf(cause),
      ...(deviation && { deviation }),
      packet: {
        source: { name: nameOfEndpoint(source), address: source.address },
        destination: { name: nameOfEndpoint(destination), address: destination.address },
        protocol,
        ...(protocol !== "other" && { port }),
        ...(protocol === "other" ? protocolOf(circumstances) : portOf(circumstances)),
        state,
      },
      expected: state === "reply" ? verdictOfReply(cluster, packet) : judge(cluster, packet).verdict,
      actual: trace?.verdict ?? "allow",
      ...(policy !== undefined && { policy }),
      ...(place && { place: { object: place.object, field: place.field, location: place.location } }),
      ...(rule && { rule }),
      causes: causes.map(({ step }) => step).filter((step) => step !== rule),
      together,
    };
  }
}

function traceOf(
  tracer: Tracer,
  { source, destination, protocol, port, circumstances: known }: ExamplePacket,
  state: "new" | "reply",
): Trace {
  const packet = { source: source.address, destination: destination.address, protocol, port };
  return tracer.trace(packet, { state: state === "reply" ? "established" : "new", known });
}

/** Connections that are allowed have replies, unless policies ask every packet. */
function verdictOfReply(
  { tiered, version }: Cluster,
  { source, destination, protocol, port, circumstances }: ExamplePacket,
): "allow" | "deny" {
  if (!tiered) return "allow";
  const denied = deniedOfConnections(tiered, source, destination, { ...usualCircumstances[version], ...circumstances });
  return holdsTraffic(denied, protocol, port) ? "deny" : "allow";
}

/** Of the policies that the specification asks about the packet: the first that refuses it, or else the first that allows it. */
function policyOf({ cluster }: Ground, packet: ExamplePacket): Place | undefined {
  const { ingress, egress } = judge(cluster, packet);
  const reasons = [ingress, egress]
    .toSorted((a, b) => Number(a.verdict === "allow") - Number(b.verdict === "allow"))
    .flatMap((direction) => direction.reasons);
  for (const reason of reasons) {
    if ("policy" in reason) return { object: reason.policy, field: reason.field, location: reason.location };
  }
  return undefined;
}

interface ExamplePacket extends OrderedPacket {
  readonly circumstances: Circumstances;
}

interface Example {
  readonly ground: Ground;
  readonly packet: ExamplePacket;
  readonly state: "new" | "reply";
  readonly cause: Occurrence | Pick<Occurrence, "code"> | undefined;
  readonly together: readonly string[];
  /** How many occurrences it takes. */
  readonly causes: number;
}

/** Where that is not the usual one. */
function portOf({ sourcePort }: Circumstances): Pick<FoundPacket, "sourcePort"> {
  return sourcePort === undefined || sourcePort === usualCircumstances[4].sourcePort ? {} : { sourcePort };
}

function protocolOf({ other }: Circumstances): Pick<FoundPacket, "otherProtocol"> {
  return other ? { otherProtocol: other } : {};
}

/** What no deviation explains. */
export const unexplained = "unexplained";

function codeOf(cause: Example["cause"]): string {
  return cause?.code ?? unexplained;
}

function placeOf(cause: Example["cause"]): Place | undefined {
  return cause && "field" in cause && !cause.together ? cause : undefined;
}

/** One that takes fewer causes, then a smaller packet. */
function isBetter(a: Example, b: Example): boolean {
  if (a.causes !== b.causes) return a.causes < b.causes;
  // A new connection is easier to understand.
  return a.state !== b.state ? a.state === "new" : comparePackets(a.packet, b.packet) < 0;
}

function comparePlaces(a: Place | undefined, b: Place | undefined): number {
  if (!a || !b) return Number(!a) - Number(!b);
  const [left, right] = [a.location.source.name, b.location.source.name];
  if (left !== right) return left < right ? -1 : 1;
  return a.location.offset - b.location.offset || (a.field < b.field ? -1 : a.field > b.field ? 1 : 0);
}
