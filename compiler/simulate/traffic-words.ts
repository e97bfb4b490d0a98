import { allTraffic, portsOf, protocols, type PortInterval, type Traffic } from "./traffic.js";

/** `80, 443, 5000-5010`; `all ports`. */
export function formatIntervals(ports: readonly PortInterval[]): string {
  if (ports.length === 1 && ports[0]!.first === 0 && ports[0]!.last === 65535) return "all ports";
  return ports.map(({ first, last }) => (first === last ? `${first}` : `${first}-${last}`)).join(", ");
}

/** `everything`; `tcp 80, 443; udp 53; other protocols`; `nothing`. */
export function describeTraffic(traffic: Traffic): string {
  if (traffic === allTraffic) return "everything";
  const parts = protocols.flatMap((protocol) => {
    const ports = portsOf(traffic, protocol);
    if (ports.length === 0) return [];
    return [protocol === "other" ? "other protocols" : `${protocol} ${formatIntervals(ports)}`];
  });
  return parts.length === 0 ? "nothing" : parts.join("; ");
}
