import type { IpVersion } from "../text/ip-version.js";

/** What decides about a packet and is in no set of traffic. Nobody knows it where it is absent. */
export interface Circumstances {
  /** 0..65535, of TCP, UDP and SCTP. */
  readonly sourcePort?: number;
  /** What `other` stands for. */
  readonly other?: OtherProtocol;
  /** Whether the node has changed the destination on the way. */
  readonly translated?: boolean;
}

/** A protocol beside TCP, UDP and SCTP, and for ICMP its message. */
export interface OtherProtocol {
  /** 0..255 */
  readonly number: number;
  readonly icmp?: { readonly type: number; readonly code: number };
}

/** ICMP, or ICMPv6. */
export const icmpNumber = { 4: 1, 6: 58 } as const;

/** From a port that clients get, sent to where it goes: what is meant where nobody says more of a packet. */
const fromClients = { sourcePort: 49152, translated: false } as const;

/** Another protocol is an echo request. */
export const usualCircumstances = {
  4: { ...fromClients, other: { number: icmpNumber[4], icmp: { type: 8, code: 0 } } },
  6: { ...fromClients, other: { number: icmpNumber[6], icmp: { type: 128, code: 0 } } },
} as const satisfies Record<IpVersion, Circumstances>;
