import type { Source } from "../text/source.js";
import { parseDocuments, type ParsedDocuments } from "./parse-documents.js";

/** Reads sources as `parseDocuments` does, but texts that it has read before only once: for two versions that are mostly the same. */
export function sharedParser(): (source: Source) => ParsedDocuments {
  const known = new Map<string, ParsedDocuments>();
  return (source) => {
    const before = known.get(source.text);
    if (before && before.diagnostics.length === 0) {
      return { documents: before.documents.map(({ value }) => ({ source, value })), diagnostics: [] };
    }
    const parsed = parseDocuments(source);
    known.set(source.text, parsed);
    return parsed;
  };
}
