import type { Value } from "../manifest/value.js";
import type { Checker } from "./checker.js";
import { decodeFields, decodeString } from "./decode.js";
import type { Annotation, Annotations } from "./objects.js";
import { byteLength, qualifiedNameMistakes } from "./name-rules.js";

/** Keys and values together, in UTF-8. */
const maxBytes = 256 * 1024;

/** What shows in rules: of Calico's CNI plugin, and of those that limit or mark what a pod sends and gets. */
const kept = /^(cni\.projectcalico\.org\/(podIPs?|floatingIPs|allowedSourcePrefixes)|qos\.projectcalico\.org\/\w+)$/;

/** Those whose empty text is a mistake; of the others it means that nothing is asked for. */
const readEmpty: ReadonlySet<string> = new Set(["cni.projectcalico.org/floatingIPs"]);

/** Checks annotations; of them is kept what shows in rules. */
export function readAnnotations(value: Value, checker: Checker): Annotations {
  const entries = decodeFields(value, checker, "annotations");
  if (!entries) return noAnnotations;
  let bytes = 0;
  const found = new Map<string, Annotation>();
  for (const { key, keyOffset, value: annotation } of entries) {
    const mistakes = qualifiedNameMistakes(key.toLowerCase());
    if (mistakes.length > 0)
      checker.report("annotation-key-invalid", { value: key, mistakes }, keyOffset, "annotations");
    const text = decodeString(annotation, checker, "annotations") ?? "";
    bytes += byteLength(key) + byteLength(text);
    if (kept.test(key) && (text !== "" || readEmpty.has(key))) found.set(key, { text, offset: annotation.offset });
  }
  if (bytes > maxBytes)
    checker.report("annotations-too-large", { bytes, limit: maxBytes }, value.offset, "annotations");
  return found;
}

export const noAnnotations: Annotations = new Map();

/** Where Calico's CNI plugin notes a pod's addresses, with commas between; the first that is there counts. */
const addressKeys = ["cni.projectcalico.org/podIPs", "cni.projectcalico.org/podIP"];

/** A pod's addresses as annotations have them, unchecked. */
export function notedAddresses(annotations: Annotations): readonly string[] {
  const noted = addressKeys.map((key) => annotations.get(key)).find((each) => each !== undefined);
  return noted === undefined ? [] : noted.text.split(",");
}

/** What annotations ask for, besides addresses; undefined for nothing. */
export function askedFor(annotations: Annotations): Annotations | undefined {
  const asked = [...annotations].filter(([key]) => !addressKeys.includes(key));
  return asked.length === 0 ? undefined : new Map(asked);
}
