import type { ScriptOptions } from "../../compiler/netfilter/script-library.js";
import { builtIns, type TableName } from "../../compiler/netfilter/tables.js";
import type { Namespace } from "./namespace.js";

export type Flavour = ScriptOptions["flavour"];

/** The filter table as the kernel prints it, without what no two runs share. */
export function readIptables(namespace: Namespace, flavour: Flavour): string {
  return readTable(namespace, flavour, "filter");
}

/** A table as the kernel prints it, without what no two runs share. */
export function readTable(namespace: Namespace, flavour: Flavour, table: TableName): string {
  return plainTable(table, namespace.run(`iptables-${flavour}-save`, ["-t", table]).stdout);
}

/** A table's dump without comment lines and counters. */
export function plainTable(table: TableName, iptablesSave: string): string {
  const lines = iptablesSave
    .split("\n")
    .filter((line) => !line.startsWith("#"))
    .map((line) => line.replace(/^(:\S+ \S+) \[\d+:\d+\]$/, "$1 [0:0]"));
  return lines.join("\n") || emptyTable(table);
}

/** The sets as the kernel prints them, in its order, members sorted. */
export function readIpset(namespace: Namespace): string {
  return sortMembers(namespace.run("ipset", ["save"]).stdout);
}

/** `ipset save` without bucketsize, initval and hashsize, members sorted within their set. */
export function sortMembers(ipsetSave: string): string {
  const blocks: string[][] = [];
  for (const line of ipsetSave.split("\n")) {
    if (line.startsWith("create ")) {
      blocks.push([line.replace(/ bucketsize \d+| initval 0x[0-9a-f]+/g, "").replace(/hashsize \d+/, "hashsize 1024")]);
    } else if (line !== "") blocks.at(-1)!.push(line);
  }
  return blocks.map(([create, ...members]) => [create, ...members.sort(), ""].join("\n")).join("");
}

/** The same with the sets sorted too: after an update the kernel lists them in the order of the places that were free. */
export function sortSets(ipsetSave: string): string {
  return sortMembers(ipsetSave)
    .split(/^(?=create )/m)
    .sort()
    .join("");
}

/** What iptables-save prints of a table with nothing in it, where iptables-nft-save prints nothing at all. */
export function emptyTable(table: TableName): string {
  return `*${table}\n${builtIns[table].map((chain) => `:${chain} ACCEPT [0:0]\n`).join("")}COMMIT\n`;
}
