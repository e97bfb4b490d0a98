import type { Command } from "commander";
import { diagnostic, isError, validate } from "../../compiler/index.js";
import { addInputOptions } from "../cluster-options.js";
import { Failure } from "../failure.js";
import { readSources } from "../read-sources.js";
import { writeReport, type DiagnosticsFormat } from "../report.js";

const help = `
Objects are checked as a server checks them when they are created: those of Kubernetes as its API server does, those of Calico
(projectcalico.org/v3, and crd.projectcalico.org/v1 as its datastore keeps them) as calicoctl does. Every mistake is reported, with
its place and what to write instead. Exit code 0: there is none, 2: there are some.

Examples:
  anpm validate -f calico/                        all mistakes at once
  anpm validate -f policy.yaml --diagnostics json
`;

/** Adds the options and the action of `anpm validate`. */
export function define(command: Command): Command {
  return addInputOptions(command)
    .addHelpText("after", help)
    .action((_: unknown, self: Command) => validateCommand(self.optsWithGlobals<Options>()));
}

interface Options {
  readonly filename?: readonly string[];
  readonly namespace?: string;
  readonly diagnostics: DiagnosticsFormat;
}

function validateCommand({ filename = [], namespace, diagnostics: format }: Options): void {
  if (filename.length === 0) throw new Failure([diagnostic("nothing-to-read", {})]);
  const read = readSources(filename);
  const found = validate(read.sources, namespace === undefined ? {} : { namespace });
  const diagnostics = [...read.diagnostics, ...found.diagnostics];
  if (diagnostics.some(isError)) throw new Failure(diagnostics);
  writeReport({ diagnostics, summary: found.summary }, format);
}
