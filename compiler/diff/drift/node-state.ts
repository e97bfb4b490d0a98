import { isHook } from "../../netfilter/owned.js";
import type { Ownership } from "../../netfilter/ownership.js";
import type { Flavour } from "../../netfilter/flavour.js";
import type { OtherSet, ParsedIpsetSave } from "../../netfilter/parse-ipset-save.js";
import type { Chain, IpSet, Rule, Tables } from "../../netfilter/tables.js";
import { withRules } from "../../netfilter/with-rules.js";

/** What a node holds, as its dumps say. */
export interface NodeState {
  /** The filter table. */
  readonly chains: readonly Chain[];
  /** Absent: nobody asked the node. */
  readonly sets?: readonly IpSet[];
  /** Sets of types that no engine here makes. */
  readonly otherSets?: readonly OtherSet[];
  /** Absent: the dump does not say. */
  readonly flavour?: Flavour;
  /** The filter table of the other flavour of iptables. */
  readonly otherFlavour?: readonly Chain[];
}

/** One flavour's filter table. */
export interface Dump {
  readonly chains: readonly Chain[];
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
  const first =
    dumps.find(({ flavour }) => asked !== undefined && flavour === asked) ??
    dumps.find(({ chains }) => chains.some(({ name }) => name.startsWith(chainPrefix))) ??
    dumps[0];
  const flavour = asked ?? first?.flavour;
  return {
    chains: first?.chains ?? [],
    sets: parsed.sets,
    otherSets: parsed.others,
    ...(flavour && { flavour }),
    otherFlavour: dumps.filter((dump) => dump !== first).flatMap(({ chains }) => chains),
  };
}

/** Other people's chains, without their jumps to the owner. */
export function foreignTables(chains: readonly Chain[], ownership: Ownership): Tables {
  const foreign = chains.filter(({ name }) => !name.startsWith(ownership.chainPrefix));
  const rulesOf = ({ rules }: Chain): Rule[] => rules.filter((rule) => !isHook(rule, ownership));
  return { chains: foreign.map((chain) => withRules(chain, rulesOf(chain))), sets: [] };
}
