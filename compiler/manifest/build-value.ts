import {
  COLLECTION_STYLE,
  EVENT_ID,
  getScalarValue,
  SCALAR_STYLE,
  type Event,
  type MappingEvent,
  type ScalarEvent,
  type SequenceEvent,
} from "js-yaml";
import { diagnostic, type Diagnostic } from "../text/diagnostic.js";
import type { Source } from "../text/source.js";
import { suggest } from "../text/suggest.js";
import { newAliasBudget, spendAlias, type AliasBudget } from "./alias-budget.js";
import { describeScalar } from "./describe.js";
import { keyText } from "./key-text.js";
import { MergedEntries } from "./merge-keys.js";
import { resolvePlain, stringScalar } from "./resolve-scalar.js";
import { resolveTagged, tagName } from "./resolve-tagged.js";
import type { Entry, Mapping, Scalar, Sequence, Value } from "./value.js";

/** What js-yaml made of one chunk of a source. */
export interface ParsedChunk {
  readonly source: Source;
  /** Offset of the chunk in the text of the source; the offsets of the events count from here. */
  readonly base: number;
  /** The chunk as written. */
  readonly text: string;
  readonly events: readonly Event[];
  /** Index of the event that begins the document. */
  readonly document: number;
  /** True when the text given to js-yaml had line breaks removed, so that its word on what needs no decoding is void. */
  readonly relaxed: boolean;
  /** True when kubectl reads the chunk as JSON, where `80.0` is no integer. */
  readonly json: () => boolean;
}

/** A document as a tree, and the index of the event after it. Its problems are added to `diagnostics`; then the tree is not to be used. */
export function buildValue(chunk: ParsedChunk, diagnostics: Diagnostic[]): { value: Value; next: number } {
  const start = chunk.events[chunk.document];
  const state: State = {
    source: chunk.source,
    base: chunk.base,
    text: chunk.text,
    whole: chunk.source.text,
    events: chunk.events,
    relaxed: chunk.relaxed,
    json: chunk.json,
    diagnostics,
    at: chunk.document + 1,
    here: 0,
    brackets: 0,
    anchors: undefined,
    handles: start?.type === EVENT_ID.DOCUMENT ? handlesOf(start.directives) : NO_HANDLES,
    budget: newAliasBudget(),
    excessive: false,
    infinite: [],
  };
  const value = buildNode(state);
  for (const scalar of state.infinite) {
    report(state, "yaml-not-a-number", { text: scalar.text }, scalar.offset - state.base);
  }
  return { value, next: state.at + 1 };
}

interface State {
  readonly source: Source;
  readonly base: number;
  readonly text: string;
  readonly whole: string;
  readonly events: readonly Event[];
  readonly relaxed: boolean;
  readonly json: () => boolean;
  readonly diagnostics: Diagnostic[];
  /** Index of the next event. */
  at: number;
  /** Chunk offset of the last thing seen: where a value that is not written is said to be. */
  here: number;
  /** How many flow collections are open. */
  brackets: number;
  anchors: Map<string, Anchor> | undefined;
  readonly handles: ReadonlyMap<string, string>;
  readonly budget: AliasBudget;
  excessive: boolean;
  /** Values that no JSON number can be, so that kubectl fails on them; as keys they are texts. */
  readonly infinite: Scalar[];
}

interface Anchor {
  readonly node: Value;
  /** How many values the node stands for, aliases written out; -1 while it is not complete. */
  size: number;
}

function buildNode(state: State): Value {
  const event = state.events[state.at++]!;
  switch (event.type) {
    case EVENT_ID.SCALAR:
      state.budget.decoded++;
      return buildScalar(state, event);
    case EVENT_ID.MAPPING:
      state.budget.decoded++;
      return buildMapping(state, event);
    case EVENT_ID.SEQUENCE:
      state.budget.decoded++;
      return buildSequence(state, event);
    case EVENT_ID.ALIAS:
      return resolveAlias(state, event.anchorStart, event.anchorEnd);
    default:
      throw new Error(`an event of type ${event.type} where a value begins`);
  }
}

