import type { Flavour } from "../../netfilter/flavour.js";
import { chainsOf, isHook, isOwnChain } from "../../netfilter/owned.js";
import type { Ownership } from "../../netfilter/ownership.js";
import type { OtherSet, ParsedIpsetSave } from "../../netfilter/parse-ipset-save.js";
import type { Chain, IpSet, OtherTable, TableName, Tables } from "../../netfilter/tables.js";
import { withRules } from "../../netfilter/with-rules.js";

/** What a node holds, as its dumps say. */
export interface NodeState {
  /** The filter table. */
  readonly chains: readonly Chain[];
  /** Other tables; absent: nobody looked at them. One that is not among them is empty. */
  readonly others?: readonly OtherTable[];
  /** Absent: nobody asked the node. */
  readonly sets?: readonly IpSet[];
  /** Sets of types that no engine here makes. */
  readonly otherSets?: readonly OtherSet[];
  /** Absent: the dump does not say. */
  readonly flavour?: Flavour;
  /** The tables of the other flavour of iptables. */
  readonly otherFlavour?: readonly Dump[];
}

/** One flavour's tables. */
export interface Dump {
  readonly chains: readonly Chain[];
  /** Absent, or none: the dump is one of the filter table alone. */
  readonly others?: readonly OtherTable[];
  readonly flavour?: Flavour;
}

/**
 * The state of a node by its dumps: the rules are those of the flavour asked for, else of the first dump that holds chains with the
 * prefix. What the other ones hold of them is left over.
 */
export function nodeStateOf(
  dumps: readonly Dump[],
  parsed: ParsedIpsetSave,
  chainPrefix: string,
  asked?: Flavour,
): NodeState {
  const holdsOwn = ({ chains, others = [] }: Dump): boolean =>
    [{ chains }, ...others].some((table) => table.chains.some(({ name }) => name.startsWith(chainPrefix)));
  const first =
    dumps.find(({ flavour }) => asked !== undefined && flavour === asked) ?? dumps.find(holdsOwn) ?? dumps[0];
  const flavour = asked ?? first?.flavour;
  return {
    chains: first?.chains ?? [],
    ...(first?.others && first.others.length > 0 && { others: first.others }),
    sets: parsed.sets,
    otherSets: parsed.others,
    ...(flavour && { flavour }),
    otherFlavour: dumps.filter((dump) => dump !== first),
  };
}

/** The tables of an owner that the dumps tell of. */
export function knownTables({ others }: NodeState, { tables }: Ownership): readonly TableName[] {
  return tables.filter((table) => table === "filter" || others !== undefined);
}

/** Other people's chains, without the owner's rules in them. */
export function foreignTables(node: NodeState, ownership: Ownership): Tables {
  const foreign = (table: TableName): Chain[] =>
    chainsOf(node, table)
      .filter((chain) => !isOwnChain(chain, ownership))
      .map((chain) =>
        withRules(
          chain,
          chain.rules.filter((rule) => !isHook(rule, ownership)),
        ),
      );
  return {
    chains: foreign("filter"),
    others: (node.others ?? []).map(({ name }) => ({ name, chains: foreign(name) })),
    sets: [],
  };
}
