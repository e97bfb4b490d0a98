import { lineStart } from "../text/lines.js";

/**
 * js-yaml wants every line inside of brackets or quotes to be indented more than the key before them, which YAML says and
 * kubectl's reader does not (`ports: [` … `]` with the `]` below the `p`). This takes out what js-yaml stumbles over and
 * changes no offset: line breaks and tabs between tokens become spaces, comments become blanks.
 *
 * `at` is where js-yaml complained, `inQuotes` the quote that is open there, if any. Everything from there to the end of the
 * outermost bracket (or to the closing quote) is treated. The values of scalars must be decoded from the text as written.
 */
export function relaxFlow(text: string, at: number, inQuotes: "'" | '"' | undefined): string {
  const patches: Patch[] = [];
  if (inQuotes !== undefined) {
    patches.push(...blanksBefore(text, at));
    quoteEnd(text, at, inQuotes, patches);
  } else {
    for (const patch of lineBefore(text, at)) patches.push(patch);
    bracketsEnd(text, at, patches);
  }
  return applyPatches(text, patches);
}

/** Characters `start`..`end` (excluded) become spaces. */
interface Patch {
  readonly start: number;
  readonly end: number;
}

function applyPatches(text: string, patches: readonly Patch[]): string {
  const parts: string[] = [];
  let done = 0;
  for (const { start, end } of patches) {
    if (end <= done) continue;
    parts.push(text.slice(done, Math.max(start, done)), " ".repeat(end - Math.max(start, done)));
    done = end;
  }
  parts.push(text.slice(done));
  return parts.join("");
}

/** The white space just before `at`. */
function blanksBefore(text: string, at: number): Patch[] {
  let start = at;
  while (start > 0 && isBlank(text.charCodeAt(start - 1))) start--;
  return [{ start, end: at }];
}

/** What stands between the last token before `at` and `at`, comments included, and the tabs of the line of that token. */
function lineBefore(text: string, at: number): Patch[] {
  const backwards: Patch[] = [];
  for (let end = at; ;) {
    const first = lineStart(text, end);
    let start = commentStart(text, first, end);
    while (start > first && isBlank(text.charCodeAt(start - 1))) start--;
    backwards.push({ start, end });
    if (start > first || first === 0) return [...tabsBetween(text, first, start), ...backwards.reverse()];
    end = first - 1;
    backwards.push({ start: end, end: first });
  }
}

/** Where the comment of a line begins; `end` when it has none. */
function commentStart(text: string, first: number, end: number): number {
  let quote = 0;
  for (let at = first; at < end; at++) {
    const c = text.charCodeAt(at);
    if (quote !== 0) {
      if (c === BACKSLASH && quote === DOUBLE_QUOTE) at++;
      else if (c === quote) quote = 0;
    } else if (opensQuote(text, at)) quote = c;
    else if (c === HASH && (at === first || isBlank(text.charCodeAt(at - 1)))) return at;
  }
  return end;
}

/** Tabs after the indentation of a line. */
function tabsBetween(text: string, first: number, end: number): Patch[] {
  const patches: Patch[] = [];
  let at = first;
  while (at < end && isBlank(text.charCodeAt(at))) at++;
  for (at = text.indexOf("\t", at); at >= 0 && at < end; at = text.indexOf("\t", at + 1)) {
    patches.push({ start: at, end: at + 1 });
  }
  return patches;
}

/** Takes the line breaks out of the rest of a quoted text; returns the offset of its closing quote. */
function quoteEnd(text: string, from: number, quote: "'" | '"', patches: Patch[]): number {
  for (let at = from; at < text.length; at++) {
    const c = text.charAt(at);
    if (c === quote && quote === "'" && text.charAt(at + 1) === "'") at++;
    else if (c === quote) return at;
    else if (c === "\\" && quote === '"') {
      const next = text.charCodeAt(at + 1);
      if (next === LF || next === CR) patches.push({ start: at, end: at + 1 });
      else at++;
    } else if (c === "\n" || c === "\r") patches.push({ start: at, end: at + 1 });
  }
  return text.length;
}

/** Takes out line breaks, tabs and comments up to the bracket that ends the outermost flow collection around `from`. */
function bracketsEnd(text: string, from: number, patches: Patch[]): void {
  let depth = 0;
  for (let at = from; at < text.length; at++) {
    const c = text.charCodeAt(at);
    if (c === OPEN_BRACKET || c === OPEN_BRACE) depth++;
    else if (c === CLOSE_BRACKET || c === CLOSE_BRACE) {
      if (--depth < 0 && !goesOn(text, at + 1)) return;
    } else if (c === LF || c === CR || c === TAB) patches.push({ start: at, end: at + 1 });
    else if (c === HASH && isBlank(text.charCodeAt(at - 1))) {
      const lineEnd = text.indexOf("\n", at);
      const end = lineEnd < 0 ? text.length : lineEnd;
      patches.push({ start: at, end });
      at = end - 1;
    } else if (opensQuote(text, at)) at = quoteEnd(text, at + 1, c === DOUBLE_QUOTE ? '"' : "'", patches);
  }
}

/** Whether what follows a closing bracket shows that an outer bracket is still open. */
function goesOn(text: string, from: number): boolean {
  let at = from;
  while (isBlank(text.charCodeAt(at))) at++;
  const c = text.charCodeAt(at);
  return c === COMMA || c === CLOSE_BRACKET || c === CLOSE_BRACE;
}

/** Whether a quote at `at` begins a quoted text, other than the one in `don't`. */
function opensQuote(text: string, at: number): boolean {
  const c = text.charCodeAt(at);
  if (c !== DOUBLE_QUOTE && c !== SINGLE_QUOTE) return false;
  const before = at === 0 ? SPACE : text.charCodeAt(at - 1);
  return isBlank(before) || OPENING.has(before);
}

function isBlank(c: number): boolean {
  return c === SPACE || c === TAB || c === LF || c === CR;
}

const TAB = 9;
const LF = 10;
const CR = 13;
const SPACE = 32;
const DOUBLE_QUOTE = 34;
const HASH = 35;
const SINGLE_QUOTE = 39;
const COMMA = 44;
const OPEN_BRACKET = 91;
const BACKSLASH = 92;
const CLOSE_BRACKET = 93;
const OPEN_BRACE = 123;
const CLOSE_BRACE = 125;
/** `[`, `{`, `,` and `:`, after which a quote begins a text. */
const OPENING = new Set([OPEN_BRACKET, OPEN_BRACE, COMMA, 58]);
