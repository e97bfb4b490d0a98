/** What tells two rules apart is their text. */
interface Item {
  readonly text: string;
}

export interface RuleChanges<T extends Item> {
  /** In the order of removal. Each time the first rule of that text goes, as iptables -D does it. */
  readonly removed: readonly T[];
  /** In the order of insertion; `index` (0-based) and `length` (of the chain) are those at that moment. */
  readonly inserted: readonly { readonly item: T; readonly index: number; readonly length: number }[];
}

/** A short way from one list of rules to another by removals, then insertions. */
export function ruleChanges<T extends Item>(before: readonly T[], after: readonly T[]): RuleChanges<T> {
  const removed: T[] = [];
  let list = [...before];
  let places = placesIn(list, after);
  // Where equal rules stand in one chain, the first of them goes instead of the one meant, so that another round may be needed.
  for (let kept = keptOf(places); kept.size < list.length; kept = keptOf(places)) {
    for (const item of list.filter((_, index) => !kept.has(index))) {
      removed.push(item);
      list.splice(
        list.findIndex(({ text }) => text === item.text),
        1,
      );
    }
    list = [...list];
    places = placesIn(list, after);
  }
  const present = new Set(places);
  const inserted = after.flatMap((item, index) => (present.has(index) ? [] : [{ item, index }]));
  return { removed, inserted: inserted.map((one, count) => ({ ...one, length: list.length + count })) };
}

/** For each rule of `list` its place in `after`, equal rules in order; -1 for one that is not there. */
function placesIn(list: readonly Item[], after: readonly Item[]): readonly number[] {
  const places = new Map<string, number[]>();
  after.forEach(({ text }, index) => {
    const found = places.get(text);
    if (found) found.push(index);
    else places.set(text, [index]);
  });
  const next = new Map<string, number>();
  return list.map(({ text }) => {
    const count = next.get(text) ?? 0;
    next.set(text, count + 1);
    return places.get(text)?.[count] ?? -1;
  });
}

/** Indexes of a longest run of rules that stand in the same order in both lists. */
function keptOf(places: readonly number[]): ReadonlySet<number> {
  /** Length - 1 → index of the rule that ends the best run of that length. */
  const ends: number[] = [];
  const previous: number[] = [];
  places.forEach((place, index) => {
    if (place < 0) return;
    let low = 0;
    let high = ends.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (places[ends[middle]!]! < place) low = middle + 1;
      else high = middle;
    }
    previous[index] = low > 0 ? ends[low - 1]! : -1;
    ends[low] = index;
  });
  const kept = new Set<number>();
  for (let index = ends.at(-1) ?? -1; index >= 0; index = previous[index]!) kept.add(index);
  return kept;
}
