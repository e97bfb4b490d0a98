import type { Chain, Match, Rule } from "../../../netfilter/tables.js";
import type { Origin } from "../../../text/origin.js";
import { ruleHashes } from "../hashes.js";
import type { Action, Fragment } from "./fragments.js";

/** A rule as Felix forms it: comments, then matches, then an action; each may be missing. */
export interface FelixRule {
  readonly comments?: readonly string[];
  readonly matches?: readonly Fragment[];
  readonly action?: Action;
  readonly origin?: Origin;
}

export interface FelixChain {
  readonly name: string;
  readonly rules: readonly FelixRule[];
  readonly origin: Origin;
  /** It is programmed even where nothing leads to it. */
  readonly forced?: boolean;
}

/** Rules as the kernel holds them, each with its hash, `cali:…`, as the first comment; `chain` is the name that goes into the hashes. */
export function kernelRules(chain: string, rules: readonly FelixRule[], fallback: Origin): readonly Rule[] {
  const cleaned = rules.map((rule) => ({ ...rule, comments: (rule.comments ?? []).map(cleanComment) }));
  const hashes = ruleHashes(
    chain,
    cleaned.map((rule) => textOf(chain, rule)),
  );
  return cleaned.map((rule, index) => kernelRule(rule, hashes[index]!, fallback));
}

/** The rules of a chain in Felix's own words. */
export function felixTexts(chain: string, rules: readonly FelixRule[]): readonly string[] {
  return rules.map((rule) => textOf(chain, rule));
}

export function kernelChain({ name, rules, origin }: FelixChain): Chain {
  return { name, rules: kernelRules(name, rules, origin), origin };
}

/** What is hashed. Source: Calico 87c15906f, felix/iptables/renderer.go, RenderAppend with the word HASH. */
function textOf(chain: string, { comments = [], matches = [], action }: FelixRule): string {
  return [
    `-A ${chain} HASH`,
    ...comments.map((comment) => `-m comment --comment "${comment}"`),
    ...matches.map(({ text }) => text),
    ...(action ? [action.text] : []),
  ].join(" ");
}

function kernelRule({ comments = [], matches = [], action, origin }: FelixRule, hash: string, fallback: Origin): Rule {
  const kept = matches.flatMap(({ match }) => (match ? [match] : []));
  const words = [`cali:${hash}`, ...comments].map((text): Match => ({ kind: "comment", text }));
  return {
    matches: [
      ...kept.filter(isHead).toSorted((a, b) => headPlace(a) - headPlace(b)),
      ...words,
      ...kept.filter((match) => !isHead(match)),
    ],
    ...(action && { target: action.target }),
    origin: origin ?? fallback,
  };
}

/** Source: felix/iptables/renderer.go, since v3.22; before, no comment held anything else. */
function cleanComment(text: string): string {
  return text.replace(/[^\w @%+=:,./-]/g, "_").slice(0, 256);
}

/** Options that belong to the rule itself; iptables-save prints them first, and in this order. */
function isHead(match: Match): boolean {
  return headPlace(match) < 5;
}

function headPlace(match: Match): number {
  if (match.kind === "address") return match.side === "source" ? 0 : 1;
  if (match.kind === "interface") return match.direction === "in" ? 2 : 3;
  return match.kind === "protocol" ? 4 : 5;
}
