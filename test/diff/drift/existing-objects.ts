import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { parseDocuments } from "../../../compiler/manifest/parse-documents.js";
import type { Value } from "../../../compiler/manifest/value.js";

/** A file of a vector's folder; empty when it is not there. */
export function read(folder: string, name: string): string {
  return existsSync(join(folder, name)) ? readFileSync(join(folder, name), "utf8") : "";
}

/**
 * The manifests, or the objects that remain after the steps, each where it was last applied. Whether a namespace takes what lies in it
 * along is up to whoever made the steps.
 */
export function existingObjects(folder: string, emptiesNamespaces = false): string {
  if (!existsSync(join(folder, "steps"))) return read(folder, "manifests.yaml");
  const objects = new Map<string, string>();
  for (const file of readdirSync(join(folder, "steps")).sort()) {
    const text = read(folder, join("steps", file));
    if (file.includes("reconcile")) continue;
    for (const document of text.split(/^---$/m)) {
      const value = parseDocuments({ name: file, text: document }).documents[0]?.value;
      if (!value) continue;
      const key = ["kind", "namespace", "name"].map((name) => textOf(value, name)).join("/");
      objects.delete(key);
      if (file.includes("apply")) objects.set(key, document);
      else if (emptiesNamespaces && key.startsWith("Namespace/")) {
        const name = textOf(value, "name");
        for (const each of objects.keys()) if (each.split("/")[1] === name) objects.delete(each);
      }
    }
  }
  return [...objects.values()].join("---\n");
}

function textOf(document: Value, key: string): string {
  const holder = key === "kind" ? document : field(document, "metadata");
  const value = field(holder, key);
  return value?.kind === "scalar" ? value.text : "";
}

function field(value: Value | undefined, key: string): Value | undefined {
  return value?.kind === "mapping" ? value.entries.find((entry) => entry.key === key)?.value : undefined;
}
