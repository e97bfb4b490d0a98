import { Option, type Command } from "commander";
import { convert, converter, diagnostic, printObjects } from "../../compiler/index.js";
import { addInputOptions } from "../cluster-options.js";
import { Failure } from "../failure.js";
import { readSources } from "../read-sources.js";
import { writeReport, type DiagnosticsFormat } from "../report.js";

const help = `
Each NetworkPolicy of Kubernetes becomes the one of projectcalico.org/v3 that Calico makes of it, as calicoctl shows it. Up to v3.31 its name
there begins with knp.default., under which calicoctl lists it and lets nobody create one; since v3.32 it is the policy's own. Several policies
are printed as one list; objects of other kinds are counted and skipped.

Examples:
  anpm convert -f policies/                        as a list, in YAML
  anpm convert -f policy.yaml --calico v3.24.6     as that release shows it
  anpm convert -f policies/ -o json > calico.json && anpm validate -f calico.json
`;

/** Adds the options and the action of `anpm convert`. */
export function define(command: Command): Command {
  const { name, description } = converter.versionOption;
  return addInputOptions(command)
    .option(`--${name} <version>`, description)
    .addOption(new Option("-o, --output <format>", "how to print them").choices(["yaml", "json"]).default("yaml"))
    .addHelpText("after", help)
    .action((_: unknown, self: Command) => convertCommand(self.optsWithGlobals<Options>()));
}

interface Options extends Readonly<Record<string, unknown>> {
  readonly filename?: readonly string[];
  readonly namespace?: string;
  readonly output: "yaml" | "json";
  readonly diagnostics: DiagnosticsFormat;
}

function convertCommand({ filename = [], namespace, output, diagnostics: format, ...others }: Options): void {
  if (filename.length === 0) throw new Failure([diagnostic("nothing-to-read", {})]);
  const generation = others[converter.versionOption.name] as string | undefined;
  const read = readSources(filename);
  const found = convert(read.sources, {
    ...(namespace !== undefined && { namespace }),
    ...(generation !== undefined && { generation }),
  });
  const diagnostics = [...read.diagnostics, ...found.diagnostics];
  if (!found.objects || read.diagnostics.length > 0) throw new Failure(diagnostics);
  process.stdout.write(printObjects(found.objects, output));
  writeReport({ diagnostics, summary: found.summary }, format);
}
