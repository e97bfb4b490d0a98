import { readdirSync } from "node:fs";
import { basename, join } from "node:path";
import { diagnostic, type Diagnostic, type ReplayStep } from "../compiler/index.js";
import { Failure } from "./failure.js";
import { readSources } from "./read-sources.js";

/** A step with the number of its folder under `--out-dir`. */
export interface NumberedStep extends ReplayStep {
  /** `01` of `01-apply-pods.yaml`; else counted. */
  readonly number: string;
}

export interface StepsRead {
  readonly steps: readonly NumberedStep[];
  /** Warnings. */
  readonly diagnostics: readonly Diagnostic[];
}

/** A step asked for on the command line; without a path the periodic task. */
export interface AskedStep {
  readonly action: ReplayStep["action"];
  readonly path?: string;
}

/** The steps of a folder, in the order of their names: `NN-apply*`, `NN-delete*`, `NN-reconcile*`. Throws a Failure. */
export function stepsOfFolder(path: string): StepsRead {
  const found = namesIn(path).flatMap((name) => {
    const [, number, action] = /^(\d+)-(apply|delete|reconcile)/.exec(name) ?? [];
    return number === undefined
      ? []
      : [{ name, number, action: action as ReplayStep["action"], path: join(path, name) }];
  });
  if (found.length === 0) throw new Failure([diagnostic("folder-without-steps", { path })]);
  const { steps, diagnostics } = readSteps(found);
  return { steps, diagnostics: [...outOfOrder(found), ...diagnostics] };
}

/** A name with a smaller number behind one with a greater. */
function outOfOrder(found: readonly { readonly name: string; readonly number: string }[]): readonly Diagnostic[] {
  const index = found.findIndex(({ number }, at) => at > 0 && Number(number) < Number(found[at - 1]!.number));
  if (index < 0) return [];
  return [diagnostic("steps-out-of-order", { first: found[index - 1]!.name, second: found[index]!.name })];
}

/** The steps of the command line, in written order. Throws a Failure. */
export function stepsAskedFor(asked: readonly AskedStep[]): StepsRead {
  if (asked.filter(({ path }) => path === "-").length > 1) throw new Failure([diagnostic("stdin-twice", {})]);
  return readSteps(
    asked.map(({ action, path = "" }, index) => ({
      name: action === "reconcile" ? action : `${action} ${path === "-" ? "<stdin>" : basename(path)}`,
      number: `${index + 1}`.padStart(2, "0"),
      action,
      path,
    })),
  );
}

function readSteps(found: readonly (Omit<NumberedStep, "sources"> & { readonly path: string })[]): StepsRead {
  const mistakes: Diagnostic[] = [];
  const diagnostics: Diagnostic[] = [];
  const steps = found.map(({ path, ...step }): NumberedStep => {
    if (step.action === "reconcile") return { ...step, sources: [] };
    try {
      const read = readSources([path]);
      diagnostics.push(...read.diagnostics);
      return { ...step, sources: read.sources };
    } catch (error) {
      if (!(error instanceof Failure)) throw error;
      for (const mistake of error.diagnostics) mistakes.push(mistake);
      return { ...step, sources: [] };
    }
  });
  if (mistakes.length > 0) throw new Failure([...mistakes, ...diagnostics]);
  return { steps, diagnostics };
}

/** Names of the steps in a folder; other files than manifests are none of them, hidden ones neither. */
function namesIn(path: string): readonly string[] {
  let names: readonly string[];
  try {
    names = readdirSync(path).toSorted();
  } catch (error) {
    throw new Failure([unreadable(path, error as NodeJS.ErrnoException)]);
  }
  const wrong = names.filter((name) => /^[^.].*\.(yaml|yml|json)$/.test(name) && !stepName.test(name));
  if (wrong.length > 0)
    throw new Failure(wrong.map((name) => diagnostic("step-name-unknown", { path: join(path, name) })));
  return names;
}

const stepName = /^\d+-(apply|delete|reconcile)/;

function unreadable(path: string, { code, message }: NodeJS.ErrnoException): Diagnostic {
  if (code === "ENOENT") return diagnostic("file-not-found", { path });
  if (code === "ENOTDIR") return diagnostic("steps-in-a-file", { path });
  return diagnostic("file-unreadable", { path, reason: message });
}
