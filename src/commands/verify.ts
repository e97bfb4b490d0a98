import { Option, type Command } from "commander";
import {
  diagnostic,
  engines,
  formatVerification,
  machineName,
  probeLimits,
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

const deviations = engines.flatMap((engine) => engine.deviations);
const codes = [...deviations.map(({ code }) => code), unexplained];

const help = `
Every packet that a node forwards to or from a pod is judged by the Kubernetes specification and walked through the printed rules.
Each cause of a difference is one finding. Exit code 0: there is none, 1: there are some.

--kernel makes network namespaces, up to ${probeLimits.inside} for pods and one for up to ${probeLimits.outside} addresses outside, each class of them represented,
and a router between them with the rules. Up to ${probeLimits.probes} packets go through it, on the ends of all port ranges in play and just
outside: TCP connections, UDP datagrams, SCTP INIT and ICMP echo. A packet that the kernel takes otherwise than the rules were
read is a finding. This machine's own packet filter is not touched.

Codes:
${deviations.map(({ code, title }) => `  ${code}\n      ${title}`).join("\n")}
  ${unexplained}
      None of these explains it: a fault of anpm

Examples:
  anpm verify -f cluster.yaml                                  do the rules do what the policies say?
  anpm verify -f cluster.yaml --npm v1.4.9                     would those of an older NPM have done it?
  anpm verify -f cluster.yaml --allow npm-ipv6-unfiltered      accept one deviation, as a gate in CI
  anpm verify -f cluster.yaml -o json
  anpm verify -f cluster.yaml --kernel                         send real packets through the rules too (as root)
`;

/** Adds the options and the action of `anpm verify`. */
export function define(command: Command): Command {
  addInputOptions(command)
    .addOption(new Option("-o, --output <format>", "how to print it").choices(["text", "json"]).default("text"))
    .option("--allow <code>", "accept the findings of this code; repeatable", collect)
    .option("--kernel", "send real packets through the rules, in network namespaces (needs root)");
  return addEngineOptions(command)
    .addHelpText("after", help)
    .action((_: unknown, self: Command) => verifyCommand(self.optsWithGlobals<Options>()));
}

interface Options extends ClusterOptions {
  readonly output: "text" | "json";
  readonly allow?: readonly string[];
  readonly kernel?: true;
}

async function verifyCommand(options: Options): Promise<void> {
  const accepted = options.allow ?? [];
  const { compiled, verification } = compileManifests(
    options,
    "verifying",
    (found) => ({ compiled: found, verification: verify(found.result, { accepted }) }),
    accepted.flatMap(unknownCode),
  );
  const inKernel =
    options.kernel && (await (await import("../kernel/verify-in-kernel.js")).verifyInKernel(compiled.result));
  const agrees = verification.agrees && (inKernel?.agrees ?? true);
  process.stdout.write(
    options.output === "json"
      ? `${JSON.stringify({ ...verificationJson(verification), agrees, ...(inKernel && { kernel: inKernel.json }) }, null, 2)}\n`
      : formatVerification(verification, `the rules of ${machineName(compiled.result.machine)}`) +
          (inKernel?.text ?? ""),
  );
  writeReport(compiled, options.diagnostics);
  if (!agrees) process.exitCode = exitCodes.findings;
}

function unknownCode(code: string): Diagnostic[] {
  if (codes.includes(code)) return [];
  return [diagnostic("deviation-unknown", { code, suggestion: suggest(code, codes) ?? "" })];
}
