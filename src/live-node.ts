import { diagnostic, flavourOfDump, parseIpsetSave, parseIptablesSave, type Dump } from "../compiler/index.js";
import { Failure } from "./failure.js";
import { run } from "./kernel/command.js";
import { readFile } from "node:fs/promises";

/** What this machine holds: the filter table of each flavour of iptables, and its sets. It is only read. */
export interface LiveNode {
  readonly dumps: readonly Dump[];
  readonly sets: ReturnType<typeof parseIpsetSave>;
}

export async function readLiveNode(): Promise<LiveNode> {
  if (process.platform !== "linux") throw unreadable("it does not run Linux");
  if (process.getuid?.() !== 0) throw unreadable("only root may read the packet filter");
  const saved = await Promise.all((["nft", "legacy"] as const).map(readFilter));
  const texts = saved.flatMap((text) => text ?? []);
  if (texts.length === 0) throw unreadable("iptables-save is missing");
  const sets = await run("ipset", ["save"], { mayFail: true });
  if (sets.exitCode !== 0) throw unreadable(sets.stderr.trim().split("\n")[0] || "ipset is missing");
  return {
    dumps: texts.map((text) => ({ ...flavourField(text), chains: parseIptablesSave(text).chains })),
    sets: parseIpsetSave(sets.stdout),
  };
}

/** The dump of a flavour; undefined where this machine has none. */
async function readFilter(flavour: "nft" | "legacy"): Promise<string | undefined> {
  // Asking legacy iptables for a table that is not there creates it.
  if (flavour === "legacy" && !(await hasLegacyFilter())) return undefined;
  const named = await run(`iptables-${flavour}-save`, ["-t", "filter"], { mayFail: true });
  if (named.exitCode === 0) return named.stdout;
  const plain = await run("iptables-save", ["-t", "filter"], { mayFail: true });
  return plain.exitCode === 0 && flavourOfDump(plain.stdout) === flavour ? plain.stdout : undefined;
}

async function hasLegacyFilter(): Promise<boolean> {
  const tables = await readFile("/proc/net/ip_tables_names", "utf8").catch(() => "");
  return tables.split("\n").includes("filter");
}

function flavourField(text: string): Pick<Dump, "flavour"> {
  const flavour = flavourOfDump(text);
  return flavour ? { flavour } : {};
}

function unreadable(reason: string): Failure {
  return new Failure([diagnostic("node-unreadable", { reason })]);
}