function buildScalar(state: State, event: ScalarEvent): Scalar {
  const { valueStart, style } = event;
  let scalar: Scalar;
  if (event.tagStart >= 0) scalar = taggedScalar(state, event);
  else if (valueStart < 0) scalar = resolvePlain("", state.base + emptyPlace(state, event));
  else if (style === SCALAR_STYLE.PLAIN) {
    scalar = resolvePlain(textOf(state, event), state.base + valueStart);
    if (scalar.float) scalar = checkFloat(state, scalar);
    if (state.brackets > 0) checkBracketText(state, event, scalar.text);
  } else scalar = stringScalar(textOf(state, event), state.base + startOf(state, event));
  if (valueStart >= 0) state.here = event.valueEnd;
  if (event.anchorStart >= 0) nameAnchor(state, event, scalar).size = 1;
  return scalar;
}

/** The text of a written scalar, quotes and escapes resolved. */
function textOf(state: State, event: ScalarEvent): string {
  if (event.fast && !state.relaxed)
    return state.whole.slice(state.base + event.valueStart, state.base + event.valueEnd);
  const text = getScalarValue(state.text, state.relaxed ? { ...event, fast: false } : event);
  return event.style === SCALAR_STYLE.DOUBLE_QUOTED ? checkEscapes(state, event, text) : text;
}

/** JSON pairs `\ud83d\ude00` to one character, replaces half a pair and knows `\/`; kubectl's YAML reader refuses all three. */
function checkEscapes(state: State, event: ScalarEvent, text: string): string {
  const written = state.text.slice(event.valueStart, event.valueEnd);
  const bad = ODD_ESCAPE.exec(written);
  if (!bad) return text;
  if (state.json()) return text.replace(LONE_SURROGATE, "\ufffd");
  report(state, "yaml-escape", { escape: bad[1]! }, event.valueStart + bad.index + bad[0].length - bad[1]!.length);
  return text;
}

const ODD_ESCAPE =
  /(?<!\\)(?:\\\\)*(\\\/|\\u[dD][89a-fA-F][0-9a-fA-F]{2}|\\U(?!00(?:0[0-9a-fA-F]|10)(?![dD][89a-fA-F]..$))[0-9a-fA-F]{8})/;
