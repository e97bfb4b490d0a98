import type { Chain, Rule } from "./tables.js";

/** The same chain with other rules. A compiled chain works its fields out when asked, so that spreading it would lose them. */
export function withRules({ name, policy, origin }: Chain, rules: readonly Rule[]): Chain {
  return { name, ...(policy && { policy }), rules, ...(origin && { origin }) };
}
