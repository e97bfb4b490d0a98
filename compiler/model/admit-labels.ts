import type { Value } from "../manifest/value.js";
import type { Checker } from "./checker.js";
import { decodeFields, decodeString } from "./decode.js";
import { labelValueMistakes, qualifiedNameMistakes } from "./name-rules.js";
import type { Labels } from "./objects.js";

/** Labels or matchLabels, checked; by key in byte order. Mistakes are said of the map, as the API server does. */
export function readLabels(value: Value, checker: Checker, name: string): Labels {
  const entries = decodeFields(value, checker, name);
  if (!entries || entries.length === 0) return none;
  const labels = new Map<string, string>();
  let sorted = true;
  let last = "";
  for (const entry of entries) {
    const { key } = entry;
    const keyMistakes = qualifiedNameMistakes(key);
    if (keyMistakes.length > 0)
      checker.report("label-key-invalid", { value: key, mistakes: keyMistakes }, entry.keyOffset, name);
    const text = decodeString(entry.value, checker, name);
    if (text === undefined) continue;
    const valueMistakes = labelValueMistakes(text);
    if (valueMistakes.length > 0)
      checker.report("label-value-invalid", { value: text, mistakes: valueMistakes }, entry.value.offset, name);
    if (key < last) sorted = false;
    last = key;
    labels.set(key, text);
  }
  return sorted ? labels : new Map([...labels].sort(([left], [right]) => (left < right ? -1 : 1)));
}

const none: Labels = new Map();
