import { Option, type Command } from "commander";
import {
  compile,
  diagnostic,
  isError,
  outputs,
  type CompileOptions,
  type CompileResult,
  type Output,
} from "../../compiler/index.js";
import { collect } from "../collect.js";
import { existingTables } from "../existing-tables.js";
import { Failure } from "../failure.js";
import { outputsAskedFor } from "../outputs-asked-for.js";
import { startProgress } from "../progress.js";
import { readSources } from "../read-sources.js";
import { writeReport, type DiagnosticsFormat } from "../report.js";
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
  anpm compile -f cluster.yaml --npm v1.5.50 --iptables legacy --out-dir out
  kubectl get ns,pods,netpol -A -o json | anpm compile -f - -o json
`;

/** Adds the options and the action of `anpm compile`. */
export function define(command: Command): Command {
  return command
    .option(
      "-f, --filename <path>",
      "file, folder (its .yaml, .yml, .json), or - for standard input; repeatable",
      collect,
    )
    .option("-n, --namespace <name>", "namespace of objects without one (default: default)")
    .option("-o, --output <names>", "what to print (default: iptables-save); a,b with --out-dir", collect)
    .option("--out-dir <folder>", "write every output, or those of -o, to files of this folder: all or nothing")
    .option("--npm <version>", "generation or NPM image tag, like v2-fnv or v1.5.50 (default: v2)")
    .addOption(new Option("--iptables <flavour>", "packet filter below iptables").choices(["nft", "legacy"]))
    .addOption(new Option("--place-first", "the jump to NPM is the first rule").conflicts("placeAfterKubeServices"))
    .option("--place-after-kube-services", "the jump to NPM stands after the one to KUBE-SERVICES")
    .option("--existing <file>", "iptables-save of the node before NPM (default: an empty table)")
    .option("--lite", "NPM Lite: policies with CIDR blocks only")
    .option("--kubernetes <version>", "emulated Kubernetes, like 1.29 (default: that of the generation's time)")
    .option("--pod-cidr <cidr>", "addresses for pods that have no status (default: 10.240.0.0/16)")
    .option("--resolve", "with -o pairs: list the addresses too")
    .addHelpText("after", help)
    .action((_: unknown, self: Command) => compileCommand(self.optsWithGlobals<Options>()));
}

interface Options {
  readonly filename?: readonly string[];
  readonly namespace?: string;
  readonly output?: readonly string[];
  readonly outDir?: string;
  readonly npm?: string;
  readonly iptables?: "nft" | "legacy";
  readonly placeFirst?: true;
  readonly placeAfterKubeServices?: true;
  readonly existing?: string;
  readonly lite?: true;
  readonly kubernetes?: string;
  readonly podCidr?: string;
  readonly resolve?: true;
  readonly diagnostics: DiagnosticsFormat;
}

function compileCommand(options: Options): void {
  const paths = options.filename ?? [];
  const asked = outputsAskedFor(options.output ?? [], options.outDir !== undefined);
  const mistakes = [...asked.mistakes, ...(paths.length === 0 ? [diagnostic("nothing-to-read", {})] : [])];
  if (mistakes.length > 0) throw new Failure(mistakes);

  const read = readSources(paths);
  const size = read.sources.reduce((sum, source) => sum + source.text.length, 0);
  const stopProgress = startProgress("compiling", size);
  const compilation = compile(read.sources, compileOptionsOf(options));
  const diagnostics = [...read.diagnostics, ...compilation.diagnostics];
  if (!compilation.result || diagnostics.some(isError)) {
    stopProgress();
    throw new Failure(diagnostics);
  }
  const printed = print(compilation.result, asked.outputs, options.resolve === true);
  stopProgress();
  if (options.outDir === undefined) process.stdout.write(printed.map(({ text }) => text).join(""));
  else writeFolder(options.outDir, printed);
  writeReport({ diagnostics, summary: compilation.summary }, options.diagnostics);
}

function print(result: CompileResult, asked: readonly Output[], resolve: boolean) {
  return asked.map((output) => ({
    name: output.fileName,
    text: output.print(result, { resolve }),
    executable: output.fileName.endsWith(".sh"),
  }));
}

function compileOptionsOf(options: Options): CompileOptions {
  return {
    ...given("namespace", options.namespace),
    ...given("podCidr", options.podCidr),
    ...given("generation", options.npm),
    ...given("flavour", options.iptables),
    ...given("placement", placementOf(options)),
    ...given("lite", options.lite),
    ...given("kubernetes", options.kubernetes),
    ...given("existing", options.existing === undefined ? undefined : existingTables(options.existing)),
  };
}

function placementOf(options: Options): CompileOptions["placement"] {
  if (options.placeFirst) return "first";
  return options.placeAfterKubeServices ? "after-kube-services" : undefined;
}

/** `{ key: value }`, or nothing when the user did not say. */
function given<K extends keyof CompileOptions>(
  key: K,
  value: CompileOptions[K] | undefined,
): { [P in K]?: CompileOptions[K] } {
  return value === undefined ? {} : ({ [key]: value } as { [P in K]?: CompileOptions[K] });
}
