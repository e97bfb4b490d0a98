import type { MarkMeaning } from "../engines/engine.js";
import type { Chain, Rule } from "../netfilter/tables.js";

/** What there is to say about marks that a rule puts on a packet or looks for, a sentence each. */
export function markTeller(
  marks: readonly MarkMeaning[],
  chains: readonly Chain[],
  prefix: string,
): (rule: Rule) => readonly string[] {
  const seekers = seekersOf(chains, prefix);
  return ({ matches, target }) => {
    const sought = matches.flatMap((match) =>
      match.kind === "mark" ? [match.value === 0 ? match.mask : match.value] : [],
    );
    const set = target?.kind === "set-mark" && target.value !== 0 ? target : undefined;
    const meanings = [...new Set([...sought, ...(set ? [set.value] : [])])].flatMap((value) => {
      const means = meaningOf(value, marks);
      return means === undefined ? [] : [`Mark 0x${value.toString(16)} means: ${means}.`];
    });
    const by = set ? (seekers.get(`${set.value} ${set.mask}`) ?? []) : [];
    if (by.length === 0 || by.length > 2) return meanings;
    return [
      ...meanings,
      `${by.length === 1 ? "Rule" : "Rules"} ${by.join(" and ")} ${by.length === 1 ? "looks" : "look"} for it.`,
    ];
  };
}

/** The meaning of a mark, or of all its bits together. */
function meaningOf(value: number, marks: readonly MarkMeaning[]): string | undefined {
  const whole = marks.find((mark) => mark.value === value);
  if (whole) return whole.means;
  const bits = marks.filter((mark) => (value & mark.value) >>> 0 === mark.value);
  const known = bits.reduce((sum, mark) => (sum | mark.value) >>> 0, 0);
  return known === value ? bits.map(({ means }) => means).join("; ") : undefined;
}

/** `value mask` of a mark → places of the rules that look for it. */
function seekersOf(chains: readonly Chain[], prefix: string): ReadonlyMap<string, readonly string[]> {
  const seekers = new Map<string, string[]>();
  for (const { name, rules } of chains) {
    rules.forEach(({ matches }, index) => {
      for (const match of matches) {
        if (match.kind !== "mark" || match.negated || match.value === 0) continue;
        const key = `${match.value} ${match.mask}`;
        const others = seekers.get(key);
        if (others) others.push(`${prefix}${name} ${index + 1}`);
        else seekers.set(key, [`${prefix}${name} ${index + 1}`]);
      }
    });
  }
  return seekers;
}
