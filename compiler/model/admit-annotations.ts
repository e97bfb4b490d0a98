import type { Value } from "../manifest/value.js";
import type { Checker } from "./checker.js";
import { decodeFields, decodeString } from "./decode.js";
import { byteLength, qualifiedNameMistakes } from "./name-rules.js";

/** Keys and values together, in UTF-8. */
const maxBytes = 256 * 1024;

/** Where Calico's CNI plugin notes a pod's addresses, with commas between; the first that says something counts. */
const addressKeys = ["cni.projectcalico.org/podIPs", "cni.projectcalico.org/podIP"];

/** Checks annotations; nothing of them is kept but a pod's addresses, as they are written. */
export function readAnnotations(value: Value, checker: Checker): readonly string[] {
  const entries = decodeFields(value, checker, "annotations");
  if (!entries) return [];
  let bytes = 0;
  const noted = new Map<string, string>();
  for (const { key, keyOffset, value: annotation } of entries) {
    const mistakes = qualifiedNameMistakes(key.toLowerCase());
    if (mistakes.length > 0)
      checker.report("annotation-key-invalid", { value: key, mistakes }, keyOffset, "annotations");
    const text = decodeString(annotation, checker, "annotations") ?? "";
    bytes += byteLength(key) + byteLength(text);
    if (addressKeys.includes(key)) noted.set(key, text);
  }
  if (bytes > maxBytes)
    checker.report("annotations-too-large", { bytes, limit: maxBytes }, value.offset, "annotations");
  const text = addressKeys.map((key) => noted.get(key) ?? "").find((each) => each !== "");
  return text === undefined ? [] : text.split(",");
}
