import { admitSources, type Reader } from "./admit-sources.js";
import type { Effect, EngineOptions, Event, Machine, Node } from "./engines/engine.js";
import type { Specification } from "./engines/specification.js";
import { configure, engineOf, refusedObjects } from "./engines/engines.js";
import { fold } from "./engines/fold.js";
import { completeCluster } from "./model/complete-cluster.js";
import type { KubernetesObject } from "./model/objects.js";
import { readSource, type ReadOptions } from "./model/read-source.js";
import type { Resource } from "./model/resources.js";
import { summarize } from "./model/summary.js";
import { Uids } from "./model/uids.js";
import type { Tables } from "./netfilter/tables.js";
import type { AnyPairs } from "./pairs/any-pairs.js";
import { isError, sortDiagnostics, type Diagnostic } from "./text/diagnostic.js";
import type { Source } from "./text/source.js";

export interface CompileOptions extends EngineOptions, ReadOptions {
  /** Addresses for pods without a status; 10.240.0.0/16 otherwise. */
  readonly podCidr?: string;
}

/** What compiling found; `result` is there when no diagnostic is an error. */
export interface Compilation {
  /** By file, line and column. */
  readonly diagnostics: readonly Diagnostic[];
  /** What was read and what deserves a look, a line each. */
  readonly summary: readonly string[];
  readonly result?: CompileResult;
}

/** A node on which nothing is. */
export const noTables: Tables = { chains: [], sets: [] };

export interface CompileResult {
  readonly machine: Machine;
  /** Namespaces, pods, policies: the order of application. */
  readonly objects: readonly KubernetesObject[];
  /** What else the engine watches, in the order of the input. */
  readonly resources: readonly Resource[];
  readonly node: Node;
  readonly tables: Tables;
  readonly pairs: readonly AnyPairs[];
  /** What the rules should do, where NetworkPolicy does not say all of it. */
  readonly specification?: Specification;
  readonly warnings: readonly Diagnostic[];
  /** What the engine did, in order. Folds again when asked, so that nobody else pays for it. */
  effects(): readonly Effect[];
  /** What it had done before, where this is a step of many. */
  earlierEffects(): readonly Effect[];
  /** The tables before the engine came, and after each step, up to these. */
  readonly history: readonly Tables[];
  /** How many of them were there before this step, where it is one of many; 1 otherwise. */
  readonly earlierTables: number;
}

/**
 * Manifests in, a node out: read → admit → complete → fold.
 *
 * @example
 * const { result, diagnostics } = compile([{ name: "policy.yaml", text }], { generation: "v2" });
 * if (result) console.log(printIptablesSave(result.tables));
 */
export function compile(
  sources: readonly Source[],
  options: CompileOptions = {},
  read: Reader = readSource,
): Compilation {
  const { machine, diagnostics: problems } = configure(options);
  const admission = admitSources(sources, { ...options, ...(machine && { watched: machine.watched }) }, read);
  const found = [...problems, ...admission.diagnostics];
  if (machine) found.push(...refusedObjects(machine, admission.skipped, admission.objects));
  const summary = summarize(admission);
  if (!machine || found.some(isError)) {
    const { engine } = engineOf(options.engine);
    found.push(...(engine?.mistakes?.([...admission.resources, ...admission.flawed]) ?? []));
    return { diagnostics: sortDiagnostics(found), summary };
  }

  const { objects, diagnostics: gaps } = completeCluster(admission.objects, {
    kubernetesMinor: machine.kubernetesMinor,
    ...(options.podCidr !== undefined && { podCidr: options.podCidr }),
  });
  found.push(...gaps);
  if (gaps.some(isError)) return { diagnostics: sortDiagnostics(found), summary };

  const uids = new Uids();
  const events = [
    ...admission.resources.map((object): Event => ({ kind: "apply", object })),
    ...objects.map((object): Event => ({ kind: "apply", object: uids.store(object) })),
  ];
  const node = fold(machine, events);
  const diagnostics = sortDiagnostics([...found, ...node.diagnostics]);
  const tables = node.tables();
  const result: CompileResult = {
    machine,
    objects,
    resources: admission.resources,
    node,
    tables,
    get pairs() {
      return node.pairs();
    },
    ...(node.specification && { specification: node.specification }),
    warnings: diagnostics,
    earlierEffects: () => [],
    history: [options.existing ?? noTables, tables],
    earlierTables: 1,
    effects() {
      const effects: Effect[] = [];
      fold(machine, events, (step) => {
        for (const effect of step) effects.push(effect);
      });
      return effects;
    },
  };
  return { diagnostics, summary, result };
}
