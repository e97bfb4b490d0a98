import type { Source } from "../text/source.js";
import { parseDocuments, type ParsedDocuments } from "./parse-documents.js";
import { splitDocuments, type Chunk } from "./split-documents.js";
import type { Document, Value } from "./value.js";

/** What was read last, without a mistake. */
interface Read {
  readonly text: string;
  readonly chunks: readonly Chunk[];
  /** By chunk; undefined for one that holds nothing. */
  readonly values: readonly (Value | undefined)[];
}

/**
 * Reads as `parseDocuments` does, but of a text that is mostly the one before only the documents that were edited: for who types. Documents
 * before and behind them are the same as last time, the latter moved.
 */
export function editedParser(): (source: Source) => ParsedDocuments {
  let before: Read | undefined;
  return (source) => {
    const { text } = source;
    const { chunks, badSeparators } = splitDocuments(text);
    // A byte order mark means something else at the beginning of a text than within.
    const canBeCut = badSeparators.length === 0 && !text.includes("\ufeff");
    const values = before && canBeCut ? readEdited(source, chunks, before) : undefined;
    if (values) {
      before = { text, chunks, values };
      return { documents: values.flatMap((value): Document[] => (value ? [{ source, value }] : [])), diagnostics: [] };
    }
    const parsed = parseDocuments(source);
    if (canBeCut && parsed.diagnostics.length === 0) before = { text, chunks, values: byChunk(chunks, parsed) };
    return parsed;
  };
}

/** The value of each chunk; undefined when there is something to say about one, so that all must be read. */
function readEdited(
  { name, text }: Source,
  chunks: readonly Chunk[],
  before: Read,
): readonly (Value | undefined)[] | undefined {
  const most = Math.min(chunks.length, before.chunks.length);
  const isSame = (chunk: Chunk, other: Chunk): boolean =>
    chunk.end - chunk.start === other.end - other.start &&
    text.slice(chunk.start, chunk.end) === before.text.slice(other.start, other.end);
  let front = 0;
  while (
    front < most &&
    chunks[front]!.start === before.chunks[front]!.start &&
    isSame(chunks[front]!, before.chunks[front]!)
  )
    front += 1;
  let back = 0;
  while (back < most - front && isSame(chunks.at(-1 - back)!, before.chunks.at(-1 - back)!)) back += 1;

  const edited = chunks.slice(front, chunks.length - back);
  const first = edited[0]?.start ?? 0;
  const part = text.slice(first, edited.at(-1)?.end ?? 0);
  const parsed = parseDocuments({ name, text: part });
  if (parsed.diagnostics.length > 0) return undefined;
  const moved = edited.map(({ start, end, json }) => ({ start: start - first, end: end - first, json }));
  return [
    ...before.values.slice(0, front),
    ...byChunk(moved, parsed).map((value) => value && move(value, first)),
    ...before.values.slice(before.values.length - back).map((value, at) => {
      const index = before.chunks.length - back + at;
      return value && move(value, chunks[chunks.length - back + at]!.start - before.chunks[index]!.start);
    }),
  ];
}

/** Each chunk holds one document at most. */
function byChunk(chunks: readonly Chunk[], { documents }: ParsedDocuments): readonly (Value | undefined)[] {
  let next = 0;
  return chunks.map(({ end }) => {
    const value = documents[next]?.value;
    if (!value || value.offset >= end) return undefined;
    next += 1;
    return value;
  });
}

/** The same value at another place; what stands in it twice, by an alias, still does. */
function move(value: Value, by: number): Value {
  if (by === 0) return value;
  const moved = new Map<Value, Value>();
  const visit = (one: Value): Value => {
    const known = moved.get(one);
    if (known) return known;
    const offset = one.offset + by;
    let made: Value;
    if (one.kind === "scalar") made = { ...one, offset };
    else if (one.kind === "sequence") made = { kind: "sequence", offset, items: one.items.map(visit) };
    else {
      const entries = one.entries.map((entry) => ({
        key: entry.key,
        keyOffset: entry.keyOffset + by,
        value: visit(entry.value),
      }));
      made = { kind: "mapping", offset, entries };
    }
    moved.set(one, made);
    return made;
  };
  return visit(value);
}
