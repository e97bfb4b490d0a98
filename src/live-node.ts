import {
  diagnostic,
  flavourOfDump,
  iptablesOf,
  parseIpsetSave,
  parseIptablesSave,
  type Dump,
  type TableName,
  type IpVersion,
} from "../compiler/index.js";
import { Failure } from "./failure.js";
import { run } from "./kernel/command.js";
import { readFile } from "node:fs/promises";

/** What this machine holds: tables of each flavour of iptables, and its sets. It is only read. */
export interface LiveNode {
  readonly dumps: readonly Dump[];
  readonly sets: ReturnType<typeof parseIpsetSave>;
}

/** `version`: that of IP whose tables are read; the sets are those of both. */
export async function readLiveNode(tables: readonly TableName[], version: IpVersion): Promise<LiveNode> {
  if (process.platform !== "linux") throw unreadable("it does not run Linux");
  if (process.getuid?.() !== 0) throw unreadable("only root may read the packet filter");
  const saved = await Promise.all((["nft", "legacy"] as const).map((flavour) => readTables(flavour, tables, version)));
  const texts = saved.filter((text) => text !== "");
  if (texts.length === 0) throw unreadable(`${iptablesOf(version)}-save is missing`);
  const sets = await run("ipset", ["save"], { mayFail: true });
  if (sets.exitCode !== 0) throw unreadable(sets.stderr.trim().split("\n")[0] || "ipset is missing");
  return {
    dumps: texts.map((text) => ({ ...flavourField(text), ...dumped(text, tables) })),
    sets: parseIpsetSave(sets.stdout),
  };
}

/** The tables of a dump; of several, one that it does not hold is empty. */
function dumped(text: string, tables: readonly TableName[]): Pick<Dump, "chains" | "others"> {
  const { chains, others } = parseIptablesSave(text, tables);
  if (tables.length === 1) return { chains };
  const all = tables.flatMap((name) => (name === "filter" ? [] : [{ name, chains: [] }]));
  return { chains, others: all.map((table) => others.find(({ name }) => name === table.name) ?? table) };
}

/** The dumps of a flavour, one after the other; empty where this machine has none. */
async function readTables(
  flavour: "nft" | "legacy",
  tables: readonly TableName[],
  version: IpVersion,
): Promise<string> {
  const texts = await Promise.all(tables.map((table) => readTable(flavour, table, version)));
  return texts.flatMap((text) => text ?? []).join("");
}

async function readTable(flavour: "nft" | "legacy", table: TableName, version: IpVersion): Promise<string | undefined> {
  const tool = iptablesOf(version);
  // Asking legacy iptables for a table that is not there creates it.
  if (flavour === "legacy" && !(await hasLegacy(table, version))) return undefined;
  const named = await run(`${tool}-${flavour}-save`, ["-t", table], { mayFail: true });
  if (named.exitCode === 0) return named.stdout;
  const plain = await run(`${tool}-save`, ["-t", table], { mayFail: true });
  return plain.exitCode === 0 && flavourOfDump(plain.stdout) === flavour ? plain.stdout : undefined;
}

async function hasLegacy(table: TableName, version: IpVersion): Promise<boolean> {
  const tables = await readFile(`/proc/net/ip${version === 4 ? "" : "6"}_tables_names`, "utf8").catch(() => "");
  return tables.split("\n").includes(table);
}

function flavourField(text: string): Pick<Dump, "flavour"> {
  const flavour = flavourOfDump(text);
  return flavour ? { flavour } : {};
}

function unreadable(reason: string): Failure {
  return new Failure([diagnostic("node-unreadable", { reason })]);
}
