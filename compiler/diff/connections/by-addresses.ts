import type { Chain, Match, Tables } from "../../netfilter/tables.js";
import { interfaceSet, interfaceSets } from "../../simulate/interface-sets.js";

/** Tables whose interface matches, where it is known which addresses are behind the interfaces, are questions about sets of these. */
export function byAddresses(tables: Tables): Tables {
  const { interfaces, ...others } = tables;
  if (!interfaces) return tables;
  const added = interfaceSets(tables);
  const known = new Set(added.map(({ name }) => name));
  const asked = (match: Match): Match => {
    if (match.kind !== "interface") return match;
    const set = interfaceSet(match);
    return known.has(set.set) ? { ...set, negated: match.negated } : match;
  };
  const chains = tables.chains.map((chain): Chain => ({
    ...chain,
    rules: chain.rules.map((rule) => ({ ...rule, matches: rule.matches.map(asked) })),
  }));
  return { ...others, interfaces, chains, sets: [...tables.sets, ...added] };
}

/** The addresses of pods on the node that is shown, in either version. */
export type NodeAddresses = readonly [before: ReadonlySet<string>, after: ReadonlySet<string>];

/** Undefined for tables that are the same on every node. Where only one version has a node, that is meant in both. */
export function addressesOfNode(before: Tables, after: Tables): NodeAddresses | undefined {
  const [old, young] = [before, after].map(behindInterfaces);
  return old || young ? [(old ?? young)!, (young ?? old)!] : undefined;
}

function behindInterfaces({ interfaces }: Tables): ReadonlySet<string> | undefined {
  return interfaces && new Set(interfaces.flatMap(({ addresses = [] }) => addresses));
}
