import type { Rule } from "./tables.js";

/** What in the filter table and among the ipsets belongs to one program; everything else is other people's. */
export interface Ownership {
  /** Name of the program, for comments: `Azure NPM v2`. */
  readonly title: string;
  /** Its chains are those whose names start so. */
  readonly chainPrefix: string;
  /** Its sets are those whose names start so. */
  readonly setPrefix: string;
  /** Names of sets that exist only while a script runs: prefix, then the rest of the final name. */
  readonly temporarySetPrefix: string;
  readonly jump: Jump;
  /** Chains of the mangle table that show which flavour of iptables the node's other programs use. */
  readonly flavourHints: readonly string[];
}

/** The one rule outside its own chains. */
export interface Jump {
  /** Built-in chain that holds it: `FORWARD`. */
  readonly from: string;
  readonly rule: Rule;
  /** It stands directly after the first rule that mentions this text, or first where none does. Absent: always first. */
  readonly after?: string;
}
