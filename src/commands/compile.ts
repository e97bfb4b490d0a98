import type { Command } from "commander";
import { outputs, type CompileResult, type Output, type OutputOptions } from "../../compiler/index.js";
import { addEngineOptions, addInputOptions, type ClusterOptions } from "../cluster-options.js";
import { collect } from "../collect.js";
import { compileManifests } from "../compile-manifests.js";
import { addLogOptions, logOptionsOf, type LogOptions } from "../log-options.js";
import { outputFile, outputFiles } from "../output-files.js";
import { outputsAskedFor, outputsOf } from "../outputs-asked-for.js";
import { writeReport } from "../report.js";
import { writeFolder } from "../write-folder.js";

const help = `
Outputs:
${outputs.map((output) => `  ${output.name.padEnd(14)} ${output.description}`).join("\n")}

Examples:
  anpm compile -f policies/                            the rules, as iptables-save prints them
  anpm compile -f cluster.yaml -o ipset-save           the sets that they match
  anpm compile -f cluster.yaml -o script > apply.sh    a script that brings a node to this state
  anpm compile -f cluster.yaml -o undo > undo.sh       and one that takes it back
  anpm compile -f cluster.yaml -o pairs --resolve      who may talk to whom, with addresses
  anpm compile -f cluster.yaml -o log --log classic    rules and sets added and deleted, a line each
  anpm compile -f cluster.yaml --npm v1.5.50 --iptables legacy --out-dir out
  kubectl get ns,pods,netpol -A -o json | anpm compile -f - -o json
`;

/** Adds the options and the action of `anpm compile`. */
export function define(command: Command): Command {
  addInputOptions(command)
    .option("-o, --output <names>", "what to print (default: iptables-save); a,b with --out-dir", collect)
    .option("--out-dir <folder>", "write every output, or those of -o, to files of this folder: all or nothing");
  return addLogOptions(addEngineOptions(command))
    .option("--resolve", "with -o pairs: list the addresses too")
    .addHelpText("after", help)
    .action((_: unknown, self: Command) => compileCommand(self.optsWithGlobals<Options>()));
}

interface Options extends ClusterOptions, LogOptions {
  readonly output?: readonly string[];
  readonly outDir?: string;
  readonly resolve?: true;
}

function compileCommand(options: Options): void {
  const asked = outputsAskedFor(options.output ?? [], options.outDir !== undefined);
  const { log, voice, mistakes } = logOptionsOf(options);
  const texts: OutputOptions = { resolve: options.resolve === true, log, voice };
  const made = compileManifests(
    options,
    "compiling",
    ({ result, diagnostics, summary }) => {
      const wanted = outputsOf(asked.outputs, options.output !== undefined, result.machine, texts);
      const warnings = wanted.flatMap((output) => output.warnings?.(result, texts) ?? []);
      return {
        report: { diagnostics: [...diagnostics, ...warnings], summary },
        printed: print(result, wanted, texts, options.outDir !== undefined),
      };
    },
    [...asked.mistakes, ...mistakes],
  );
  if (options.outDir === undefined) process.stdout.write(made.printed.map(({ text }) => text).join(""));
  else writeFolder(options.outDir, made.printed);
  writeReport(made.report, options.diagnostics);
}

function print(result: CompileResult, asked: readonly Output[], options: OutputOptions, toFolder: boolean) {
  return asked.flatMap((output) =>
    toFolder ? outputFiles(output, result, options) : outputFile(output, result, options),
  );
}
