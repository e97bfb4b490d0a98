import { parseRule } from "../netfilter/parse-rule.js";
import type { Rule, Tables } from "../netfilter/tables.js";
import { splitWords } from "../netfilter/words.js";
import { diagnostic, type Diagnostic } from "../text/diagnostic.js";
import { suggest } from "../text/suggest.js";
import type { Explained, Explanation } from "./explanation.js";

type Found = readonly Explained[] | Diagnostic;

/** The policy `namespace/name`, or `name` of `namespace`; others than Kubernetes' own by their whole name, or without their kind. */
export function findPolicy(text: string, namespace: string, { policies }: Explanation): Found {
  const wanted = text.includes("/") ? text : `${namespace}/${text}`;
  const exact = policies.filter(({ id }) => id === `policy ${wanted}` || id === `policy ${text}`);
  if (exact.length > 0) return exact;
  const found = policies.filter(({ id }) => id.endsWith(` ${wanted}`) || id.endsWith(` ${text}`));
  if (found.length > 0) return found;
  const known = policies.map(({ id }) => id.slice("policy ".length));
  const bare = (each: string): string => each.slice(each.indexOf("/") + 1);
  const near = suggest(bare(wanted), known.map(bare));
  const sameName = near === undefined ? undefined : known.find((each) => bare(each) === near);
  return diagnostic("explain-policy-unknown", {
    name: wanted,
    suggestion: suggest(wanted, known) ?? sameName ?? "",
    known: known.slice(0, 10),
  });
}

/** Sets by kernel name or readable name; several where two readable names share one kernel set. */
export function findSet(text: string, { sets }: Explanation): Found {
  const found = sets.filter(({ id, title }) => id === `set ${text}` || title === text);
  if (found.length > 0) return found;
  const known = sets.flatMap(({ id, title }) => [id.slice("set ".length), title]);
  return diagnostic("explain-set-unknown", { name: text, suggestion: suggest(text, known) ?? "" });
}

/**
 * A rule by place (`CHAIN 2`), or as text: `-A CHAIN …` as iptables -S and iptables-save print it, with or without counters. Equal rules of
 * a chain are all found; comments and the order of matches do not count. In front of a place another table than filter may stand: `raw CHAIN 2`.
 */
export function findRule(text: string, { chains }: Explanation, tables: Tables, generation: string): Found {
  const parts = text.trim().split(/\s+/);
  const chainOf = (name: string): Explained | Diagnostic =>
    chains.find(({ title }) => title === name) ?? unknownChain(name, chains);
  const [place, given, ...more] = otherTables.has(parts[0]!) ? [parts.slice(0, 2).join(" "), ...parts.slice(2)] : parts;
  if (more.length === 0 && !place!.startsWith("-") && !place!.startsWith("[")) {
    const chain = chainOf(place!);
    if ("code" in chain) return chain;
    if (given === undefined) return [chain];
    const number = /^[1-9]\d{0,5}$/.test(given) ? Number(given) : 0;
    const rule = chain.parts[number - 1];
    return rule
      ? [rule]
      : diagnostic("explain-rule-number", { chain: chain.title, number: given, count: chain.parts.length });
  }
  const words = splitWords(text.trim().replace(/\t/g, " "));
  const rest = words?.filter((word, index) => !(index < 3 && /^\[\d+:\d+\]$/.test(word)));
  const [verb, name, ...rule] = withoutCounters(rest ?? []);
  if ((verb !== "-A" && verb !== "-I") || name === undefined) return diagnostic("explain-rule-unreadable", { text });
  const chain = chainOf(name);
  if ("code" in chain) return chain;
  const keys = tables.chains.find((each) => each.name === name)!.rules.map(keyOf);
  const wanted = keyOf(parseRule(rule));
  const found = chain.parts.filter((_, index) => keys[index] === wanted);
  return found.length > 0 ? found : diagnostic("explain-rule-unknown", { chain: name, generation });
}

const otherTables = new Set(["raw", "mangle", "nat"]);

/** `-c 12 3456`, which iptables -S -v puts before the target. */
function withoutCounters(words: readonly string[]): readonly string[] {
  const at = words.indexOf("-c");
  if (at < 0 || !/^\d+$/.test(words[at + 1] ?? "") || !/^\d+$/.test(words[at + 2] ?? "")) return words;
  return [...words.slice(0, at), ...words.slice(at + 3)];
}

function unknownChain(name: string, chains: readonly Explained[]): Diagnostic {
  const known = chains.map(({ title }) => title);
  return diagnostic("explain-chain-unknown", { name, suggestion: suggest(name, known) ?? "" });
}

function keyOf(rule: Rule): string {
  const words = rule.matches.filter(({ kind }) => kind !== "comment").map((match) => JSON.stringify(match));
  return [...words.toSorted(), JSON.stringify(rule.target)].join(" ");
}
