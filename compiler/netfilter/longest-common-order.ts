/**
 * A longest common subsequence of two lists: index pairs, ascending in both. Takes n log n steps where few lines are equal, which the
 * rules of a chain are: each has its own comment. (Hunt and Szymanski 1977. The more usual algorithm of Myers is quadratic when a
 * chain is merely in another order.) Where equal lines could be paired in more than `manyPairs` ways, the first of a kind is paired with
 * the first only, the second with the second, and so on; what comes out is common, but perhaps not the longest.
 */
export function longestCommonOrder(
  before: readonly string[],
  after: readonly string[],
): readonly (readonly [number, number])[] {
  const shorter = Math.min(before.length, after.length);
  let head = 0;
  while (head < shorter && before[head] === after[head]) head += 1;
  let tail = 0;
  while (tail < shorter - head && before[before.length - 1 - tail] === after[after.length - 1 - tail]) tail += 1;

  const pairs: (readonly [number, number])[] = [];
  for (let at = 0; at < head; at += 1) pairs.push([at, at]);
  const oldMiddle = before.slice(head, before.length - tail);
  const youngMiddle = after.slice(head, after.length - tail);
  for (const [old, young] of middlePairs(oldMiddle, youngMiddle)) pairs.push([old + head, young + head]);
  for (let at = tail; at > 0; at -= 1) pairs.push([before.length - at, after.length - at]);
  return pairs;
}

/** The best common subsequence of each length so far ends in such a pair. */
interface Link {
  readonly old: number;
  readonly young: number;
  readonly previous: Link | undefined;
}

function middlePairs(before: readonly string[], after: readonly string[]): [number, number][] {
  const places = new Map<string, number[]>();
  after.forEach((line, index) => {
    const list = places.get(line);
    if (list) list.push(index);
    else places.set(line, [index]);
  });
  let count = 0;
  for (const line of before) count += places.get(line)?.length ?? 0;
  const seen = count > manyPairs ? new Map<string, number>() : undefined;

  /** ends[k]: of the common subsequences of length k + 1, one that ends earliest in `after`. */
  const ends: Link[] = [];
  before.forEach((line, old) => {
    const candidates = candidatesFor(line);
    // Backwards, so that a line of `before` is not used twice.
    for (let at = candidates.length - 1; at >= 0; at -= 1) {
      const young = candidates[at]!;
      const length = firstNotBelow(ends, young);
      if (ends[length]?.young !== young) ends[length] = { old, young, previous: ends[length - 1] };
    }
  });

  const pairs: [number, number][] = [];
  for (let link = ends.at(-1); link; link = link.previous) pairs.push([link.old, link.young]);
  return pairs.reverse();

  function candidatesFor(line: string): readonly number[] {
    const list = places.get(line) ?? [];
    if (!seen) return list;
    const nth = seen.get(line) ?? 0;
    seen.set(line, nth + 1);
    return list.slice(nth, nth + 1);
  }
}

/** Index of the first link that ends at `young` or later; the length of the list where none does. */
function firstNotBelow(ends: readonly Link[], young: number): number {
  let [low, high] = [0, ends.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (ends[middle]!.young < young) low = middle + 1;
    else high = middle;
  }
  return low;
}

const manyPairs = 5_000_000;
