import { admitSources } from "./admit-sources.js";
import { engines } from "./engines/engines.js";
import { resourceKinds } from "./model/kinds.js";
import { summarize } from "./model/summary.js";
import { sortDiagnostics, type Diagnostic } from "./text/diagnostic.js";
import type { Source } from "./text/source.js";

export interface Validation {
  /** By file, line and column; errors and what a server would warn of. */
  readonly diagnostics: readonly Diagnostic[];
  /** What was read, a line each. */
  readonly summary: readonly string[];
}

/** Whether manifests are such as a server takes, those of kinds that only some engines watch too. Nothing is compiled. */
export function validate(sources: readonly Source[], options: { readonly namespace?: string } = {}): Validation {
  const admission = admitSources(sources, { ...options, watched: new Set(resourceKinds.values()) });
  const ofEngines = engines.flatMap(({ mistakes }) => mistakes?.([...admission.resources, ...admission.flawed]) ?? []);
  return {
    diagnostics: sortDiagnostics([...admission.diagnostics, ...ofEngines]),
    summary: summarize(admission),
  };
}
