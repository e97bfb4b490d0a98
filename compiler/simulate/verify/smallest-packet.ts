import type { Endpoint } from "../cluster.js";
import { firstCommon } from "../address-ranges.js";
import { compareIps, formatIp, parseIp, versionOf, type AddressRange } from "../ip.js";
import { portsOf, protocols, type Traffic, type TrafficProtocol } from "../traffic.js";

/**
 * The order of packets, for "the smallest that shows it": by source, then destination (pods by namespace and name in byte order before
 * addresses outside, these by number), then protocol (TCP, UDP, SCTP, other), then port: 80, else the lowest from 1.
 */
export function comparePackets(a: OrderedPacket, b: OrderedPacket): number {
  return (
    compareEnds(a.source, b.source) ||
    compareEnds(a.destination, b.destination) ||
    protocols.indexOf(a.protocol) - protocols.indexOf(b.protocol) ||
    portRank(a.port) - portRank(b.port)
  );
}

export interface OrderedPacket {
  readonly source: Endpoint;
  readonly destination: Endpoint;
  readonly protocol: TrafficProtocol;
  /** 0 for `other`. */
  readonly port: number;
}

/** The first protocol and port of a set of traffic, which is not empty. */
export function smallestTraffic(traffic: Traffic): Pick<OrderedPacket, "protocol" | "port"> {
  for (const protocol of protocols) {
    const intervals = portsOf(traffic, protocol);
    const [lowest] = intervals;
    if (!lowest) continue;
    if (intervals.some(({ first, last }) => first <= 80 && last >= 80)) return { protocol, port: 80 };
    // Port 0 is for programs: nobody listens there.
    const [next] = intervals.filter(({ last }) => last > 0);
    return { protocol, port: next ? Math.max(next.first, 1) : 0 };
  }
  throw new Error("no traffic");
}

export function nameOfEndpoint(endpoint: Endpoint): string {
  return endpoint.kind === "outside" ? endpoint.address : `${endpoint.pod.namespace}/${endpoint.pod.name}`;
}

/** An address that stands for a class of those outside: one of the documentation blocks, or else one that a host can have, if there is one. */
export function exampleAddress(ranges: readonly AddressRange[]): string {
  for (const preferred of preferredRanges[versionOf(ranges[0]!.first)]) {
    const found = firstCommon(ranges, [preferred]);
    if (found !== undefined) return formatIp(found);
  }
  return formatIp(ranges[0]!.first);
}

function range(first: string, last: string): AddressRange {
  return { first: parseIp(first)!, last: parseIp(last)! };
}

const preferredRanges = {
  4: [
    range("203.0.113.1", "203.0.113.254"),
    range("1.0.0.1", "126.255.255.254"),
    range("128.0.0.1", "223.255.255.254"),
  ],
  6: [
    range("2001:db8::1", "2001:db8:ffff:ffff:ffff:ffff:ffff:ffff"),
    range("2000::1", "3fff:ffff:ffff:ffff:ffff:ffff:ffff:ffff"),
    range("100::1", "fdff:ffff:ffff:ffff:ffff:ffff:ffff:ffff"),
  ],
};

function compareEnds(a: Endpoint, b: Endpoint): number {
  if (a.kind === "outside" || b.kind === "outside") {
    if (a.kind !== b.kind) return a.kind === "outside" ? 1 : -1;
    return compareIps(parseIp(a.address) ?? 0, parseIp(b.address) ?? 0) || compareText(a.address, b.address);
  }
  return compareText(nameOfEndpoint(a), nameOfEndpoint(b));
}

function portRank(port: number): number {
  return port === 80 ? -1 : port === 0 ? 65536 : port;
}

function compareText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
