import { parseDocuments } from "../../manifest/parse-documents.js";
import type { Mapping, Scalar, Sequence, Value } from "../../manifest/value.js";
import type { Source } from "../../text/source.js";

/** A text that replaces `start`..`end` (not included) of a source. */
export interface TextEdit {
  readonly start: number;
  readonly end: number;
  readonly text: string;
}

export function applyEdit({ name, text }: Source, { start, end, text: inserted }: TextEdit): Source {
  return { name, text: text.slice(0, start) + inserted + text.slice(end) };
}

/** A value to write: scalars, lists and mappings in the order of their keys. */
export type Written = WrittenScalar | readonly Written[] | { readonly [key: string]: Written };
type WrittenScalar = string | number | boolean | null;

/** A document in block style. */
export function writeYaml(value: Written): string {
  return `${blockLines(value, 0).join("\n")}\n`;
}

/** The value that begins at an offset, of any document of a source. */
export function valueAt(source: Source, offset: number): Value | undefined {
  const find = (value: Value): Value | undefined => {
    if (value.kind !== "scalar" && value.offset === offset) return value;
    const children =
      value.kind === "sequence" ? value.items : value.kind === "mapping" ? value.entries.map((e) => e.value) : [];
    for (const child of children) {
      const found = find(child);
      if (found) return found;
    }
    return undefined;
  };
  for (const { value } of parseDocuments(source).documents) {
    const found = find(value);
    if (found) return found;
  }
  return undefined;
}

/** The value at a path of keys and 0-based indices; undefined where there is none. */
export function childAt(value: Value | undefined, ...path: readonly (string | number)[]): Value | undefined {
  let here = value;
  for (const step of path) {
    if (typeof step === "number") here = here?.kind === "sequence" ? here.items[step] : undefined;
    else here = here?.kind === "mapping" ? here.entries.findLast(({ key }) => key === step)?.value : undefined;
  }
  return here;
}

/** Adds an item to the list under a key of a mapping; makes the list where there is none. Undefined where the text is written in a way that nothing here edits. */
export function addItem(source: Source, owner: Value | undefined, key: string, item: Written): TextEdit | undefined {
  if (owner?.kind !== "mapping") return undefined;
  const { text } = source;
  const list = childAt(owner, key);
  if (list?.kind === "sequence" && list.items.length > 0) return appendItem(text, list, item);
  const entry = owner.entries.findLast((each) => each.key === key);
  if (!entry) return addEntry(source, owner, key, [item]);
  if (isFlow(text, owner.offset)) return list?.kind === "sequence" ? at(list.offset + 1, flow(item, text)) : undefined;
  const column = columnOf(text, entry.keyOffset);
  // `ingress: []`, or nothing behind the colon.
  const end = lineEnd(text, entry.keyOffset);
  const isBare = /^[^:\n]*:\s*(\[\s*\])?\s*$/.test(text.slice(entry.keyOffset, end));
  if (column === undefined || !isBare) return undefined;
  return { start: entry.keyOffset, end, text: entryLines(key, [item], column).trimStart() };
}

/** Puts an item in front of the one at an index of a list. */
export function insertItem(
  { text }: Source,
  list: Value | undefined,
  index: number,
  item: Written,
): TextEdit | undefined {
  const next = list?.kind === "sequence" ? list.items[index] : undefined;
  if (!next || list?.kind !== "sequence") return undefined;
  const dash = dashOf(text, next.offset);
  if (dash) return at(dash.lineStart, block([item], dash.column));
  return isFlow(text, list.offset) ? at(next.offset, `${flow(item, text)}, `) : undefined;
}

/** Adds a key that a mapping does not have, behind its others; in braces in front of them. */
export function addEntry(
  { text }: Source,
  owner: Value | undefined,
  key: string,
  value: Written,
): TextEdit | undefined {
  if (owner?.kind !== "mapping") return undefined;
  if (isFlow(text, owner.offset)) {
    const entry = `${flowScalar(key, text)}: ${flow(value, text)}`;
    if (owner.entries.length === 0) return at(owner.offset + 1, isJson(text) ? entry : ` ${entry} `);
    return at(owner.offset + 1, /\s/.test(text[owner.offset + 1]!) ? ` ${entry},` : `${entry}, `);
  }
  const first = owner.entries[0]?.keyOffset ?? -1;
  const column = columnOf(text, first);
  if (column === undefined) return undefined;
  const end = blockEnd(text, first, column - 1);
  return at(end, `${newline(text, end)}${entryLines(key, value, column)}\n`);
}

