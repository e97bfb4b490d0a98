const labelled = "labelled ";

/**
 * "labelled a=b and c=d", but "labelled a=b and not labelled c=d"; what all share stands once, in front. `place` is what stands before
 * "labelled": `in namespaces `.
 */
export function joinLabels(all: readonly string[], place = ""): string {
  const prefix = place + labelled;
  return all
    .map((words, index) => {
      const before = all[index - 1];
      if (before === undefined) return words;
      if (words.startsWith(prefix) && before.startsWith(prefix)) return words.slice(prefix.length);
      return words.startsWith(place) && before.startsWith(place) ? words.slice(place.length) : words;
    })
    .join(" and ");
}
