import type { EngineOptions, Machine, Node } from "./engines/engine.js";
import type { KubernetesObject } from "./model/objects.js";
import type { Tables } from "./netfilter/tables.js";
import type { PolicyPairs } from "./pairs/pair-group.js";
import type { Diagnostic } from "./text/diagnostic.js";
import type { Source } from "./text/source.js";

export interface CompileOptions extends EngineOptions {
  /** Namespace of objects without one; `default` otherwise. */
  readonly namespace?: string;
  /** Addresses for pods without a status: `10.240.0.0/16`. */
  readonly podCidr?: string;
}

/** What compiling found; `result` is there when no diagnostic is an error. */
export interface Compilation {
  readonly diagnostics: readonly Diagnostic[];
  readonly summary: readonly string[];
  readonly result?: CompileResult;
}

export interface CompileResult {
  readonly machine: Machine;
  readonly objects: readonly KubernetesObject[];
  readonly node: Node;
  readonly tables: Tables;
  readonly pairs: readonly PolicyPairs[];
}

/** Manifests in, a node out: parse, admit, complete, fold. */
export function compile(_sources: readonly Source[], _options: CompileOptions = {}): Compilation {
  throw new Error("not built yet");
}
