import type { ListedMatch } from "./any-pairs.js";
import { describeSelector } from "./describe-selector.js";

/** A conjunction of listed sets in words: `addresses in 10.0.0.0/8 except 10.1.0.0/16`. */
export function describeListed(expression: readonly ListedMatch[]): string {
  const within = expression.filter(({ negated }) => !negated).toSorted((a, b) => rank(a) - rank(b));
  const inBlocks = within.some(({ set }) => set.kind === "nets");
  const without = expression.filter(({ negated }) => negated).map((match) => describeSet(match, " and ", inBlocks));
  const where = within.length === 0 ? "anywhere" : within.map((match) => describeSet(match, " or ")).join(" with ");
  return without.length === 0 ? where : `${where} except ${without.join(" and ")}`;
}

/** Who comes before where. */
function rank({ set }: ListedMatch): number {
  return set.kind === "nets" ? 1 : 0;
}

/** `bare`: blocks without saying that they are addresses. */
function describeSet({ set }: ListedMatch, conjunction: string, bare = false): string {
  switch (set.kind) {
    case "selected":
      return describeSelector(set.selector, set.of);
    case "described":
      return set.words;
    case "nets":
      return (bare ? "" : "addresses in ") + set.nets.join(conjunction);
  }
}
