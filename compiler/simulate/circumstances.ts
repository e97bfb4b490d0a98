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

const icmp = 1;

/** An echo request from a port that clients get, sent to where it goes: what is meant where nobody says more of a packet. */
export const usualCircumstances = {
  sourcePort: 49152,
  other: { number: icmp, icmp: { type: 8, code: 0 } },
  translated: false,
} as const satisfies Circumstances;
