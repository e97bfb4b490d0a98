import type { Target } from "../netfilter/tables.js";

/** What is known of a question about a packet: an answer, or that the dump does not say. */
export type Outcome = boolean | "unknown";

/** What a target does to a packet, chains aside. */
export type TargetEffect = "accept" | "deny" | "return" | "continue" | "unknown";

/** The effect of a target that is no chain of the table: `ACCEPT`, `REJECT --reject-with …`, `LOG`. */
export function effectOf(target: Exclude<Target, { kind: "set-mark" }>): TargetEffect {
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
      return "continue";
    case "CONNMARK":
      return target.kind === "other" && target.words.includes("--restore-mark") ? "unknown" : "continue";
    default:
      return "unknown";
  }
}

/** Whether a connection's state is among those that a rule names. A new packet may be translated or not. */
export function stateMatches(states: readonly string[], state: "new" | "established"): Outcome {
  if (states.includes(state.toUpperCase())) return true;
  return states.includes("DNAT") || states.includes("SNAT") ? "unknown" : false;
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

/** `mark` after `MARK --set-xmark value/mask`, an unsigned number of 32 bits. */
export function setMark(mark: number, { value, mask }: { readonly value: number; readonly mask: number }): number {
  return ((mark & ~mask) ^ value) >>> 0;
}

/** What `-m mark --mark value/mask` says, negation left out. */
export function markMatches(mark: number, { value, mask }: { readonly value: number; readonly mask: number }): boolean {
  return (mark & mask) >>> 0 === value;
}
