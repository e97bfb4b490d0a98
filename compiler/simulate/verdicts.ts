import { protocolName } from "../netfilter/protocols.js";
import type { Tables, Target } from "../netfilter/tables.js";
import type { Circumstances } from "./circumstances.js";

/** What is known of a question about a packet: an answer, or that the dump does not say. */
export type Outcome = boolean | "unknown";

/** What connection tracking says of a packet. `untracked`: a rule has kept it out. */
export type ConnectionState = "new" | "established" | "untracked";

/** What a target does to a packet, chains aside. `untrack`: it goes on without its connection. */
export type TargetEffect = "accept" | "deny" | "return" | "continue" | "untrack" | "unknown";

/** The effect of a target that is no chain of the table: `ACCEPT`, `REJECT --reject-with …`, `LOG`. */
export function effectOf(target: Exclude<Target, { kind: "set-mark" }>, state: ConnectionState = "new"): TargetEffect {
  const name = target.kind === "other" ? target.words[1] : target.to;
  switch (name) {
    case "ACCEPT":
      return "accept";
    case "DROP":
    case "REJECT":
      return "deny";
    case "RETURN":
      return "return";
    // They note something, or change what no rule here asks for, and let the packet go on.
    case "LOG":
    case "NFLOG":
    case "ULOG":
    case "AUDIT":
    case "TRACE":
    case "LED":
    case "RATEEST":
    case "IDLETIMER":
    case "TCPMSS":
    case "TEE":
    case "DSCP":
      return "continue";
    // A packet without a connection is like a new one.
    case "NOTRACK":
      return state === "new" ? "continue" : "untrack";
    case "CONNMARK":
      return target.kind === "other" && target.words.includes("--restore-mark") ? "unknown" : "continue";
    default:
      return "unknown";
  }
}

/** Whether a connection's state is among those that a rule names. A new packet may be translated or not. */
export function stateMatches(
  states: readonly string[],
  state: ConnectionState,
  { translated }: Circumstances = {},
): Outcome {
  if (states.includes(state.toUpperCase())) return true;
  if (state === "untracked") return false;
  if (states.includes("SNAT")) return "unknown";
  return states.includes("DNAT") ? (translated ?? "unknown") : false;
}

/** Whether a packet of a protocol without ports is of the one that `-p` names. */
export function otherMatches(printed: string, { other }: Circumstances): Outcome {
  return other ? protocolName(other.number) === protocolName(numbered(printed)) : "unknown";
}

function numbered(printed: string): string | number {
  return /^\d+$/.test(printed) ? Number(printed) : printed.toLowerCase();
}

/** Whether a packet of ICMP is of a type and, if one is given, a code. */
export function icmpMatches(type: number, code: number | undefined, { other }: Circumstances): Outcome {
  if (!other) return "unknown";
  return other.icmp?.type === type && (code === undefined || other.icmp.code === code);
}

/**
 * Whether `-m rpfilter --invert` takes a packet: one whose answer would leave by another interface than it came in. Where it is known
 * what is behind which interface, packets come in through the right one.
 */
export function comesAstray(words: readonly string[], { interfaces }: Pick<Tables, "interfaces">): Outcome | undefined {
  return words[1] === "rpfilter" && words.includes("--invert") && interfaces ? false : undefined;
}

/**
 * Whether `-m limit` or `-m connlimit` takes a packet. Packets are taken to be within limits: how many came before no question says, and who limits
 * them does not say who may send them. Undefined for other matches.
 */
export function withinLimits(words: readonly string[]): Outcome | undefined {
  if (words[1] === "limit") return true;
  if (words[1] !== "connlimit") return undefined;
  return words.includes("--connlimit-above") === words.includes("!");
}

/** The protocol that `-p` names, as one of the four kinds; undefined for a protocol without ports that has a name or number. */
export function protocolOf(printed: string): "tcp" | "udp" | "sctp" | undefined {
  switch (printed.toLowerCase()) {
    case "tcp":
    case "6":
      return "tcp";
    case "udp":
    case "17":
      return "udp";
    case "sctp":
    case "132":
      return "sctp";
    default:
      return undefined;
  }
}

export function not(outcome: Outcome): Outcome {
  return outcome === "unknown" ? outcome : !outcome;
}

/** Beside the 32 bits of a mark: the packet has been kept out of connection tracking. */
const untrackedBit = 2 ** 32;

export function isUntracked(mark: number): boolean {
  return mark >= untrackedBit;
}

/** The mark of a packet that is kept out of connection tracking from here on. */
export function untracked(mark: number): number {
  return isUntracked(mark) ? mark : mark + untrackedBit;
}

/** `mark` after `MARK --set-xmark value/mask`. */
export function setMark(mark: number, { value, mask }: { readonly value: number; readonly mask: number }): number {
  const changed = ((mark & ~mask) ^ value) >>> 0;
  return isUntracked(mark) ? untracked(changed) : changed;
}

/** What `-m mark --mark value/mask` says, negation left out. */
export function markMatches(mark: number, { value, mask }: { readonly value: number; readonly mask: number }): boolean {
  return (mark & mask) >>> 0 === value;
}
