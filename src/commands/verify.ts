import { Option, type Command } from "commander";
import {
  azureNpm,
  diagnostic,
  formatVerification,
  suggest,
  unexplained,
  verificationJson,
  verify,
  type Diagnostic,
} from "../../compiler/index.js";
import { addEngineOptions, addInputOptions, type ClusterOptions } from "../cluster-options.js";
import { collect } from "../collect.js";
import { compileManifests } from "../compile-manifests.js";
import { exitCodes } from "../exit-code.js";
import { writeReport } from "../report.js";

const codes = [...azureNpm.deviations.map(({ code }) => code), unexplained];

const help = `
Every packet that a node forwards to or from a pod is judged by the Kubernetes specification and walked through the printed rules.
Each cause of a difference is one finding. Exit code 0: there is none, 1: there are some.

Codes:
${azureNpm.deviations.map(({ code, title }) => `  ${code}\n      ${title}`).join("\n")}
  ${unexplained}
      None of these explains it: a fault of anpm

Examples:
  anpm verify -f cluster.yaml                                  do the rules do what the policies say?
  anpm verify -f cluster.yaml --npm v1.4.9                     would those of an older NPM have done it?
  anpm verify -f cluster.yaml --allow npm-ipv6-unfiltered      accept one deviation, as a gate in CI
  anpm verify -f cluster.yaml -o json
`;

/** Adds the options and the action of `anpm verify`. */
export function define(command: Command): Command {
  addInputOptions(command)
    .addOption(new Option("-o, --output <format>", "how to print it").choices(["text", "json"]).default("text"))
    .option("--allow <code>", "accept the findings of this code; repeatable", collect);
  return addEngineOptions(command)
    .addHelpText("after", help)
    .action((_: unknown, self: Command) => verifyCommand(self.optsWithGlobals<Options>()));
}

interface Options extends ClusterOptions {
  readonly output: "text" | "json";
  readonly allow?: readonly string[];
}

function verifyCommand(options: Options): void {
  const accepted = options.allow ?? [];
  const { compiled, verification } = compileManifests(
    options,
    "verifying",
    (found) => ({ compiled: found, verification: verify(found.result, { accepted }) }),
    accepted.flatMap(unknownCode),
  );
  const { engine, generation, release } = compiled.result.machine;
  process.stdout.write(
    options.output === "json"
      ? `${JSON.stringify(verificationJson(verification), null, 2)}\n`
      : formatVerification(verification, `the rules of ${engine} ${generation} (${release})`),
  );
  writeReport(compiled, options.diagnostics);
  if (!verification.agrees) process.exitCode = exitCodes.findings;
}

function unknownCode(code: string): Diagnostic[] {
  if (codes.includes(code)) return [];
  return [diagnostic("deviation-unknown", { code, suggestion: suggest(code, codes) ?? "" })];
}
