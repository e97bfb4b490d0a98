import { formatPorts } from "../../simulate/matrix-csv.js";
import { portsOf, protocols, type Traffic } from "../../simulate/traffic.js";
import { arePair, type ConnectionChange } from "./connections.js";

/** One connection that opens or closes, as a line of the matrix's CSV would say it. */
export interface ConnectionRow {
  readonly source: string;
  readonly destination: string;
  readonly protocol: (typeof protocols)[number];
  /** `80;443;5000-5010`; empty for `other`. */
  readonly ports: string;
}

export interface ConnectionRows {
  /** By source, then destination (byte order), then protocol (tcp, udp, sctp, other). */
  readonly rows: readonly ConnectionRow[];
  /** How many more there are than were wanted. */
  readonly omitted: number;
}

/** Every connection that opens, or closes: a row for each pair and protocol, `most` at the most. */
export function connectionRows(
  changes: readonly ConnectionChange[],
  what: "opened" | "closed",
  most: number,
): ConnectionRows {
  const rows: ConnectionRow[] = [];
  let count = 0;
  for (const { sources, destinations, [what]: traffic } of changes) {
    const lines = linesOf(traffic);
    if (lines.length === 0) continue;
    for (const source of sources) {
      for (const destination of destinations) {
        if (!arePair(source, destination)) continue;
        count += lines.length;
        if (rows.length >= most) continue;
        for (const line of lines) rows.push({ source: source.name, destination: destination.name, ...line });
      }
    }
  }
  rows.sort((a, b) => byText(a.source, b.source) || byText(a.destination, b.destination));
  return { rows: rows.slice(0, most), omitted: Math.max(count - most, 0) };
}

/** Between how many pairs of ends something opens, or closes. */
export function countPairs(changes: readonly ConnectionChange[], what: "opened" | "closed"): number {
  let count = 0;
  for (const { sources, destinations, [what]: traffic } of changes) {
    if (traffic.length === 0) continue;
    // Only a pod with itself is no pair, and two outsiders, which never share a change with others.
    const inBoth = new Set(sources);
    const same = destinations.filter((each) => inBoth.has(each)).length;
    count += sources.length * destinations.length - same;
  }
  return count;
}

function linesOf(traffic: Traffic): readonly Pick<ConnectionRow, "protocol" | "ports">[] {
  return protocols
    .filter((protocol) => portsOf(traffic, protocol).length > 0)
    .map((protocol) => ({ protocol, ports: formatPorts(traffic, protocol) }));
}

function byText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
