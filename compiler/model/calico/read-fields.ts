import type { Value } from "../../manifest/value.js";
import { quote } from "../../text/quote.js";
import type { Checker } from "../checker.js";
import { decodeFields, decodeList, decodeString, isNull, reportUnknownField, reportWrongType } from "../decode.js";
import type { Labels } from "../objects.js";
import { parseSelector } from "./parse-selector.js";

type Step = string | number;

/** What reads each field of an object. */
export type Readers = Readonly<Record<string, (value: Value) => void>>;

/** Reads the fields of the object under `name`; one that nothing reads is unknown. */
export function readFields(value: Value, name: Step, readers: Readers, checker: Checker): void {
  const entries = decodeFields(value, checker, name) ?? [];
  checker.enter(name);
  for (const entry of entries) {
    const read = Object.hasOwn(readers, entry.key) ? readers[entry.key] : undefined;
    if (read) read(entry.value);
    else reportUnknownField(entry, Object.keys(readers), checker);
  }
  checker.leave();
}

/** The items of the list under `name`, each read where it stands. */
export function readItems<T>(
  value: Value,
  name: string,
  read: (item: Value, index: number) => T,
  checker: Checker,
): readonly T[] {
  const items = decodeList(value, checker, name) ?? [];
  checker.enter(name);
  const found = items.map(read);
  checker.leave();
  return found;
}

export function readStrings(value: Value, name: string, checker: Checker): readonly string[] {
  return readItems(value, name, (item, index) => decodeString(item, checker, index) ?? "", checker);
}

/** The name of an object, "" for none. */
export function readName(value: Value, name: Step, checker: Checker): string {
  const text = decodeString(value, checker, name) ?? "";
  // Its length is nobody's concern. Source: Calico 87c15906f, libcalico-go/lib/validator/v3, validateName.
  if (text !== "" && !/^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$/.test(text)) {
    const fix = "use a-z, 0-9, - and ., a letter or digit first and last and around each dot";
    reportInvalid(value, `${quote(text)} is no name`, fix, checker, name);
  }
  return text;
}

/** A number, with fractions. */
export function readNumber(value: Value, name: string, checker: Checker): number | undefined {
  if (isNull(value)) return undefined;
  if (value.kind === "scalar" && typeof value.value === "number") return value.value;
  reportWrongType(value, "a number", checker, name);
  return undefined;
}

/** One of the words that are known; undefined is reported. */
export function readChoice<T extends string>(
  value: Value,
  name: Step,
  known: readonly T[],
  checker: Checker,
): T | undefined {
  const text = decodeString(value, checker, name);
  const found = known.find((each) => each === text);
  if (text !== undefined && found === undefined) {
    reportInvalid(value, `${quote(text)} is not known here`, `use ${known.join(", ")}`, checker, name);
  }
  return found;
}

/** The text of a selector, "" for none. `global()` is for namespaces alone, and alone. */
export function readSelectorText(value: Value, name: string, mayBeGlobal: boolean, checker: Checker): string {
  const text = decodeString(value, checker, name) ?? "";
  const parsed = parseSelector(text);
  if ("problem" in parsed) {
    const where = `${parsed.problem} at character ${parsed.at + 1} of ${quote(text)}`;
    reportInvalid(value, where, "write it as label == 'value' && has(label)", checker, name);
    return "";
  }
  if (/\bglobal\(\s*\)/.test(text) && !(mayBeGlobal && parsed.selector.kind === "global")) {
    const fix = mayBeGlobal ? "write global() alone" : "use it in the namespaceSelector of a rule";
    reportInvalid(value, "global() cannot stand here", fix, checker, name);
    return "";
  }
  return text;
}

/** Key → value, sorted by key. */
export function readStringMap(value: Value, name: string, checker: Checker): Labels {
  const entries = decodeFields(value, checker, name) ?? [];
  checker.enter(name);
  const pairs = entries.map((entry) => [entry.key, decodeString(entry.value, checker, entry.key) ?? ""] as const);
  checker.leave();
  return new Map(pairs.toSorted(([a], [b]) => (a < b ? -1 : 1)));
}

export function reportInvalid(
  value: { readonly offset: number },
  problem: string,
  fix: string,
  checker: Checker,
  ...steps: readonly Step[]
): void {
  checker.report("calico-invalid", { problem, fix }, value.offset, ...steps);
}
