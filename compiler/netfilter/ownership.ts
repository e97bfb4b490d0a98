import type { Hook, TableName } from "./tables.js";
import type { IpVersion } from "../text/ip-version.js";

/** What in the tables and among the ipsets belongs to one program; everything else is other people's. */
export interface Ownership {
  /** Name of the program, for comments: `Azure NPM v2`. */
  readonly title: string;
  /** The tables that hold its chains, in the order in which scripts put new rules in force. */
  readonly tables: readonly TableName[];
  /** Its chains are those whose names start so. */
  readonly chainPrefix: string;
  /** In other people's chains its rules are those that lead to its own chains, and those with a comment that starts so. */
  readonly commentPrefix?: string;
  /** Its rules in other people's chains; where tables say theirs (`Tables.hooks`), that counts. */
  readonly hooks: readonly Hook[];
  /** Its sets are those whose names start so. */
  readonly setPrefix: string;
  /**
   * Sets that exist only while a script runs are called by one of these and the rest of the final name. Rules in force, of two flavours and
   * in each table, may be on sets with different ones when scripts were killed; one must always be left.
   */
  readonly temporarySetPrefixes: readonly [string, ...string[]];
  /** What its sets of IPv6 are called, where it has rules for it: the same chains in the tables of ip6tables. */
  readonly ipv6?: Pick<Ownership, "setPrefix" | "temporarySetPrefixes">;
  /** Chains of the mangle table that show which flavour of iptables the node's other programs use. */
  readonly flavourHints: readonly string[];
}

/** What is owned among the tables and sets of each version of IP. */
export function versionsOwned(
  ownership: Ownership,
): readonly { readonly version: IpVersion; readonly own: Ownership }[] {
  const { ipv6, ...own } = ownership;
  return [{ version: 4, own }, ...(ipv6 ? [{ version: 6 as const, own: { ...own, ...ipv6 } }] : [])];
}
