import { EVENT_ID, type Event } from "js-yaml";
import { diagnostic, isError, sortDiagnostics, type Diagnostic } from "../text/diagnostic.js";
import type { Source } from "../text/source.js";
import { buildValue } from "./build-value.js";
import { findForbidden } from "./find-forbidden.js";
import { findTab } from "./find-tab.js";
import { parseEvents, tryParse } from "./parse-events.js";
import { firstSolid, isJson, splitDocuments, type Chunk } from "./split-documents.js";
import { syntaxDiagnostic } from "./syntax-diagnostic.js";
import { isTooLarge } from "./too-large.js";
import type { Document, Value } from "./value.js";

export interface ParsedDocuments {
  /** One for each YAML document that holds something. Documents with errors are left out. */
  readonly documents: readonly Document[];
  /** Sorted by place. */
  readonly diagnostics: readonly Diagnostic[];
}

/**
 * Reads YAML or JSON text as kubectl reads it (Kubernetes 1.34: apimachinery util/yaml, sigs.k8s.io/yaml v1.6.0). Never
 * throws. An error in one document leaves the others of the source alone. Lists are not expanded.
 */
export function parseDocuments(source: Source): ParsedDocuments {
  const diagnostics: Diagnostic[] = [];
  const documents = [...streamDocuments(source, diagnostics)];
  return { documents, diagnostics: diagnostics.length > 0 ? sortDiagnostics(diagnostics) : diagnostics };
}

/** The same document by document, so that who needs each for a moment only does not keep them all; `diagnostics` grow on the way. */
export function* streamDocuments(source: Source, diagnostics: Diagnostic[]): Generator<Document> {
  let documents: Document[] = [];
  const { chunks, badSeparators } = splitDocuments(source.text);
  for (const offset of badSeparators) {
    diagnostics.push(diagnostic("yaml-separator", {}, { location: { source, offset } }));
  }
  const keep = (value: Value | undefined, found: readonly Diagnostic[]): void => {
    if (value !== undefined && !isNull(value) && !found.some(isError)) documents.push({ source, value });
    for (const one of found.slice(0, MAX_DIAGNOSTICS)) diagnostics.push(one);
  };
  for (let first = 0; first < chunks.length;) {
    const next = endOfBatch(chunks, first);
    if (next - first === 1 || !parseBatch(source, chunks[first]!.start, chunks[next - 1]!.end, keep)) {
      for (const chunk of chunks.slice(first, next)) {
        const found: Diagnostic[] = [];
        keep(parseChunk(source, chunk, found), found);
      }
    }
    first = next;
    yield* documents;
    documents = [];
  }
}

/** Of one document; a person reads no more, and a hostile text could bring millions. */
const MAX_DIAGNOSTICS = 100;

function isNull(value: Value): boolean {
  return value.kind === "scalar" && value.value === null;
}

/** Index after the chunks that are worth reading in one go: starting the parser costs as much as reading 500 characters. */
function endOfBatch(chunks: readonly Chunk[], first: number): number {
  let next = first + 1;
  while (next < chunks.length && !chunks[next]!.json && chunks[next]!.end - chunks[first]!.start < BATCH_LENGTH) next++;
  return chunks[first]!.json ? first + 1 : next;
}

const BATCH_LENGTH = 100_000;

/** A tab, a directive, a byte order mark within: what kubectl reads by the single document. */
const UNUSUAL = /\t|^%|.\ufeff|\n\ufeff/m;

/** Reads several plain chunks at once. False, and nothing kept, when anything is unusual, so that they are read one by one. */
function parseBatch(
  source: Source,
  start: number,
  end: number,
  keep: (value: Value, found: readonly Diagnostic[]) => void,
): boolean {
  const text = source.text.slice(start, end);
  if (UNUSUAL.test(text) || findForbidden(text)) return false;
  const parsed = tryParse(text);
  if (parsed.kind === "problem") return false;
  const { events } = parsed;
  const implicit = events.some((event, at) => event.type === EVENT_ID.DOCUMENT && at > 0 && !event.explicitStart);
  if (implicit) return false;
  for (let document = 0; document < events.length;) {
    const found: Diagnostic[] = [];
    const built = buildValue({ source, base: start, text, events, document, relaxed: false, json: () => false }, found);
    keep(built.value, found);
    document = built.next;
  }
  return true;
}

/** The first document of a chunk; kubectl reads no other. Undefined when it is not YAML, which `found` then says. */
function parseChunk(source: Source, chunk: Chunk, found: Diagnostic[]): Value | undefined {
  const text = source.text.slice(chunk.start, chunk.end);
  const at = (offset: number) => ({ location: { source, offset: chunk.start + offset } });
  const json = onlyOnce(() => chunk.json && isJson(text));

  const limit = isTooLarge(text);
  if (limit !== undefined) {
    found.push(diagnostic("document-too-large", { limit }, at(firstSolid(text, 0, text.length))));
    return undefined;
  }
  const forbidden = findForbidden(text);
  if (forbidden && !json()) {
    const { character, lineEnd, offset } = forbidden;
    found.push(diagnostic(lineEnd ? "yaml-line-separator" : "yaml-character", { character }, at(offset)));
    return undefined;
  }
  let parsed = parseEvents(text);
  if (parsed.kind === "problem") {
    const end = documentEnd(text, parsed.offset);
    const first = end === undefined ? parsed : parseEvents(text.slice(0, end.start));
    if (end === undefined || first.kind === "problem") {
      found.push(syntaxDiagnostic(source, chunk.start, text, first as typeof parsed));
      return undefined;
    }
    found.push(diagnostic("document-ignored", {}, at(firstSolid(text, end.after, text.length))));
    parsed = first;
  }
  const { events, relaxed } = parsed;
  const tab = findTab(text, events);
  if (tab >= 0 && !json()) found.push(diagnostic("yaml-tab", {}, at(tab)));
  const second = secondDocument(events);
  if (second >= 0) found.push(diagnostic("document-ignored", {}, at(placeOf(events, second, text))));
  if (events.length === 0) return undefined;
  return buildValue({ source, base: chunk.start, text, events, document: 0, relaxed, json }, found).value;
}

/** The last `...` line before an offset: what follows it is another document. */
function documentEnd(text: string, offset: number): { start: number; after: number } | undefined {
  const lineStart = text.lastIndexOf("\n...", offset);
  if (lineStart < 0) return undefined;
  const start = lineStart + 1;
  const following = text.charCodeAt(start + 3);
  const whole = Number.isNaN(following) || following === 32 || following === 9 || following === 10 || following === 13;
  return whole ? { start, after: start + 3 } : undefined;
}

/** Index of the event that begins the second document with something in it, -1 when there is none. */
function secondDocument(events: readonly Event[]): number {
  let documents = 0;
  for (let at = 0; at < events.length; at++) {
    if (events[at]!.type !== EVENT_ID.DOCUMENT) continue;
    const content = events[at + 1]!;
    const empty = content.type === EVENT_ID.SCALAR && content.valueStart < 0 && content.tagStart < 0;
    if (++documents > 1 && !empty) return at;
  }
  return -1;
}

function placeOf(events: readonly Event[], document: number, text: string): number {
  const content = events[document + 1]!;
  switch (content.type) {
    case EVENT_ID.SCALAR:
      return Math.max(content.valueStart, content.tagStart);
    case EVENT_ID.MAPPING:
    case EVENT_ID.SEQUENCE:
      return content.start;
    default:
      return text.length;
  }
}

function onlyOnce(compute: () => boolean): () => boolean {
  let known: boolean | undefined;
  return () => (known ??= compute());
}
