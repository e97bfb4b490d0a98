import { noTables, type CompileOptions, type CompileResult } from "./compile.js";
import type { Effect, Event, Machine, Node } from "./engines/engine.js";
import { configure, refusedObjects } from "./engines/engines.js";
import { skippedLine } from "./model/summary.js";
import { ReplayEvents, type ReplayStep } from "./replay-events.js";
import { isError, sortDiagnostics, type Diagnostic } from "./text/diagnostic.js";

/** What replaying found; `result` is there when no diagnostic is an error. */
export interface Replay {
  /** By file, line and column. */
  readonly diagnostics: readonly Diagnostic[];
  /** What happened, a line each. */
  readonly summary: readonly string[];
  readonly result?: ReplayResult;
}

export interface ReplayResult {
  readonly machine: Machine;
  /** The node after each step. What the engine did at its start belongs to the first. */
  readonly steps: readonly ReplayedStep[];
  /** The whole run: the node as the last step left it, with everything the engine did. */
  readonly whole: CompileResult;
}

/** What can be printed after a step, as after compiling; its effects are those of the step. */
export interface ReplayedStep extends CompileResult {
  readonly name: string;
}

/**
 * Steps in, the node after each of them out: manifests that are applied or deleted one after another, and runs of the engine's
 * periodic task. Invents no objects.
 *
 * @example
 * const { result } = replay([{ name: "01-apply.yaml", action: "apply", sources: [{ name: "01-apply.yaml", text }] }]);
 * for (const step of result?.steps ?? []) console.log(step.name, printIptablesSave(step.tables));
 */
export function replay(steps: readonly ReplayStep[], options: CompileOptions = {}): Replay {
  const { machine, diagnostics: problems } = configure(options);
  const reader = new ReplayEvents({
    ...options,
    kubernetesMinor: machine?.kubernetesMinor ?? 0,
    watched: machine?.watched ?? new Set(),
  });
  const read = steps.map((step) => ({
    name: step.name,
    events: reader.of(step),
    objects: reader.objects,
    resources: reader.resources,
  }));
  const applied = read.flatMap(({ events }) => events.flatMap((event) => (event.kind === "apply" ? event.object : [])));
  const refused = machine ? refusedObjects(machine, reader.skipped, applied) : [];
  const found = [...problems, ...reader.diagnostics, ...refused];
  const summary = [summaryOf(steps, read), ...(reader.skipped.size > 0 ? [skippedLine(reader.skipped)] : [])];
  if (!machine || found.some(isError)) return { diagnostics: sortDiagnostics(found), summary };

  let { node, effects } = machine.start();
  const all: Effect[] = [];
  const history = [options.existing ?? noTables];
  const settled = machine.settle && onceAsked(() => settledEffects(machine, read));
  const replayed = read.map(({ name, events, objects, resources }, index): ReplayedStep => {
    const done = [...effects];
    effects = [];
    node = carryOut(events, machine, node, done);
    const earlier = all.length;
    for (const effect of done) all.push(effect);
    const tables = node.tables();
    history.push(tables);
    return {
      name,
      machine,
      objects,
      resources,
      node,
      tables,
      pairs: node.pairs(),
      warnings: node.diagnostics,
      earlierEffects: () => settled?.().slice(0, index).flat() ?? all.slice(0, earlier),
      effects: () => settled?.()[index] ?? done,
      history: [...history],
      earlierTables: history.length - 1,
    };
  });
  const diagnostics = sortDiagnostics([...found, ...node.diagnostics]);
  const whole: CompileResult = {
    machine,
    objects: reader.objects,
    resources: reader.resources,
    node,
    tables: node.tables(),
    pairs: node.pairs(),
    warnings: diagnostics,
    earlierEffects: () => [],
    history: history.length > 1 ? history : [...history, node.tables()],
    earlierTables: 1,
    effects: () => settled?.().flat() ?? [...all, ...effects],
  };
  return { diagnostics, summary, result: { machine, steps: replayed, whole } };
}

/** What an engine that waits for more did in each step. It is worked out for those who ask, by replaying once more. */
function settledEffects(machine: Machine, steps: readonly { readonly events: readonly Event[] }[]): Effect[][] {
  let { node, effects } = machine.start();
  return steps.map(({ events }) => {
    const done = [...effects];
    effects = [];
    node = carryOut(events, machine, node, done);
    for (const effect of machine.settle?.(node) ?? []) done.push(effect);
    return done;
  });
}

/** The node after events; what the engine did is added to `done`. */
function carryOut(events: readonly Event[], machine: Machine, node: Node, done: Effect[]): Node {
  for (const event of events) {
    const step = machine.step(node, event);
    node = step.node;
    for (const effect of step.effects) done.push(effect);
  }
  return node;
}

function onceAsked<T>(make: () => T): () => T {
  let made: { readonly value: T } | undefined;
  return () => (made ??= { value: make() }).value;
}

/** `3 steps: 9 objects applied, 1 deleted, the periodic task run once` */
function summaryOf(steps: readonly ReplayStep[], read: readonly { events: readonly { kind: string }[] }[]): string {
  const count = (kind: string) =>
    read.reduce((sum, { events }) => sum + events.filter((e) => e.kind === kind).length, 0);
  const told = [
    `${plural(count("apply"), "object")} applied`,
    ...(count("delete") > 0 ? [`${count("delete")} deleted`] : []),
    ...(count("reconcile") > 0 ? [`periodic task run ${plural(count("reconcile"), "time")}`] : []),
  ];
  return `${plural(steps.length, "step")}: ${told.join(", ")}`;
}

function plural(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? "" : "s"}`;
}
