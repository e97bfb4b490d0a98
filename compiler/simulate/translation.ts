import type { Target } from "../netfilter/tables.js";
import { parseIp, type Ip } from "./ip.js";
import {
  intersectTraffic,
  noTraffic,
  protocols,
  trafficOf,
  unionTraffic,
  type Traffic,
  type TrafficProtocol,
} from "./traffic.js";

/** What a rule of table nat makes of a packet's destination, or of its source. */
export type Translation =
  | { readonly side: "destination"; readonly address: Ip; readonly port?: number; readonly text: string }
  /** As it is written; absent: the address of the interface that the packet leaves by. */
  | { readonly side: "source"; readonly text?: string };

/** Undefined for other targets, and for those that choose among several addresses. */
export function translationOf(target: Target | undefined): Translation | undefined {
  if (target?.kind !== "other") return undefined;
  const [, name, option, text] = target.words;
  if (name === "MASQUERADE") return { side: "source" };
  if (name === "SNAT" && option === "--to-source" && text !== undefined) return { side: "source", text };
  if (name !== "DNAT" || option !== "--to-destination" || text === undefined) return undefined;
  const [, bracketed, plain, digits] = /^(?:\[([0-9a-f:.]+)\]|([0-9.]+))(?::(\d+))?$/.exec(text) ?? [];
  const address = parseIp(bracketed ?? plain ?? text);
  if (address === undefined) return undefined;
  return { side: "destination", address, ...(digits !== undefined && { port: Number(digits) }), text };
}

/** Traffic under the ports that it has after a translation; `undefined`: those that it had. */
export function withPort(traffic: Traffic, port: number | undefined): Traffic {
  return port === undefined ? traffic : inEach(traffic, (protocol) => trafficOf(protocol, port, port));
}

/** Of traffic, that whose translation is among `kept`. */
export function beforePort(kept: Traffic, traffic: Traffic, port: number | undefined): Traffic {
  if (port === undefined) return intersectTraffic(kept, traffic);
  return inEach(traffic, (protocol, part) =>
    intersectTraffic(kept, trafficOf(protocol, port, port)) === noTraffic ? noTraffic : part,
  );
}

/** By protocol, that without ports as it is. */
function inEach(traffic: Traffic, of: (protocol: TrafficProtocol, part: Traffic) => Traffic): Traffic {
  return protocols
    .map((protocol) => [protocol, intersectTraffic(traffic, trafficOf(protocol))] as const)
    .filter(([, part]) => part !== noTraffic)
    .map(([protocol, part]) => of(protocol, part))
    .reduce(unionTraffic, noTraffic);
}
