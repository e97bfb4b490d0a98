import type { TracePacket } from "../../simulate/trace.js";
import type { Traffic } from "../../simulate/traffic.js";
import { smallestTraffic } from "../../simulate/verify/smallest-packet.js";
import { arePair, type ConnectionChange, type ConnectionEnd } from "./connections.js";

/** The first packet of a change that passes in one version only, by names and by addresses. */
export interface ExamplePacket {
  readonly source: string;
  readonly destination: string;
  readonly packet: TracePacket;
}

/** Of what opens, or of what closes. */
export function examplePacket({ sources, destinations }: ConnectionChange, traffic: Traffic): ExamplePacket {
  for (const source of sources) {
    for (const destination of destinations) {
      if (!arePair(source, destination)) continue;
      const { protocol, port } = smallestTraffic(traffic);
      const ends = { source: addressOf(source), destination: addressOf(destination) };
      const packet = { ...ends, protocol, ...(protocol !== "other" && { port }) };
      return { source: source.name, destination: destination.name, packet };
    }
  }
  throw new Error("no pair");
}

function addressOf({ before, after }: ConnectionEnd): string {
  return (after ?? before)!.address;
}
