import type { Value } from "../manifest/value.js";
import type { Checker } from "./checker.js";
import { decodeFields, decodeString } from "./decode.js";
import { byteLength, qualifiedNameMistakes } from "./name-rules.js";

/** Keys and values together, in UTF-8. */
const maxBytes = 256 * 1024;

/** Checks annotations; nothing of them is kept. */
export function readAnnotations(value: Value, checker: Checker): void {
  const entries = decodeFields(value, checker, "annotations");
  if (!entries) return;
  let bytes = 0;
  for (const { key, keyOffset, value: annotation } of entries) {
    const mistakes = qualifiedNameMistakes(key.toLowerCase());
    if (mistakes.length > 0)
      checker.report("annotation-key-invalid", { value: key, mistakes }, keyOffset, "annotations");
    bytes += byteLength(key) + byteLength(decodeString(annotation, checker, "annotations") ?? "");
  }
  if (bytes > maxBytes)
    checker.report("annotations-too-large", { bytes, limit: maxBytes }, value.offset, "annotations");
}