/** Puts another value behind a key that a mapping has. */
export function setEntry(
  { text }: Source,
  owner: Value | undefined,
  key: string,
  value: Written,
): TextEdit | undefined {
  const entry = owner?.kind === "mapping" ? owner.entries.findLast((each) => each.key === key) : undefined;
  if (!entry || owner?.kind !== "mapping") return undefined;
  if (isScalar(value) && entry.value.kind === "scalar") {
    const end = scalarEnd(text, entry.value);
    return end === undefined ? undefined : { start: entry.value.offset, end, text: flowScalar(value, text) };
  }
  if (isFlow(text, owner.offset))
    return { start: entry.value.offset, end: flowEnd(text, entry.value.offset), text: flow(value, text) };
  const column = columnOf(text, entry.keyOffset);
  if (column === undefined) return undefined;
  const end = blockEnd(text, entry.keyOffset, column);
  return {
    start: entry.keyOffset,
    end,
    text: `${entryLines(key, value, column).trimStart()}${text[end - 1] === "\n" ? "\n" : ""}`,
  };
}

/** Takes an item out of a list with more than one. */
export function removeItem({ text }: Source, list: Value | undefined, index: number): TextEdit | undefined {
  const item = list?.kind === "sequence" ? list.items[index] : undefined;
  if (!item || list?.kind !== "sequence") return undefined;
  const dash = dashOf(text, item.offset);
  if (dash) return { start: dash.lineStart, end: blockEnd(text, item.offset, dash.column), text: "" };
  const next = list.items[index + 1];
  if (next) return { start: item.offset, end: next.offset, text: "" };
  const end = flowEnd(text, item.offset);
  if (index === 0) return { start: item.offset, end, text: "" };
  const comma = text.lastIndexOf(",", item.offset);
  return comma < 0 ? undefined : { start: comma, end, text: "" };
}

/** Takes an entry out of a mapping with more than one, where it has lines of its own or stands in braces. */
export function removeEntry({ text }: Source, owner: Mapping, key: string): TextEdit | undefined {
  const index = owner.entries.findLastIndex((each) => each.key === key);
  const entry = owner.entries[index];
  if (!entry) return undefined;
  if (isFlow(text, owner.offset)) {
    const next = owner.entries[index + 1];
    if (next) return { start: entry.keyOffset, end: next.keyOffset, text: "" };
    const comma = text.lastIndexOf(",", entry.keyOffset);
    return index === 0 || comma < 0 ? undefined : { start: comma, end: flowEnd(text, entry.value.offset), text: "" };
  }
  const column = columnOf(text, entry.keyOffset);
  const start = text.lastIndexOf("\n", entry.keyOffset - 1) + 1;
  if (column === undefined || text.slice(start, entry.keyOffset).includes("-")) return undefined;
  return { start, end: blockEnd(text, entry.keyOffset, column), text: "" };
}

/** A document behind all others of a source. */
export function addDocument({ text }: Source, document: Written): TextEdit {
  const end = text.length;
  return at(end, `${newline(text, end)}---\n${writeYaml(document)}`);
}

function appendItem(text: string, list: Sequence, item: Written): TextEdit | undefined {
  const last = list.items.at(-1)!;
  const dash = dashOf(text, last.offset);
  if (dash) {
    const end = blockEnd(text, last.offset, dash.column);
    return at(end, newline(text, end) + block([item], dash.column));
  }
  return text[list.offset] === "[" ? at(list.offset + 1, `${flow(item, text)}, `) : undefined;
}

/** A key and its value in lines of their own, without the last line's end. */
function entryLines(key: string, value: Written, column: number): string {
  return blockLines({ [key]: value }, column).join("\n");
}

/** Offset behind a scalar that stands in one line, plain or in quotes. */
function scalarEnd(text: string, scalar: Scalar): number | undefined {
  const [, quoted] =
    /^("(?:[^"\\\n]|\\.)*"|'(?:[^'\n]|'')*')/.exec(text.slice(scalar.offset, scalar.offset + 1024)) ?? [];
  if (quoted !== undefined) return scalar.offset + quoted.length;
  return scalar.text !== "" && text.startsWith(scalar.text, scalar.offset)
    ? scalar.offset + scalar.text.length
    : undefined;
}

function at(offset: number, text: string): TextEdit {
  return { start: offset, end: offset, text };
}

function isFlow(text: string, offset: number): boolean {
  return text[offset] === "{" || text[offset] === "[";
}

/** Where the dash of a block list's item stands, if it begins its line. */
function dashOf(text: string, offset: number): { readonly lineStart: number; readonly column: number } | undefined {
  const lineStart = text.lastIndexOf("\n", offset - 1) + 1;
  const found = /^( *)- +$/.exec(text.slice(lineStart, offset));
  return found ? { lineStart, column: found[1]!.length } : undefined;
}

