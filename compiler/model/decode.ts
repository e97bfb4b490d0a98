import type { Entry, Mapping, Value } from "../manifest/value.js";
import { quote } from "../text/quote.js";
import { suggest } from "../text/suggest.js";
import type { Checker } from "./checker.js";
import { isPointInTime } from "./point-in-time.js";

/*
 * From values to the types of Go's fields, as the API server decodes JSON: null is the zero value, names of fields must match to the letter,
 * a number is never a string. Each function reports what does not fit, under `name` in the field that is being read, and then gives undefined.
 */

type Step = string | number;

/** null is "". */
export function decodeString(value: Value, checker: Checker, name: Step): string | undefined {
  if (value.kind === "scalar") {
    if (typeof value.value === "string") return value.value;
    if (value.value === null) return "";
  }
  reportWrongType(value, "a string", checker, name);
  return undefined;
}

/** null is 0. `80.0` and `8e1` are whole; kubectl sends them as 80. */
export function decodeInteger(value: Value, bits: 32 | 64, checker: Checker, name: Step): number | undefined {
  if (value.kind === "scalar") {
    const number = value.value;
    if (number === null) return 0;
    if (typeof number === "number" && Number.isInteger(number)) {
      if (bits === 32 ? number >= -0x80000000 && number <= 0x7fffffff : Math.abs(number) < 2 ** 63) return number;
      checker.report("number-too-large", { text: quotedNumber(value.text), bits }, value.offset, name);
      return undefined;
    }
    if (typeof number === "bigint") {
      if (bits === 64 && number >= -(2n ** 63n) && number < 2n ** 63n) return Number(number);
      checker.report("number-too-large", { text: quotedNumber(value.text), bits }, value.offset, name);
      return undefined;
    }
  }
  reportWrongType(value, "a whole number", checker, name);
  return undefined;
}

/** null is false. */
export function decodeBoolean(value: Value, checker: Checker, name: Step): boolean | undefined {
  if (value.kind === "scalar") {
    if (typeof value.value === "boolean") return value.value;
    if (value.value === null) return false;
  }
  reportWrongType(value, "true or false", checker, name);
  return undefined;
}

/** Whether there is a time; null is none. */
export function decodeTime(value: Value, checker: Checker, name: Step): boolean {
  if (isNull(value)) return false;
  const text = decodeString(value, checker, name);
  if (text !== undefined && !isPointInTime(text)) checker.report("time-invalid", { text }, value.offset, name);
  return text !== undefined;
}

/** null is the empty list. */
export function decodeList(value: Value, checker: Checker, name: Step): readonly Value[] | undefined {
  if (value.kind === "sequence") return value.items;
  if (isNull(value)) return nothing;
  reportWrongType(value, "a list", checker, name);
  return undefined;
}

/** The fields of an object, each once; null is the empty object. Repeated ones are reported, and the last counts. */
export function decodeFields(value: Value, checker: Checker, name?: Step): readonly Entry[] | undefined {
  if (value.kind === "mapping") return withoutRepetitions(value, checker, name);
  if (isNull(value)) return nothing;
  reportWrongType(value, "an object", checker, name);
  return undefined;
}

export function isNull(value: Value): boolean {
  return value.kind === "scalar" && value.value === null;
}

export function reportUnknownField(entry: Entry, known: readonly string[], checker: Checker): void {
  // Looking for the word that was meant takes time, and nobody will read it.
  if (checker.isFull) return checker.report("unknown-field", { name: entry.key, fix: "" }, entry.keyOffset);
  const near = suggest(entry.key, known);
  const fix = near
    ? `write ${near}`
    : `use ${known.slice(0, -1).join(", ")}${known.length > 1 ? " or " : ""}${known.at(-1) ?? ""}, or remove it`;
  checker.report(
    "unknown-field",
    { name: entry.key, fix: known.length > 12 && !near ? "remove it" : fix },
    entry.keyOffset,
    entry.key,
  );
}

export function reportWrongType(value: Value, wanted: string, checker: Checker, name?: Step): void {
  const parameters = { wanted, found: describe(value), fix: fixOfType(value, wanted) };
  if (name === undefined) checker.report("wrong-type", parameters, value.offset);
  else checker.report("wrong-type", parameters, value.offset, name);
}

/** What a value is, for messages: `the boolean yes`, `a list`. */
export function describe(value: Value): string {
  if (value.kind === "sequence") return "a list";
  if (value.kind === "mapping") return "an object";
  switch (typeof value.value) {
    case "boolean":
      return `the boolean ${quotedNumber(value.text)}`;
    case "string":
      return `the string ${quote(value.text)}`;
    case "number":
    case "bigint":
      return `the number ${quotedNumber(value.text)}`;
    default:
      return "null";
  }
}

function fixOfType(value: Value, wanted: string): string {
  switch (wanted) {
    case "a string":
      if (value.kind === "scalar") return `write it in quotes: ${quote(value.text)}`;
      return value.kind === "sequence" ? "write one text instead of the list" : "write one text instead of the object";
    case "a port number or name":
      return value.kind === "scalar" && typeof value.value === "boolean"
        ? `write it in quotes: ${quote(value.text)}`
        : "write a number from 1 to 65535, or the name of a container port";
    case "a whole number":
      if (value.kind === "scalar" && typeof value.value === "string" && /^[0-9]+$/.test(value.value))
        return `write ${quotedNumber(value.value)} without quotes`;
      return "write a whole number";
    case "a list":
      return 'start each item with "- " on a line of its own, or write [...]';
    case "an object":
      return "write name: value lines below it, or {...}";
    default:
      return `write ${wanted}`;
  }
}

/** A number or word of YAML as written, shortened when long. */
function quotedNumber(text: string): string {
  return quote(text).slice(1, -1);
}

const nothing: readonly never[] = [];

function withoutRepetitions(mapping: Mapping, checker: Checker, name?: Step): readonly Entry[] {
  if (!repeats(mapping.entries)) return mapping.entries;
  const last = new Map<string, Entry>();
  for (const entry of mapping.entries) {
    const first = last.get(entry.key);
    if (first) {
      const parameters = { name: entry.key, line: checker.lineOf(first.keyOffset) };
      if (name === undefined) checker.report("duplicate-field", parameters, entry.keyOffset, entry.key);
      else checker.report("duplicate-field", parameters, entry.keyOffset, name, entry.key);
    }
    last.set(entry.key, entry);
  }
  return [...last.values()];
}

function repeats(entries: readonly Entry[]): boolean {
  if (entries.length > 8) return new Set(entries.map((entry) => entry.key)).size < entries.length;
  for (let i = 1; i < entries.length; i++) {
    const key = entries[i]!.key;
    for (let j = 0; j < i; j++) if (entries[j]!.key === key) return true;
  }
  return false;
}
