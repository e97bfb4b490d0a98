import type { Ownership } from "../../compiler/netfilter/ownership.js";
import { parseIpsetSave } from "../../compiler/netfilter/parse-ipset-save.js";
import { parseIptablesSave } from "../../compiler/netfilter/parse-iptables-save.js";
import { printIptablesSave } from "../../compiler/netfilter/print-iptables-save.js";
import { chainsOf } from "../../compiler/netfilter/owned.js";
import type { IpSet, TableName } from "../../compiler/netfilter/tables.js";
import { iptablesOf } from "../../compiler/netfilter/versions.js";
import type { IpVersion } from "../../compiler/text/ip-version.js";
import type { TracedTables } from "../../compiler/simulate/trace.js";
import type { Namespace } from "./namespace.js";
import { plainTable, sortSets, type Flavour } from "./read-back.js";

export interface Meaning {
  /**
   * What decides over packets, for each table of the owner: the rules of both flavours, and what the sets hold that they use; temporary
   * names made final.
   */
  readonly rules: readonly string[];
  /** All rules and all sets, names as they are. */
  readonly everything: string;
  /** The state in which each flavour has the rules of whichever of two states has any of the owner's there. */
  either(other: Meaning): readonly string[];
  readonly byFlavour: Readonly<Record<Flavour, readonly string[]>>;
}

/** The tables of both flavours and the sets of a namespace as the kernel prints them. */
export interface State {
  /** Dumps of the tables, one after the other. */
  readonly nft: string;
  readonly legacy: string;
  readonly sets: string;
}

/** What stands between the dumps that `readState` prints. */
export const cut = "=".repeat(20);

/**
 * Shell commands that print the three dumps of a state: tables of one version of IP, and all sets. Legacy iptables is not asked for a table
 * that it would then create.
 */
export function readState(tables: readonly TableName[], version: IpVersion = 4): string {
  const tool = iptablesOf(version);
  const names = `/proc/net/ip${version === 4 ? "" : "6"}_tables_names`;
  const nft = tables.map((table) => `${tool}-nft-save -t ${table} 2>/dev/null\n`);
  const legacy = tables.map(
    (table) => `if grep -qx ${table} ${names} 2>/dev/null; then ${tool}-legacy-save -t ${table} 2>/dev/null; fi\n`,
  );
  return `${nft.join("")}echo "${cut}"\n${legacy.join("")}echo "${cut}"\nipset save`;
}

export function stateOf(namespace: Namespace, tables: readonly TableName[], version: IpVersion = 4): State {
  return stateFrom(namespace.run("sh", ["-c", readState(tables, version)]).stdout.split(`${cut}\n`), tables);
}

/** From the three dumps as printed. */
export function stateFrom([nft, legacy, sets]: readonly string[], tables: readonly TableName[]): State {
  const plain = (dump: string): string => tables.map((table) => plainTable(table, tableIn(dump, table))).join("");
  return { nft: plain(nft!), legacy: plain(legacy!), sets: sets! };
}

/** The part of a dump that is one table; empty when it is not there. */
export function tableIn(dump: string, table: TableName): string {
  return dump.split(/^(?=\*)/m).find((part) => part.startsWith(`*${table}\n`)) ?? "";
}

/** What one flavour holds, and the sets. */
export function tablesOf(state: State, flavour: Flavour): TracedTables {
  return { chains: parseIptablesSave(state[flavour]).chains, sets: parseIpsetSave(state.sets).sets };
}

/** What a namespace does to packets, as texts that are equal for equal behaviour. */
export function meaningOf(state: State, ownership: Ownership): Meaning {
  const sets = new Map(parseIpsetSave(state.sets).sets.map((set) => [set.name, set]));
  const of = (save: string): string[] => ownership.tables.map((table) => rulesAndSets(save, table, sets, ownership));
  const byFlavour = { nft: of(state.nft), legacy: of(state.legacy) };
  const held = (one: readonly string[], other: readonly string[]): string[] =>
    one.map((text, index) => (other[index]!.includes(ownership.chainPrefix) ? other[index]! : text));
  return {
    byFlavour,
    rules: both(byFlavour),
    everything: `${state.nft}\n${state.legacy}\n${sortSets(state.sets)}`,
    either: (other) =>
      both({
        nft: held(byFlavour.nft, other.byFlavour.nft),
        legacy: held(byFlavour.legacy, other.byFlavour.legacy),
      }),
  };
}

function both({ nft, legacy }: Meaning["byFlavour"]): string[] {
  return nft.map((text, index) => `nft:\n${text}\nlegacy:\n${legacy[index]!}`);
}

function rulesAndSets(save: string, table: TableName, sets: ReadonlyMap<string, IpSet>, ownership: Ownership): string {
  const { setPrefix, temporarySetPrefixes } = ownership;
  const final = (name: string): string => {
    const prefix = temporarySetPrefixes.find((each) => name.startsWith(each));
    return prefix === undefined ? name : setPrefix + name.slice(prefix.length);
  };
  const used = new Set<string>();
  const chains = chainsOf(parseIptablesSave(save, [table]), table).map((chain) => ({
    ...chain,
    rules: chain.rules.map((rule) => ({
      ...rule,
      matches: rule.matches.map((match) => {
        if (match.kind !== "set") return match;
        used.add(match.set);
        return { ...match, set: final(match.set) };
      }),
    })),
  }));
  for (const name of used) if (sets.get(name)?.type === "list:set") sets.get(name)!.members.forEach((m) => used.add(m));
  const contents = [...used].map((name) => {
    const set = sets.get(name)!;
    return `${final(name)} ${set.type} ${set.maxElements ?? ""}: ${set.members.map(final).sort().join(", ")}`;
  });
  return printIptablesSave({ chains }) + contents.sort().join("\n");
}
