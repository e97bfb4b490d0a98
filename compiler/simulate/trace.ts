import type { Tables } from "../netfilter/tables.js";
import type { Circumstances } from "./circumstances.js";
import type { Outcome } from "./verdicts.js";

/** A packet that a node forwards. */
export interface TracePacket {
  /** Addresses of the version of IP that the tables are for: `10.0.0.7`. */
  readonly source: string;
  readonly destination: string;
  /** `other` is any protocol but these three, such as ICMP. */
  readonly protocol: "tcp" | "udp" | "sctp" | "other";
  /** Destination port, 0..65535; absent when it is not known, or for `other`. */
  readonly port?: number;
}

export interface TraceOptions {
  /** What connection tracking says of the packet; `new` by default. */
  readonly state?: "new" | "established";
  /** The mark that earlier tables left on the packet; 0 by default. */
  readonly mark?: number;
  /** The chain of the filter table that alone is walked; by default all built-in chains on the packet's way. */
  readonly chain?: string;
  /** What is known of the packet beside; nothing by default. */
  readonly known?: Circumstances;
}

/** The part of a dump that a walk needs. Tables and chains that are missing do not exist; sets that are missing are not known. */
export type TracedTables = Pick<Tables, "chains" | "others" | "sets" | "interfaces" | "natChains">;

export interface Trace {
  /** `depends`: on something that the dump does not say. */
  readonly verdict: Verdict;
  /** In order of the walk. After a rule that may or may not match, both ways are walked: first into its target, then on. */
  readonly steps: readonly TraceStep[];
}

export type Verdict = "allow" | "deny" | "depends";

export interface TraceStep {
  /** Of a table beside filter with that before it: `raw cali-PREROUTING`. */
  readonly chain: string;
  /** 1-based; 0 stands for the policy of a built-in chain. */
  readonly rule: number;
  /** As iptables-save prints it, without `-A CHAIN`. */
  readonly text: string;
  readonly matched: Outcome;
  readonly matches: readonly TraceMatch[];
  readonly action: TraceAction;
  /** The chain, for `jump` and `goto`. */
  readonly to?: string;
  /** For `translate`: which end of the packet it changes, and to what; absent: to the address of the interface that the packet leaves by. */
  readonly side?: "source" | "destination";
  readonly becomes?: string;
  /** The packet's mark afterwards, for `mark`; absent when more than one is possible. */
  readonly mark?: number;
}

export interface TraceMatch {
  /** As iptables-save prints it: `-m set --match-set NAME src`. */
  readonly text: string;
  readonly outcome: Outcome;
}

/** What a rule that matched, or may have, did. `none`: it did not match, or it has no effect on where the packet goes. */
export type TraceAction =
  "accept" | "drop" | "reject" | "return" | "jump" | "goto" | "mark" | "translate" | "none" | "unknown";

/**
 * The step that decided: the one that refused the packet, or the last one that accepted it in the filter table, where every accepted
 * packet passes. Undefined when none did for sure.
 */
export function decidingStep({ verdict, steps }: Trace): TraceStep | undefined {
  if (verdict === "depends") return undefined;
  return steps.findLast(({ matched, action, chain }) => {
    if (matched === false) return false;
    return verdict === "allow" ? action === "accept" && isOfFilter(chain) : action === "drop" || action === "reject";
  });
}

/** Chains of other tables have these before their name. */
function isOfFilter(chain: string): boolean {
  return !chain.includes(" ");
}
