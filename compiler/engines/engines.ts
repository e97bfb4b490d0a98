import { diagnostic, type Diagnostic } from "../text/diagnostic.js";
import { suggest } from "../text/suggest.js";
import { azureNpm } from "./azure-npm/azure-npm.js";
import type { Configured, Engine, EngineOptions } from "./engine.js";

/** Every engine there is, the default first. */
export const engines: readonly Engine[] = [azureNpm];

/** The engine of an id, the default one of none. Without an engine there is a diagnostic. */
export function engineOf(id: string | undefined): {
  readonly engine?: Engine;
  readonly diagnostics: readonly Diagnostic[];
} {
  const engine = id === undefined ? engines[0] : engines.find((each) => each.id === id);
  if (engine) return { engine, diagnostics: [] };
  const known = engines.map((each) => each.id);
  const parameters = { text: id!, known: known.join(", "), suggestion: suggest(id!, known) ?? "" };
  return { diagnostics: [diagnostic("unknown-engine", parameters)] };
}

/** The machine of the engine that the options name. */
export function configure(options: EngineOptions): Configured {
  const { engine, diagnostics } = engineOf(options.engine);
  return engine?.configure(options) ?? { diagnostics };
}