/** 0-based column of a key that begins its line, dashes before it aside. */
function columnOf(text: string, offset: number): number | undefined {
  if (offset < 0) return undefined;
  const lineStart = text.lastIndexOf("\n", offset - 1) + 1;
  return /^ *(- +)*$/.test(text.slice(lineStart, offset)) ? offset - lineStart : undefined;
}

/** Offset behind the last line of what begins on the line of `offset` and stands deeper than `column`. */
function blockEnd(text: string, offset: number, column: number): number {
  let end = lineEnd(text, offset) + 1;
  for (let start = end; start < text.length;) {
    const line = text.slice(start, lineEnd(text, start));
    const next = start + line.length + 1;
    const indent = /^ */.exec(line)![0].length;
    if (line.trim() !== "" && (indent <= column || /^(---|\.\.\.)/.test(line))) break;
    if (line.trim() !== "") end = next;
    start = next;
  }
  return Math.min(end, text.length);
}

function lineEnd(text: string, offset: number): number {
  const end = text.indexOf("\n", offset);
  return end < 0 ? text.length : end;
}

/** What ends the line before an offset that should begin one. */
function newline(text: string, offset: number): string {
  return offset === 0 || text[offset - 1] === "\n" ? "" : "\n";
}

/** Offset behind a value of a flow list or mapping. */
function flowEnd(text: string, offset: number): number {
  let depth = 0;
  let quote = "";
  for (let index = offset; index < text.length; index += 1) {
    const character = text[index]!;
    if (quote !== "") {
      if (character === "\\" && quote === '"') index += 1;
      else if (character === quote) quote = "";
    } else if (character === '"' || character === "'") quote = character;
    else if (character === "{" || character === "[") depth += 1;
    else if (character === "}" || character === "]") {
      if (depth === 0) return index;
      depth -= 1;
      if (depth === 0) return index + 1;
    } else if (character === "," && depth === 0) return index;
  }
  return text.length;
}

function block(items: readonly Written[], column: number): string {
  const indent = " ".repeat(column);
  return items
    .map((item) => {
      const [first = "", ...rest] = blockLines(item, 0);
      return [`${indent}- ${first}`, ...rest.map((line) => `${indent}  ${line}`)].join("\n");
    })
    .join("\n")
    .concat("\n");
}

function blockLines(value: Written, column: number): readonly string[] {
  const indent = " ".repeat(column);
  if (isScalar(value)) return [indent + scalar(value)];
  if (isEmpty(value)) return [indent + (isList(value) ? "[]" : "{}")];
  if (isList(value)) return block(value, column).trimEnd().split("\n");
  return Object.entries(value).flatMap(([key, child]) => {
    if (isScalar(child)) return [`${indent}${scalar(key)}: ${scalar(child)}`];
    if (isEmpty(child)) return [`${indent}${scalar(key)}: ${isList(child) ? "[]" : "{}"}`];
    return [`${indent}${scalar(key)}:`, ...blockLines(child, column + 2)];
  });
}

/** In braces and brackets; with all quotes where the text is JSON. */
function flow(value: Written, text: string): string {
  if (isScalar(value)) return flowScalar(value, text);
  if (isList(value)) return `[${value.map((item) => flow(item, text)).join(", ")}]`;
  const entries = Object.entries(value).map(([key, child]) => `${flowScalar(key, text)}: ${flow(child, text)}`);
  return entries.length === 0 ? "{}" : `{ ${entries.join(", ")} }`;
}

function flowScalar(value: WrittenScalar, text: string): string {
  return typeof value === "string" && isJson(text) ? JSON.stringify(value) : scalar(value);
}

function isJson(text: string): boolean {
  return /^\s*\{\s*"/.test(text);
}

function isScalar(value: Written): value is WrittenScalar {
  return value === null || typeof value !== "object";
}

function isList(value: Written): value is readonly Written[] {
  return Array.isArray(value);
}

function isEmpty(value: Written): boolean {
  return isList(value) ? value.length === 0 : !isScalar(value) && Object.keys(value).length === 0;
}

/** Bare only where no reader of YAML takes it for anything but text. */
function scalar(value: WrittenScalar): string {
  if (typeof value !== "string") return `${value}`;
  const bare = /^[A-Za-z][A-Za-z0-9._/-]*$/.test(value) && !/^(true|false|yes|no|on|off|null|y|n)$/i.test(value);
  return bare ? value : JSON.stringify(value);
}
