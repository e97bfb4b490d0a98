import { parseDocuments } from "../../compiler/manifest/parse-documents.js";
import type { Value } from "../../compiler/manifest/value.js";
import { formatLocation } from "../../compiler/text/source.js";

/** The documents of a text as plain values; a mapping becomes an object without a prototype, of repeated keys the last counts. */
export function read(text: string): unknown[] {
  return parseDocuments({ name: "x.yaml", text }).documents.map((document) => plain(document.value));
}

export function plain(value: Value): unknown {
  if (value.kind === "scalar") return value.value;
  if (value.kind === "sequence") return value.items.map(plain);
  const object = Object.create(null) as Record<string, unknown>;
  for (const entry of value.entries) object[entry.key] = plain(entry.value);
  return object;
}

/** The diagnostics of a text, one a line: `2:5 yaml-tab`. */
export function problems(text: string): string[] {
  return parseDocuments({ name: "x.yaml", text }).diagnostics.map((found) => {
    const place = found.location ? formatLocation(found.location).replace("x.yaml:", "") : "nowhere";
    return `${place} ${found.code}`;
  });
}

/** Every place of a document, in reading order: `line:column what`. */
export function places(text: string): string[] {
  const source = { name: "x.yaml", text };
  const at = (offset: number) => formatLocation({ source, offset }).replace("x.yaml:", "");
  const walk = (value: Value): string[] => {
    if (value.kind === "scalar") return [`${at(value.offset)} ${String(value.value)}`];
    if (value.kind === "sequence") return [`${at(value.offset)} []`, ...value.items.flatMap(walk)];
    return [
      `${at(value.offset)} {}`,
      ...value.entries.flatMap((entry) => [`${at(entry.keyOffset)} ${entry.key}:`, ...walk(entry.value)]),
    ];
  };
  return parseDocuments(source).documents.flatMap((document) => walk(document.value));
}