const LONE_SURROGATE = /[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/g;

/** In brackets, kubectl's reader takes a `:` that begins a text, and any `?`, for punctuation (`[::/0]`). */
function checkBracketText(state: State, event: ScalarEvent, text: string): void {
  if (text.charCodeAt(0) === COLON || text.includes("?"))
    report(state, "yaml-text-in-brackets", { text }, event.valueStart);
}

/** In YAML kubectl writes a whole float as an integer, up to the length at which Go changes to an exponent. */
function checkFloat(state: State, scalar: Scalar): Scalar {
  const value = scalar.value as number;
  if (!Number.isFinite(value)) state.infinite.push(scalar);
  if (Number.isInteger(value) && Math.abs(value) < 1e21 && !state.json()) return { ...scalar, float: false };
  return scalar;
}

function taggedScalar(state: State, event: ScalarEvent): Scalar {
  const tag = state.text.slice(event.tagStart, event.tagEnd);
  const empty = event.valueStart < 0;
  const text = empty ? "" : textOf(state, event);
  const offset = empty ? event.tagStart : startOf(state, event);
  const resolved = resolveTagged(tagName(tag, state.handles), text, state.base + offset);
  if (resolved.kind === "scalar") return resolved.float ? checkFloat(state, resolved) : resolved;
  if (resolved.problem === "base64") report(state, "yaml-binary", {}, offset);
  else report(state, "yaml-tag", { text, tag }, offset);
  return stringScalar(text, state.base + offset);
}

/** Where a scalar begins, its quote or `|` included. */
function startOf(state: State, event: ScalarEvent): number {
  if (event.style === SCALAR_STYLE.PLAIN) return event.valueStart;
  if (event.style === SCALAR_STYLE.SINGLE_QUOTED || event.style === SCALAR_STYLE.DOUBLE_QUOTED)
    return event.valueStart - 1;
  const lineStart = Math.max(state.here, state.text.lastIndexOf("\n", event.valueStart - 2) + 1);
  const header = BLOCK_HEADER.exec(state.text.slice(lineStart, event.valueStart));
  return header ? lineStart + header.index : event.valueStart;
}

const BLOCK_HEADER = /[|>][-+0-9]*[ \t]*(#.*)?[\r\n]*$/;

/** The place of a value that is not written: its anchor, its dash, or the key before it. */
function emptyPlace(state: State, event: ScalarEvent): number {
  return event.anchorStart >= 0 ? event.anchorStart - 1 : state.here;
}

function buildSequence(state: State, event: SequenceEvent): Sequence {
  const items: Value[] = [];
  const sequence: Sequence = { kind: "sequence", offset: state.base + event.start, items };
  const before = state.budget.decoded;
  const anchor = event.anchorStart >= 0 ? nameAnchor(state, event, sequence) : undefined;
  state.here = event.start;
  if (event.style === COLLECTION_STYLE.FLOW) state.brackets++;
  while (state.events[state.at]!.type !== EVENT_ID.POP) {
    const next = state.events[state.at] as ScalarEvent;
    if (next.type === EVENT_ID.SCALAR && next.valueStart < 0) state.here = afterDash(state.text, state.here);
    items.push(buildNode(state));
  }
  state.at++;
  if (event.style === COLLECTION_STYLE.FLOW) state.brackets--;
  if (anchor) anchor.size = state.budget.decoded - before + 1;
  return sequence;
}

/** Just after the dash that begins the next item; `from` lies in the item before, or on the first dash. */
function afterDash(text: string, from: number): number {
  if (text.charCodeAt(from) === DASH) return from + 1;
  for (let lineEnd = text.indexOf("\n", from); lineEnd >= 0; lineEnd = text.indexOf("\n", lineEnd + 1)) {
    let at = lineEnd + 1;
    while (text.charCodeAt(at) === SPACE) at++;
    if (text.charCodeAt(at) === DASH) return at + 1;
  }
  return from;
}

const SPACE = 32;
const DASH = 45;

function buildMapping(state: State, event: MappingEvent): Mapping {
  const entries: Entry[] = [];
  const mapping: Mapping = { kind: "mapping", offset: state.base + event.start, entries };
  const before = state.budget.decoded;
  const anchor = event.anchorStart >= 0 ? nameAnchor(state, event, mapping) : undefined;
  state.here = event.start;
  if (event.style === COLLECTION_STYLE.FLOW) state.brackets++;
  let merged: MergedEntries | undefined;
  while (state.events[state.at]!.type !== EVENT_ID.POP) {
    const first = state.events[state.at] as ScalarEvent;
    if (isMergeKey(state, first)) {
      state.at++;
      state.here = first.valueStart;
      merged ??= new MergedEntries(entries);
      mergeInto(state, merged);
      continue;
    }
    const keyOffset = keyPlace(state, first);
    if (state.relaxed || event.style === COLLECTION_STYLE.FLOW) checkKeyEnd(state, first);
    const key = buildKey(state, first, keyOffset);
    state.here = keyOffset;
    const entry = { key, keyOffset: state.base + keyOffset, value: buildNode(state) };
    if (merged) merged.add(entry);
    else entries.push(entry);
  }
  state.at++;
  if (event.style === COLLECTION_STYLE.FLOW) state.brackets--;
  if (merged) {
    entries.length = 0;
    for (const entry of merged) entries.push(entry);
  }
  if (anchor) anchor.size = state.budget.decoded - before + 1;
  return mapping;
}

function isMergeKey(state: State, event: ScalarEvent): boolean {
  if (event.type !== EVENT_ID.SCALAR || event.valueEnd - event.valueStart !== 2) return false;
  if (state.text.charCodeAt(event.valueStart) !== LESS || state.text.charCodeAt(event.valueStart + 1) !== LESS)
    return false;
  if (event.tagStart < 0) return event.style === SCALAR_STYLE.PLAIN;
  const name = tagName(state.text.slice(event.tagStart, event.tagEnd), state.handles);
  return name === "!" || name === "tag:yaml.org,2002:merge";
}

const LESS = 60;

function keyPlace(state: State, event: Event): number {
  switch (event.type) {
    case EVENT_ID.SCALAR:
      return event.valueStart < 0 ? emptyPlace(state, event) : startOf(state, event);
    case EVENT_ID.ALIAS:
      return event.anchorStart - 1;
    case EVENT_ID.MAPPING:
    case EVENT_ID.SEQUENCE:
      return event.start;
    default:
      return state.here;
  }
}

function buildKey(state: State, event: ScalarEvent, offset: number): string {
  if (event.type === EVENT_ID.SCALAR && event.fast && event.style !== SCALAR_STYLE.PLAIN && event.tagStart < 0) {
    return (buildNode(state) as Scalar).text;
  }
  const count = state.diagnostics.length;
  const key = buildNode(state);
  if (key === state.infinite.at(-1)) state.infinite.pop();
  const text = key.kind === "scalar" ? keyText(asWritten(key)) : undefined;
  if (text !== undefined) return text;
  if (state.diagnostics.length > count) return "";
  if (state.text.startsWith("{{", offset) || state.text.startsWith("{{", offset - 1)) {
    report(state, "yaml-template", {}, state.text.startsWith("{{", offset) ? offset : offset - 1);
  } else {
    const what = key.kind === "scalar" ? describeScalar(key) : `a ${key.kind === "mapping" ? "mapping" : "list"}`;
    report(state, "yaml-key-not-text", { what }, offset);
  }
  return "";
}

/** js-yaml accepts `{a:[1]}` and, with line breaks taken out, a key of several lines; kubectl neither. */
function checkKeyEnd(state: State, event: ScalarEvent): void {
  if (event.type !== EVENT_ID.SCALAR || event.valueStart < 0) return;
  if (state.relaxed && state.text.slice(event.valueStart, event.valueEnd).includes("\n")) {
    report(state, "yaml-key-without-value", {}, startOf(state, event));
  } else if (event.style === SCALAR_STYLE.PLAIN && state.text.charCodeAt(event.valueEnd) === COLON) {
    const next = state.text.charAt(event.valueEnd + 1);
    if (next !== "" && ",[]{}".includes(next)) report(state, "yaml-colon-space", {}, event.valueEnd);
  }
}

const COLON = 58;

/** A number with its own word on being a float: as a key, `1e6` is `1e+06`. */
function asWritten(key: Scalar): Scalar {
  return typeof key.value === "number" ? resolvePlain(key.text, key.offset) : key;
}

/** Reads the value of a merge key and adds its entries: a mapping, an alias of one, or a list of these, the first one winning. */
function mergeInto(state: State, merged: MergedEntries): void {
  const direct = state.events[state.at]!;
  const offset = keyPlace(state, direct);
  const count = state.diagnostics.length;
  const value = buildNode(state);
  if (state.diagnostics.length > count) return;
  const sources = value.kind === "sequence" && direct.type === EVENT_ID.SEQUENCE ? value.items.toReversed() : [value];
  for (const source of sources) {
    if (source.kind === "mapping") merged.merge(source.entries);
    else report(state, "yaml-merge", { what: source.kind === "scalar" ? describeScalar(source) : "a list" }, offset);
  }
}

function nameAnchor(state: State, event: ScalarEvent | SequenceEvent | MappingEvent, node: Value): Anchor {
  state.anchors ??= new Map();
  const anchor = { node, size: -1 };
  const name = state.text.slice(event.anchorStart, event.anchorEnd);
  if (!ANCHOR_NAME.test(name)) {
    const reason = "the name of an anchor (&name) can have letters, digits, - and _ only";
    report(state, "yaml-syntax", { reason }, event.anchorStart - 1);
  }
  state.anchors.set(name, anchor);
  return anchor;
}

const ANCHOR_NAME = /^[A-Za-z0-9_-]+$/;

function resolveAlias(state: State, start: number, end: number): Value {
  const name = state.text.slice(start, end);
  const anchor = state.anchors?.get(name);
  state.here = end;
  if (!anchor) {
    report(
      state,
      "yaml-alias-unknown",
      { name, suggestion: suggest(name, [...(state.anchors?.keys() ?? [])]) },
      start - 1,
    );
  } else if (anchor.size < 0) report(state, "yaml-alias-in-itself", { name }, start - 1);
  else if (spendAlias(state.budget, anchor.size)) return anchor.node;
  else if (!state.excessive) {
    state.excessive = true;
    report(state, "yaml-aliases-excessive", {}, start - 1);
  }
  return resolvePlain("", state.base + start - 1);
}

const NO_HANDLES: ReadonlyMap<string, string> = new Map();

function handlesOf(
  directives: readonly { kind: string; handle?: string; prefix?: string }[],
): ReadonlyMap<string, string> {
  if (directives.length === 0) return NO_HANDLES;
  const handles = new Map<string, string>();
  for (const directive of directives) if (directive.kind === "tag") handles.set(directive.handle!, directive.prefix!);
  return handles;
}

function report<C extends Parameters<typeof diagnostic>[0]>(
  state: State,
  code: C,
  parameters: Parameters<typeof diagnostic<C>>[1],
  offset: number,
): void {
  const location = { source: state.source, offset: state.base + offset };
  state.diagnostics.push(diagnostic(code, parameters, { location }));
}
