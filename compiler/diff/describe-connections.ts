import { versionOfText } from "../simulate/ip.js";
import { describeTraffic } from "../simulate/traffic-words.js";
import { describeEndList, type ConnectionLine } from "./connections/connection-lines.js";
import type { ConnectionEnd } from "./connections/connections.js";
import type { ExamplePacket } from "./connections/example-packet.js";

/** `closes shop/web → shop/api on tcp 80`, of IPv6 `… on tcp 80 over IPv6`; of several ends with an example. */
export function describeConnections({ what, sources, destinations, traffic, example }: ConnectionLine): string {
  const verb = what === "opened" ? "opens" : "closes";
  const ends = `${describeEndList(without(sources, destinations))} → ${describeEndList(without(destinations, sources))}`;
  const such =
    sources.length > 1 || destinations.length > 1
      ? `, for example ${example.source} → ${example.destination} on ${portOf(example)}`
      : "";
  const over = versionOfText(example.packet.source) === 6 ? " over IPv6" : "";
  return `${verb} ${ends} on ${describeTraffic(traffic)}${over}${such}`;
}

/** What connects to itself is no pair. */
function without(ends: readonly ConnectionEnd[], others: readonly ConnectionEnd[]): readonly ConnectionEnd[] {
  return others.length === 1 ? ends.filter(({ name }) => name !== others[0]!.name) : ends;
}

/** `shop/web (10.240.0.4) → shop/api (10.240.0.5) on tcp 80` */
export function describePacket(example: ExamplePacket): string {
  const end = (name: string, address: string) => (name === address ? name : `${name} (${address})`);
  const { source, destination } = example.packet;
  return `${end(example.source, source)} → ${end(example.destination, destination)} on ${portOf(example)}`;
}

function portOf({ packet: { protocol, port } }: ExamplePacket): string {
  if (protocol === "other") return "a protocol other than tcp, udp and sctp";
  return port === undefined ? protocol : `${protocol} ${port}`;
}
