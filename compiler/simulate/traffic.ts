/**
 * A set of (protocol, destination port): what of all traffic between two endpoints is meant. Never changed once made.
 *
 * Held as intervals `[first, last, first, last, …]`, both ends included, ascending, with a gap between any two. TCP ports
 * stand at 0..65535, UDP and SCTP follow with 65,536 places each, and one last place stands for every other protocol.
 * Comparing with `===` tells whether a set is `allTraffic` or `noTraffic`: no other array holds all or nothing.
 */
export type Traffic = readonly number[];

export type TrafficProtocol = "tcp" | "udp" | "sctp" | "other";

/** Both ends included. */
export interface PortInterval {
  readonly first: number;
  readonly last: number;
}

export const protocols: readonly TrafficProtocol[] = ["tcp", "udp", "sctp", "other"];

export const noTraffic: Traffic = [];
export const allTraffic: Traffic = [0, 3 * 65536];

/** Ports `first`..`last` of a protocol; all of them by default. `other` has no ports, it is there or not. */
export function trafficOf(protocol: TrafficProtocol, first = 0, last = 65535): Traffic {
  const start = startOf[protocol];
  return protocol === "other" ? [start, start] : [start + first, start + last];
}

export function holdsTraffic(traffic: Traffic, protocol: TrafficProtocol, port: number): boolean {
  const place = protocol === "other" ? startOf.other : startOf[protocol] + port;
  for (let i = 0; i < traffic.length; i += 2) if (traffic[i]! <= place && place <= traffic[i + 1]!) return true;
  return false;
}

/** The ports of a protocol in a set, ascending; for `other` one interval 0..0 when it is in the set. */
export function portsOf(traffic: Traffic, protocol: TrafficProtocol): readonly PortInterval[] {
  const start = startOf[protocol];
  const end = protocol === "other" ? start : start + 65535;
  const found: PortInterval[] = [];
  for (let i = 0; i < traffic.length; i += 2) {
    const [first, last] = [Math.max(traffic[i]!, start), Math.min(traffic[i + 1]!, end)];
    if (first <= last) found.push({ first: first - start, last: last - start });
  }
  return found;
}

export function unionTraffic(a: Traffic, b: Traffic): Traffic {
  if (a === b || b === noTraffic || a === allTraffic) return a;
  if (a === noTraffic || b === allTraffic) return b;
  return combine(a, b, (inA, inB) => inA || inB);
}

export function intersectTraffic(a: Traffic, b: Traffic): Traffic {
  if (a === b || b === allTraffic || a === noTraffic) return a;
  if (a === allTraffic || b === noTraffic) return b;
  return combine(a, b, (inA, inB) => inA && inB);
}

/** What is in `a` and not in `b`. */
export function subtractTraffic(a: Traffic, b: Traffic): Traffic {
  if (b === noTraffic || a === noTraffic) return a;
  if (a === b || b === allTraffic) return noTraffic;
  return combine(a, b, (inA, inB) => inA && !inB);
}

const startOf: Readonly<Record<TrafficProtocol, number>> = { tcp: 0, udp: 65536, sctp: 2 * 65536, other: 3 * 65536 };

/** Sweeps over the borders of both sets and keeps the stretches that `keep` wants. */
function combine(a: Traffic, b: Traffic, keep: (inA: boolean, inB: boolean) => boolean): Traffic {
  const result: number[] = [];
  let [i, j] = [0, 0];
  let kept = false;
  while (i < a.length || j < b.length) {
    const place = Math.min(borderAt(a, i), borderAt(b, j));
    if (borderAt(a, i) === place) i += 1;
    if (borderAt(b, j) === place) j += 1;
    const wanted = keep(i % 2 === 1, j % 2 === 1);
    if (wanted !== kept) result.push(wanted ? place : place - 1);
    kept = wanted;
  }
  if (result.length === 0) return noTraffic;
  return result.length === 2 && result[0] === 0 && result[1] === allTraffic[1] ? allTraffic : result;
}

/** Where the set begins (even index) or first is over again (odd index). */
function borderAt(traffic: Traffic, index: number): number {
  if (index >= traffic.length) return Infinity;
  return index % 2 === 0 ? traffic[index]! : traffic[index]! + 1;
}
