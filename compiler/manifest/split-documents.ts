/** A part of a source that kubectl would decode on its own: `start`..`end`, offsets into the text, `end` excluded. */
export interface Chunk {
  readonly start: number;
  readonly end: number;
  /** Whether it begins like JSON, with `{`. */
  readonly json: boolean;
}

export interface SplitText {
  /** Those that hold more than white space, in order. */
  readonly chunks: readonly Chunk[];
  /** Offsets of what follows `---` on its line and is no comment: kubectl refuses such a line. */
  readonly badSeparators: readonly number[];
}

/**
 * Cuts a text at its separator lines, as kubectl does before it reads any YAML: at every line that begins with `---`, also
 * inside of a quoted or block text. Only blanks and a comment may follow. Source: Kubernetes 1.34, apimachinery,
 * util/yaml/decoder.go, YAMLReader. JSON values that follow each other without a separator are chunks of their own.
 */
export function splitDocuments(text: string): SplitText {
  const chunks: Chunk[] = [];
  const badSeparators: number[] = [];
  let start = 0;
  for (let at = firstSeparator(text); at >= 0; at = nextSeparator(text, at)) {
    addChunk(chunks, text, start, at);
    const rest = afterBlanks(text, at + 3);
    if (rest >= 0) badSeparators.push(rest);
    const lineEnd = text.indexOf("\n", at);
    start = lineEnd < 0 ? text.length : lineEnd + 1;
  }
  addChunk(chunks, text, start, text.length);
  return { chunks, badSeparators };
}

function firstSeparator(text: string): number {
  return text.startsWith("---") ? 0 : nextSeparator(text, 0);
}

function nextSeparator(text: string, from: number): number {
  const found = text.indexOf("\n---", from);
  return found < 0 ? -1 : found + 1;
}

/** Offset of what follows `at` on its line, -1 when that is nothing or a comment. */
function afterBlanks(text: string, from: number): number {
  for (let at = from; at < text.length; at++) {
    const c = text.charCodeAt(at);
    if (c === LF || c === HASH) return -1;
    if (c !== SPACE && c !== TAB && c !== CR) return at;
  }
  return -1;
}

function addChunk(chunks: Chunk[], text: string, start: number, end: number): void {
  const first = firstSolid(text, start, end);
  if (first === end) return;
  const json = text.charCodeAt(first) === OPEN_BRACE;
  const values = json ? splitJsonValues(text, first, end) : [];
  if (values.length === 0) chunks.push({ start, end, json });
  for (const value of values) chunks.push(value);
}

/** The JSON objects between `start` and `end` when there are several and nothing else (`{…}{…}`), otherwise none. */
function splitJsonValues(text: string, start: number, end: number): Chunk[] {
  const values: Chunk[] = [];
  for (let at = start; at < end; at = firstSolid(text, at, end)) {
    if (text.charCodeAt(at) !== OPEN_BRACE) return [];
    const after = afterBraces(text, at, end);
    if (after < 0) return [];
    values.push({ start: at, end: after, json: true });
    at = after;
  }
  return values.length > 1 && values.every((value) => isJson(text.slice(value.start, value.end))) ? values : [];
}

/** Offset after the brace that closes the one at `at`, -1 when it stays open. Quoted texts are skipped. */
function afterBraces(text: string, at: number, end: number): number {
  let depth = 0;
  for (; at < end; at++) {
    const c = text.charCodeAt(at);
    if (c === OPEN_BRACE) depth++;
    else if (c === CLOSE_BRACE && --depth === 0) return at + 1;
    else if (c === QUOTE) {
      for (at++; at < end && text.charCodeAt(at) !== QUOTE; at++) if (text.charCodeAt(at) === BACKSLASH) at++;
    }
  }
  return -1;
}

export function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

/** Offset of the first character that is no white space, `end` when there is none. */
export function firstSolid(text: string, start: number, end: number): number {
  let at = start;
  while (at < end && isBlank(text.charCodeAt(at))) at++;
  return at;
}

function isBlank(c: number): boolean {
  return c === SPACE || c === LF || c === CR || c === TAB || c === BYTE_ORDER_MARK;
}

const TAB = 9;
const LF = 10;
const CR = 13;
const SPACE = 32;
const QUOTE = 34;
const HASH = 35;
const BACKSLASH = 92;
const OPEN_BRACE = 123;
const CLOSE_BRACE = 125;
const BYTE_ORDER_MARK = 0xfeff;
