import { keyOf as keyOfPod } from "../../model/objects.js";
import { formatIp, type AddressRange } from "../../simulate/ip.js";
import { joinWords } from "../../text/join-words.js";
import type { Traffic } from "../../simulate/traffic.js";
import type { ConnectionChange, ConnectionEnd } from "./connections.js";
import { examplePacket, type ExamplePacket } from "./example-packet.js";

/** Connections that open, or that close, as people would say it: several sources and destinations at once. */
export interface ConnectionLine {
  readonly what: "opened" | "closed";
  readonly sources: readonly ConnectionEnd[];
  readonly destinations: readonly ConnectionEnd[];
  readonly traffic: Traffic;
  readonly example: ExamplePacket;
}

/** What closes first, then what opens; sources that fare alike are told together, then destinations. */
export function connectionLines(changes: readonly ConnectionChange[]): readonly ConnectionLine[] {
  return (["closed", "opened"] as const).flatMap((what) => linesOf(changes, what));
}

/** `shop/web, shop/api and 3 more`; of addresses outside one that stands for all. */
export function describeEndList(ends: readonly ConnectionEnd[], most = 4): string {
  const named = ends.slice(0, most).map(describeEnd);
  if (ends.length > most) named.push(`${ends.length - most} more`);
  return joinWords(named);
}

/** `10.0.0.0-10.255.255.255`, or an address alone. */
export function formatRange({ first, last }: AddressRange): string {
  return first === last ? formatIp(first) : `${formatIp(first)}-${formatIp(last)}`;
}

function linesOf(changes: readonly ConnectionChange[], what: "opened" | "closed"): readonly ConnectionLine[] {
  const pieces = changes.filter(({ [what]: traffic }) => traffic.length > 0);
  const bySources = merged(
    pieces,
    what,
    ({ destinations }) => destinations,
    ({ sources }) => sources,
  );
  const joined = bySources.map(({ key, list, traffic }) => ({ sources: list, destinations: key, traffic }));
  const byDestinations = merged(
    joined.map(({ sources, destinations, traffic }) => ({ sources, destinations, opened: traffic, closed: traffic })),
    what,
    ({ sources }) => sources,
    ({ destinations }) => destinations,
  );
  return byDestinations.map(({ key: sources, list: destinations, traffic }): ConnectionLine => {
    const change = { sources, destinations, opened: traffic, closed: traffic };
    return { what, sources, destinations, traffic, example: examplePacket(change, traffic) };
  });
}

/** Changes of equal traffic and equal ends on one side as one, the ends of the other side together. */
function merged(
  changes: readonly ConnectionChange[],
  what: "opened" | "closed",
  keyOf: (change: ConnectionChange) => readonly ConnectionEnd[],
  listOf: (change: ConnectionChange) => readonly ConnectionEnd[],
): readonly {
  readonly key: readonly ConnectionEnd[];
  readonly list: readonly ConnectionEnd[];
  readonly traffic: Traffic;
}[] {
  const found = new Map<string, { key: readonly ConnectionEnd[]; list: ConnectionEnd[]; traffic: Traffic }>();
  for (const change of changes) {
    const traffic = change[what];
    const id = `${traffic.join()} ${keyOf(change)
      .map(({ name }) => name)
      .join()}`;
    const known = found.get(id);
    if (known) known.list.push(...listOf(change));
    else found.set(id, { key: keyOf(change), list: [...listOf(change)], traffic });
  }
  return [...found.values()].map(({ key, list, traffic }) => ({ key, list: list.sort(byKindAndName), traffic }));
}

/** Pods before addresses outside. */
function byKindAndName(a: ConnectionEnd, b: ConnectionEnd): number {
  return Number(a.ranges !== undefined) - Number(b.ranges !== undefined) || (a.name < b.name ? -1 : 1);
}

function describeEnd({ name, ranges, before, after }: ConnectionEnd): string {
  if (ranges) return `outside addresses such as ${name}`;
  const pods = [before, after].flatMap((end) =>
    end?.kind === "outside" && end.standsFor ? [keyOfPod(end.standsFor.pod)] : [],
  );
  return pods.length === 0 ? name : `${name} of ${[...new Set(pods)].join(", then ")}`;
}
