import type { Reader } from "./admit-sources.js";
import { readSource, type ReadItem, type ReadOptions, type ReadSource } from "./model/read-source.js";
import type { Source } from "./text/source.js";

/**
 * Reads each of some sources once, as `readSource` does, but texts that stand in several of them only once: for two versions that are mostly the
 * same. What was read is forgotten when the last source with its text was asked for.
 */
export function sharedReader(sources: readonly Source[]): Reader {
  const waiting = new Map<string, number>();
  for (const { text } of sources) waiting.set(text, (waiting.get(text) ?? 0) + 1);
  const known = new Map<string, { readonly read: ReadSource; readonly options: ReadOptions }>();
  return (source, options) => {
    const { text } = source;
    const left = (waiting.get(text) ?? 0) - 1;
    waiting.set(text, left);
    const before = known.get(text);
    if (left <= 0) known.delete(text);
    if (before && readAlike(before.options, options)) {
      return { items: before.read.items.map((item) => itemOf(item, source)), diagnostics: [] };
    }
    const read = readSource(source, options);
    if (left > 0 && read.diagnostics.length === 0 && !read.items.some(hasPlaces)) known.set(text, { read, options });
    return read;
  };
}

function readAlike(one: ReadOptions, other: ReadOptions): boolean {
  const watched = [one, other].map((options) => [...(options.watched ?? [])].sort().join());
  return (
    one.namespace === other.namespace && one.otherNamespaces === other.otherNamespaces && watched[0] === watched[1]
  );
}

/** Resources may name their source in several places. */
function hasPlaces(item: ReadItem): boolean {
  return "resource" in item;
}

/** The same from another source: everything else of an object is shared. */
function itemOf(item: ReadItem, source: Source): ReadItem {
  return "object" in item ? { ...item, object: { ...item.object, source } } : item;
}
