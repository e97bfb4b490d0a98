import { Option, type Command } from "commander";
import {
  engineOf,
  formatGeneration,
  formatGenerations,
  isError,
  type Engine,
  type GenerationInfo,
} from "../../compiler/index.js";
import { addEngineOption } from "../cluster-options.js";
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
  return addEngineOption(command)
    .argument("[version]", "generation or image tag")
    .option("--quirks", "explain what each does that the Kubernetes specification does not")
    .addOption(new Option("-o, --output <format>", "how to print it").choices(["text", "json"]).default("text"))
    .addHelpText("after", help)
    .action((version: string | undefined, _: unknown, self: Command) =>
      generationsCommand(version, self.optsWithGlobals<Options>()),
    );
}

interface Options {
  readonly engine?: string;
  readonly quirks?: true;
  readonly output: "text" | "json";
  readonly diagnostics: DiagnosticsFormat;
}

function generationsCommand(version: string | undefined, options: Options): void {
  const { engine, diagnostics } = engineOf(options.engine);
  if (!engine) throw new Failure(diagnostics);
  const infos = (version === undefined ? engine.generations : [version]).map((each) => describe(engine, each));
  process.stdout.write(print(infos, version !== undefined, options));
  writeReport({ diagnostics: [], summary: [] }, options.diagnostics);
}

function describe(engine: Engine, version: string): GenerationInfo {
  const { info, diagnostics } = engine.describe(version);
  if (!info || diagnostics.some(isError)) throw new Failure(diagnostics);
  return info;
}

function print(infos: readonly GenerationInfo[], isOne: boolean, { quirks, output }: Options): string {
  if (output === "json") return `${JSON.stringify({ generations: infos }, null, 2)}\n`;
  if (!isOne && !quirks) return formatGenerations(infos);
  return infos.map((info) => formatGeneration(info, quirks === true)).join("\n");
}
