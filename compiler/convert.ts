import { dump } from "js-yaml";
import { admitSources } from "./admit-sources.js";
import { engines } from "./engines/engines.js";
import { countRead } from "./model/summary.js";
import { diagnostic, isError, sortDiagnostics, type Diagnostic } from "./text/diagnostic.js";
import type { Source } from "./text/source.js";

export interface Conversion {
  /** By file, line and column. */
  readonly diagnostics: readonly Diagnostic[];
  /** What was read, a line each. */
  readonly summary: readonly string[];
  /** Ready for JSON; there when no diagnostic is an error. */
  readonly objects?: readonly object[];
}

export interface ConvertOptions {
  /** Namespace of objects without one; `default` otherwise. */
  readonly namespace?: string;
  /** Generation id or release of the engine whose objects are wanted; its newest otherwise. */
  readonly generation?: string;
}

/** The engine that has policies of its own. */
export const converter = engines.find((engine) => engine.ownForm !== undefined)!;

/** The policies of Kubernetes among manifests, as objects of the engine that has its own. */
export function convert(sources: readonly Source[], { generation, ...options }: ConvertOptions = {}): Conversion {
  const admission = admitSources(sources, options);
  const policies = admission.objects.flatMap((object) => (object.kind === "NetworkPolicy" ? [object] : []));
  const { objects, diagnostics } = converter.ownForm!(policies, generation ?? converter.generations[0]!);
  const found = [...admission.diagnostics, ...diagnostics];
  if (policies.length === 0 && !found.some(isError)) found.push(diagnostic("nothing-to-convert", {}));
  const summary = countRead(admission);
  return { diagnostics: sortDiagnostics(found), summary, ...(!found.some(isError) && { objects }) };
}

/** Several as one list. YAML has keys by name, JSON in the order of the objects, and characters that HTML knows as Go escapes them. */
export function printObjects(objects: readonly object[], format: "yaml" | "json"): string {
  const whole = objects.length === 1 ? objects[0]! : { kind: "List", apiVersion: "v1", metadata: {}, items: objects };
  if (format === "yaml") return dump(whole, { sortKeys: true, seqNoIndent: true, lineWidth: -1, noRefs: true });
  const escaped = (character: string): string => `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`;
  return `${JSON.stringify(whole, null, 2).replace(/[&<>]/g, escaped)}\n`;
}
