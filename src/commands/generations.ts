import { Option, type Command } from "commander";
import { azureNpm, formatGeneration, formatGenerations, isError, type GenerationInfo } from "../../compiler/index.js";
import { Failure } from "../failure.js";
import { writeReport, type DiagnosticsFormat } from "../report.js";

const help = `
Examples:
  anpm generations                       which there are, and which image tags they stand for
  anpm generations v1-2019               one of them, with the names of its quirks
  anpm generations v1.0.22 --quirks      what the generation of an image tag does that nobody would expect
  anpm generations -o json               all of it, for programs
`;

/** Adds the argument, the options and the action of `anpm generations`. */
export function define(command: Command): Command {
  return command
    .argument("[version]", "generation or NPM image tag")
    .option("--quirks", "explain what each does that the Kubernetes specification does not")
    .addOption(new Option("-o, --output <format>", "how to print it").choices(["text", "json"]).default("text"))
    .addHelpText("after", help)
    .action((version: string | undefined, _: unknown, self: Command) =>
      generationsCommand(version, self.optsWithGlobals<Options>()),
    );
}

interface Options {
  readonly quirks?: true;
  readonly output: "text" | "json";
  readonly diagnostics: DiagnosticsFormat;
}

function generationsCommand(version: string | undefined, options: Options): void {
  const infos = (version === undefined ? azureNpm.generations : [version]).map(describe);
  process.stdout.write(print(infos, version !== undefined, options));
  writeReport({ diagnostics: [], summary: [] }, options.diagnostics);
}

function describe(version: string): GenerationInfo {
  const { info, diagnostics } = azureNpm.describe(version);
  if (!info || diagnostics.some(isError)) throw new Failure(diagnostics);
  return info;
}

function print(infos: readonly GenerationInfo[], isOne: boolean, { quirks, output }: Options): string {
  if (output === "json") return `${JSON.stringify({ generations: infos }, null, 2)}\n`;
  if (!isOne && !quirks) return formatGenerations(infos);
  return infos.map((info) => formatGeneration(info, quirks === true)).join("\n");
}
