import type { Command } from "commander";
import {
  diagnostic,
  isError,
  outputs,
  replay,
  type CompileResult,
  type Diagnostic,
  type Output,
  type OutputOptions,
  type ReplayResult,
} from "../../compiler/index.js";
import { addEngineOptions, compileOptionsOf, type ClusterOptions } from "../cluster-options.js";
import { collect } from "../collect.js";
import { Failure } from "../failure.js";
import { addLogOptions, logOptionsOf, type LogOptions } from "../log-options.js";
import { outputFiles } from "../output-files.js";
import { outputsAskedFor, outputsOf } from "../outputs-asked-for.js";
import { stepsAskedFor, stepsOfFolder, type AskedStep, type NumberedStep, type StepsRead } from "../read-steps.js";
import { startProgress } from "../progress.js";
import { writeReport } from "../report.js";
import { writeFolder, type OutputFile } from "../write-folder.js";

const help = `
Steps are the files of a folder in the order of their names: NN-apply*, NN-delete* and NN-reconcile* (NPM's periodic task,
whose file may be empty), or what --apply, --delete and --reconcile say, in the order written. Apply creates or replaces
whole objects, delete needs their kind, namespace and name only.

Outputs are those of anpm compile, after each step; restore and log show what was done in it.

Examples:
  anpm replay steps/                                       the rules after each step
  anpm replay steps/ -o log                                and what NPM logs meanwhile
  anpm replay steps/ -o log --log classic                  rules and sets added and deleted, a line each
  anpm replay steps/ --npm v1-2019 --out-dir out           tables in out/01, out/02 …, all commands in out/restore
  anpm replay --apply cluster.yaml --apply policy.yaml --delete policy.yaml --reconcile -o ipset-save
`;

/** Adds the argument, the options and the action of `anpm replay`. */
export function define(command: Command): Command {
  const asked: AskedStep[] = [];
  command
    .argument("[folder]", "folder of steps")
    .option("--apply <path>", "apply a file, a folder, or - for standard input; repeatable")
    .option("--delete <path>", "delete what it names; repeatable")
    .option("--reconcile", "run NPM's periodic task; repeatable")
    .option("-n, --namespace <name>", "namespace of objects without one (default: default)")
    .option("-o, --output <names>", "what to print (default: iptables-save); a,b with --out-dir", collect)
    .option("--out-dir <folder>", "write tables after each step, and all commands and the log: all or nothing")
    .on("option:apply", (path: string) => asked.push({ action: "apply", path }))
    .on("option:delete", (path: string) => asked.push({ action: "delete", path }))
    .on("option:reconcile", () => asked.push({ action: "reconcile" }));
  return addLogOptions(addEngineOptions(command))
    .option("--resolve", "with -o pairs: list the addresses too")
    .addHelpText("after", help)
    .action((folder: string | undefined, _: unknown, self: Command) =>
      replayCommand(folder, asked, self.optsWithGlobals<Options>()),
    );
}

interface Options extends ClusterOptions, LogOptions {
  readonly output?: readonly string[];
  readonly outDir?: string;
  readonly resolve?: true;
}

function replayCommand(folder: string | undefined, asked: readonly AskedStep[], options: Options): void {
  const toFolder = options.outDir !== undefined;
  const named = outputsAskedFor(options.output ?? [], toFolder);
  const wanted = toFolder && options.output === undefined ? outputs.filter(isKeptByDefault) : named.outputs;
  const { log, voice, mistakes } = logOptionsOf(options);
  const wrong = [...named.mistakes, ...mistakes, ...mistakesOf(folder, asked)];
  if (wrong.length > 0) throw new Failure(wrong);

  const read = folder === undefined ? stepsAskedFor(asked) : stepsOfFolder(folder);
  if (toFolder) refuseEqualNumbers(read.steps);
  const { result, report } = replayed(read, options);
  const texts: OutputOptions = { resolve: options.resolve === true, log, voice };
  const possible = outputsOf(wanted, options.output !== undefined, result.machine, texts);
  const warnings = possible.flatMap((output) => output.warnings?.(result.whole, texts) ?? []);
  if (options.outDir === undefined) process.stdout.write(printSteps(result, possible[0]!, texts));
  else writeFolder(options.outDir, filesOf(result, read.steps, possible, texts));
  writeReport({ ...report, diagnostics: [...report.diagnostics, ...warnings] }, options.diagnostics);
}

/** The tables, and the whole run's commands and log. */
function isKeptByDefault({ name, isHistory }: Output): boolean {
  return isHistory === true || name === "iptables-save" || name === "ipset-save";
}

function mistakesOf(folder: string | undefined, asked: readonly AskedStep[]): readonly Diagnostic[] {
  if (folder === undefined) return asked.length === 0 ? [diagnostic("nothing-to-replay", {})] : [];
  const [first] = asked;
  return first ? [diagnostic("conflicting-options", { option: folder, other: `--${first.action}` })] : [];
}

function refuseEqualNumbers(steps: readonly NumberedStep[]): void {
  const mistakes = steps.flatMap(({ number, name }, index) => {
    const earlier = steps.slice(0, index).find((step) => step.number === number);
    return earlier ? [diagnostic("step-number-twice", { number, first: earlier.name, second: name })] : [];
  });
  if (mistakes.length > 0) throw new Failure(mistakes);
}

function replayed(read: StepsRead, options: Options) {
  const size = read.steps.flatMap(({ sources }) => sources).reduce((sum, { text }) => sum + text.length, 0);
  const stopProgress = startProgress("replaying", size);
  try {
    const { result, summary, ...replayed } = replay(read.steps, compileOptionsOf(options));
    const diagnostics = [...read.diagnostics, ...replayed.diagnostics];
    if (!result || diagnostics.some(isError)) throw new Failure(diagnostics);
    return { result, report: { diagnostics, summary } };
  } finally {
    stopProgress();
  }
}

function printSteps({ steps }: ReplayResult, output: Output, options: OutputOptions): string {
  return steps.map((step) => `==> ${step.name} <==\n${output.print(step, options)}`).join("");
}

function filesOf(
  { steps, whole }: ReplayResult,
  numbered: readonly NumberedStep[],
  wanted: readonly Output[],
  options: OutputOptions,
): readonly OutputFile[] {
  const files = (folder: string, output: Output, result: CompileResult): readonly OutputFile[] =>
    outputFiles(output, result, options).map((file) => ({ ...file, name: folder + file.name }));
  return [
    ...steps.flatMap((step, index) =>
      wanted
        .filter((output) => !output.isHistory)
        .flatMap((output) => files(`${numbered[index]!.number}/`, output, step)),
    ),
    ...wanted.filter((output) => output.isHistory).flatMap((output) => files("", output, whole)),
  ];
}
