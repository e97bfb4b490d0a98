import type { TracedTables } from "./trace.js";
import { portsOf, protocols, trafficOf, type Traffic, type TrafficProtocol } from "./traffic.js";
import { protocolOf } from "./verdicts.js";

/**
 * Ports at which verdicts may differ, ascending: the ends of every interval of traffic and the ports just outside of them. At least one, so
 * that each protocol is tried; for `other` just 0.
 */
export function portsInPlay(traffics: Iterable<Traffic>, protocol: TrafficProtocol): readonly number[] {
  if (protocol === "other") return [0];
  const found = new Set<number>();
  for (const traffic of traffics) {
    for (const { first, last } of portsOf(traffic, protocol)) {
      if (first > 0) found.add(first - 1).add(first);
      if (last < 65535) found.add(last).add(last + 1);
    }
  }
  // Nobody can connect to port 0.
  found.delete(0);
  return found.size === 0 ? [anyPort] : [...found].sort((a, b) => a - b);
}

/** What the rules and sets of a dump ask of ports, one by one, whether or not a packet ever gets there. */
export function trafficInRules({ chains, sets }: TracedTables): readonly Traffic[] {
  const asked = chains.flatMap(({ rules }) =>
    rules.flatMap(({ matches }) =>
      matches.flatMap((match): Traffic[] => {
        const protocol = match.kind === "destination-port" ? protocolOf(match.protocol) : undefined;
        if (match.kind === "multiport" && match.side === "destination") {
          return withPorts.flatMap((each) => match.ranges.map(({ first, last }) => trafficOf(each, first, last)));
        }
        if (match.kind !== "destination-port" || !protocol) return [];
        return [trafficOf(protocol, match.first, match.last)];
      }),
    ),
  );
  const members = new Set(sets.flatMap(({ type, members: its }) => (type === "hash:ip,port" ? its : [])));
  const listed = [...members].flatMap((member): Traffic[] => {
    const [, name, port] = /,([a-z]+):(\d+)$/.exec(member) ?? [];
    const protocol = protocols.find((known) => known === name);
    return protocol ? [trafficOf(protocol, Number(port), Number(port))] : [];
  });
  return [...asked, ...listed];
}

const withPorts = ["tcp", "udp", "sctp"] as const;

/** Stands for all ports where nothing tells them apart. */
const anyPort = 80;
