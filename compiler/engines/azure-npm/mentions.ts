import type { Rule } from "../../netfilter/tables.js";

/** What `iptables -L` prints of a rule holds the text: its target, or a comment. */
export function mentions(rule: Rule, text: string): boolean {
  return (
    targetOf(rule).includes(text) || rule.matches.some((match) => match.kind === "comment" && match.text.includes(text))
  );
}

/** The chain or verdict a rule leads to; "" for anything else. */
export function targetOf(rule: Rule): string {
  return rule.target?.kind === "jump" || rule.target?.kind === "goto" ? rule.target.to : "";
}
