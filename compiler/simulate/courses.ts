import { chainsOf } from "../netfilter/owned.js";
import type { Chain, NatHook } from "../netfilter/tables.js";
import { parseIp, type Ip } from "./ip.js";
import type { TracedTables } from "./trace.js";

/** How a packet passes a machine: through it, to it, or from it. */
export type Course = "forward" | "in" | "out";

/** The tables that are walked. */
export const walkedTables = ["raw", "mangle", "filter"] as const;
export type WalkedTable = (typeof walkedTables)[number];

/** Where a packet is looked at, or its addresses are translated. */
export type Hook = { readonly table: WalkedTable; readonly chain: string } | NatHookOf;

interface NatHookOf {
  readonly table: "nat";
  /** The built-in chain. */
  readonly chain: NatHook;
}

/**
 * The built-in chains of a course in the order in which a packet meets them, of those tables that there are. Of nat those whose chains
 * translate addresses; where it is not known which do, packets are as they are where policies see them. Source: Linux 6.1, include/uapi/linux/netfilter_ipv4.h, nf_ip_hook_priorities.
 */
export function hooksOf(course: Course, tables: TracedTables): readonly Hook[] {
  return courses[course].filter(({ table, chain }) => {
    if (table === "filter") return true;
    if (table === "nat") return tables.natChains !== undefined;
    return chainsOf(tables, table).some(({ name, rules }) => name === chain && rules.length > 0);
  });
}

/** What steps of a trace call a chain. */
export function nameIn(table: string, chain: string): string {
  return table === "filter" ? chain : `${table} ${chain}`;
}

/** The chains of all tables by what steps of a trace call them. */
export function namedChains({
  chains,
  others = [],
}: Pick<TracedTables, "chains" | "others">): ReadonlyMap<string, Chain> {
  const all = [{ name: "filter", chains }, ...others];
  return new Map(all.flatMap((table) => table.chains.map((chain) => [nameIn(table.name, chain.name), chain] as const)));
}

/** The addresses of the machine itself, as far as they are known. */
export function ownAddresses({ interfaces = [] }: TracedTables): ReadonlySet<Ip> {
  return new Set(interfaces.flatMap(({ own = [] }) => own.flatMap((address) => parseIp(address) ?? [])));
}

export function courseOf(own: ReadonlySet<Ip>, source: Ip, destination: Ip): Course {
  if (own.has(source)) return "out";
  return own.has(destination) ? "in" : "forward";
}

const courses: Readonly<Record<Course, readonly Hook[]>> = {
  forward: [
    { table: "raw", chain: "PREROUTING" },
    { table: "mangle", chain: "PREROUTING" },
    { table: "nat", chain: "PREROUTING" },
    { table: "mangle", chain: "FORWARD" },
    { table: "filter", chain: "FORWARD" },
    { table: "mangle", chain: "POSTROUTING" },
    { table: "nat", chain: "POSTROUTING" },
  ],
  in: [
    { table: "raw", chain: "PREROUTING" },
    { table: "mangle", chain: "PREROUTING" },
    { table: "nat", chain: "PREROUTING" },
    { table: "mangle", chain: "INPUT" },
    { table: "filter", chain: "INPUT" },
  ],
  out: [
    { table: "raw", chain: "OUTPUT" },
    { table: "mangle", chain: "OUTPUT" },
    { table: "nat", chain: "OUTPUT" },
    { table: "filter", chain: "OUTPUT" },
    { table: "mangle", chain: "POSTROUTING" },
    { table: "nat", chain: "POSTROUTING" },
  ],
};
