import type { Source } from "../text/source.js";
import { parseDocuments, type ParsedDocuments } from "./parse-documents.js";

/**
 * Reads each of some sources once, as `parseDocuments` does, but texts that stand in several of them only once: for two versions that are mostly the
 * same. What was read is forgotten when the last source with its text was asked for.
 */
export function sharedParser(sources: readonly Source[]): (source: Source) => ParsedDocuments {
  const waiting = new Map<string, number>();
  for (const { text } of sources) waiting.set(text, (waiting.get(text) ?? 0) + 1);
  const known = new Map<string, ParsedDocuments>();
  return (source) => {
    const { text } = source;
    const left = (waiting.get(text) ?? 0) - 1;
    waiting.set(text, left);
    const before = known.get(text);
    if (left <= 0) known.delete(text);
    if (before && before.diagnostics.length === 0) {
      return { documents: before.documents.map(({ value }) => ({ source, value })), diagnostics: [] };
    }
    const parsed = parseDocuments(source);
    if (left > 0) known.set(text, parsed);
    return parsed;
  };
}
