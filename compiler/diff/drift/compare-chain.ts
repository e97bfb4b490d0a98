import { longestCommonOrder } from "../../netfilter/longest-common-order.js";
import { printMatch, printRule } from "../../netfilter/print-rule.js";
import type { Chain, Rule } from "../../netfilter/tables.js";
import { withRules } from "../../netfilter/with-rules.js";

/** A chain of a node beside the wanted one. Rules are the same when they match the same and do the same, whatever their comment. */
export interface ChainComparison {
  readonly name: string;
  readonly node: Chain;
  readonly wanted: Chain;
  readonly missing: readonly Rule[];
  readonly unexpected: readonly Rule[];
  /** More of a kind than are wanted. */
  readonly duplicated: readonly Rule[];
  /** Rules of the node that are wanted and print otherwise. */
  readonly respelled: readonly Rule[];
  /** Rules of the node that are wanted, in its order, and how many of them would have to move. */
  readonly kept: readonly Rule[];
  readonly moved: number;
}

export function compareChain(node: Chain, compiled: Chain): ChainComparison {
  // A compiled chain makes its rules anew each time.
  const wanted = withRules(compiled, compiled.rules);
  const wantedRules = new Map<string, Rule[]>();
  for (const rule of wanted.rules) {
    const key = ruleKey(rule);
    const list = wantedRules.get(key);
    if (list) list.push(rule);
    else wantedRules.set(key, [rule]);
  }
  const used = new Map<string, number>();
  const unexpected: Rule[] = [];
  const duplicated: Rule[] = [];
  const respelled: Rule[] = [];
  const kept: Rule[] = [];
  const keptKeys: string[] = [];
  for (const rule of node.rules) {
    const key = ruleKey(rule);
    const candidates = wantedRules.get(key);
    const count = used.get(key) ?? 0;
    if (!candidates) unexpected.push(rule);
    else if (count >= candidates.length) duplicated.push(rule);
    else {
      if (printRule(candidates[count]!) !== printRule(rule)) respelled.push(rule);
      kept.push(rule);
      keptKeys.push(`${count} ${key}`);
      used.set(key, count + 1);
    }
  }
  const seen = new Map<string, number>();
  const missing: Rule[] = [];
  const order: string[] = [];
  for (const rule of wanted.rules) {
    const key = ruleKey(rule);
    const nth = seen.get(key) ?? 0;
    seen.set(key, nth + 1);
    if (nth < (used.get(key) ?? 0)) order.push(`${nth} ${key}`);
    else missing.push(rule);
  }
  const moved = order.length - longestCommonOrder(keptKeys, order).length;
  return { name: wanted.name, node, wanted, missing, unexpected, duplicated, respelled, kept, moved };
}

/** Equal for rules with the same matches, in any order, and the same target. */
export function ruleKey({ matches, target }: Rule): string {
  const words = matches.filter(({ kind }) => kind !== "comment").map(printMatch);
  return [...words.sort(), printRule({ matches: [], ...(target && { target }) })].join(" ");
}
