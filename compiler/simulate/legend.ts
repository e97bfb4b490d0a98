import { printMatch, printRule } from "../netfilter/print-rule.js";
import type { Chain, Rule, Tables } from "../netfilter/tables.js";
import { namedChains } from "./courses.js";
import type { Origin } from "../text/origin.js";

/** What tables that were read from text no longer say: names for people, and where rules come from. */
export interface Legend {
  /** What people call a set; its kernel name when nobody calls it anything else. */
  setName(name: string): string;
  /** Undefined for a rule that nothing here made. */
  originOf(chain: string, rule: Rule): Origin | undefined;
}

/**
 * The legend of tables that were compiled. It also serves another node's dump: a rule there is known by its chain, matches (in any
 * order, for some releases leave the order to chance) and target. Without tables nothing has a name or an origin.
 */
export function legendOf(tables: Tables = { chains: [], sets: [] }): Legend {
  const names = new Map(tables.sets.flatMap(({ name, readableName }) => (readableName ? [[name, readableName]] : [])));
  const chains = namedChains(tables);
  const origins = new Map<string, ReadonlyMap<string, Origin>>();
  return {
    setName: (name) => names.get(name) ?? name,
    originOf(name, rule) {
      const chain = chains.get(name);
      if (!chain) return undefined;
      let its = origins.get(name);
      if (!its) origins.set(name, (its = originsIn(chain)));
      return its.get(keyOf(rule));
    },
  };
}

function originsIn({ rules }: Chain): ReadonlyMap<string, Origin> {
  const origins = new Map<string, Origin>();
  for (const rule of rules) {
    const key = keyOf(rule);
    if (rule.origin && !origins.has(key)) origins.set(key, rule.origin);
  }
  return origins;
}

/** Comments count for nothing: they spell out the matches, in the order of these. */
function keyOf({ matches, target }: Rule): string {
  const words = matches.filter(({ kind }) => kind !== "comment").map(printMatch);
  return [...words.sort(), printRule({ matches: [], ...(target && { target }) })].join(" ");
}
