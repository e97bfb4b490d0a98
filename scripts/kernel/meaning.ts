import type { Ownership } from "../../compiler/netfilter/ownership.js";
import { parseIpsetSave } from "../../compiler/netfilter/parse-ipset-save.js";
import { parseIptablesSave } from "../../compiler/netfilter/parse-iptables-save.js";
import { printIptablesSave } from "../../compiler/netfilter/print-iptables-save.js";
import type { IpSet } from "../../compiler/netfilter/tables.js";
import type { TracedTables } from "../../compiler/simulate/trace.js";
import type { Namespace } from "./namespace.js";
import { plainFilter, sortSets, type Flavour } from "./read-back.js";

export interface Meaning {
  /** What decides over packets: the rules of both flavours, and what the sets hold that they use; temporary names made final. */
  readonly rules: string;
  /** All rules and all sets, names as they are. */
  readonly everything: string;
  /** The state in which each flavour has the rules of whichever of two states has any of the owner's there. */
  either(other: Meaning): string;
  readonly byFlavour: Readonly<Record<Flavour, string>>;
}

/** The two filter tables and the sets of a namespace as the kernel prints them. */
export interface State {
  readonly nft: string;
  readonly legacy: string;
  readonly sets: string;
}

/** What stands between the dumps that `readState` prints. */
export const cut = "=".repeat(20);

/** Shell commands that print the three dumps of a state. Legacy iptables is not asked for a table that it would then create. */
export const readState = `iptables-nft-save -t filter 2>/dev/null; echo "${cut}"
if grep -qx filter /proc/net/ip_tables_names 2>/dev/null; then iptables-legacy-save -t filter 2>/dev/null; fi; echo "${cut}"
ipset save`;

export function stateOf(namespace: Namespace): State {
  return stateFrom(namespace.run("sh", ["-c", readState]).stdout.split(`${cut}\n`));
}

/** From the three dumps as printed. */
export function stateFrom([nft, legacy, sets]: readonly string[]): State {
  return { nft: plainFilter(nft!), legacy: plainFilter(legacy!), sets: sets! };
}

/** What one flavour holds, and the sets. */
export function tablesOf(state: State, flavour: Flavour): TracedTables {
  return { chains: parseIptablesSave(state[flavour]).chains, sets: parseIpsetSave(state.sets).sets };
}

/** What a namespace does to packets, as a text that is equal for equal behaviour. */
export function meaningOf(state: State, ownership: Ownership): Meaning {
  const sets = new Map(parseIpsetSave(state.sets).sets.map((set) => [set.name, set]));
  const byFlavour = {
    nft: rulesAndSets(state.nft, sets, ownership),
    legacy: rulesAndSets(state.legacy, sets, ownership),
  };
  return {
    byFlavour,
    rules: both(byFlavour),
    everything: `${state.nft}\n${state.legacy}\n${sortSets(state.sets)}`,
    either: (other) =>
      both({
        nft: other.byFlavour.nft.includes(ownership.chainPrefix) ? other.byFlavour.nft : byFlavour.nft,
        legacy: other.byFlavour.legacy.includes(ownership.chainPrefix) ? other.byFlavour.legacy : byFlavour.legacy,
      }),
  };
}

function both(byFlavour: Meaning["byFlavour"]): string {
  return `nft:\n${byFlavour.nft}\nlegacy:\n${byFlavour.legacy}`;
}

function rulesAndSets(save: string, sets: ReadonlyMap<string, IpSet>, ownership: Ownership): string {
  const { setPrefix, temporarySetPrefixes } = ownership;
  const final = (name: string): string => {
    const prefix = temporarySetPrefixes.find((each) => name.startsWith(each));
    return prefix === undefined ? name : setPrefix + name.slice(prefix.length);
  };
  const used = new Set<string>();
  const chains = parseIptablesSave(save).chains.map((chain) => ({
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
