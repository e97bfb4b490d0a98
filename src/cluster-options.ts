import { Option, type Command } from "commander";
import { engineOf, engines, type CompileOptions } from "../compiler/index.js";
import { collect } from "./collect.js";
import { existingTables } from "./existing-tables.js";
import type { DiagnosticsFormat } from "./report.js";

/** What commands that compile manifests are told on the command line, in the same words for all of them. */
export interface ClusterOptions {
  readonly filename?: readonly string[];
  readonly namespace?: string;
  readonly engine?: string;
  readonly iptables?: "nft" | "legacy";
  readonly placeFirst?: true;
  readonly placeAfterKubeServices?: true;
  readonly existing?: string;
  readonly lite?: true;
  readonly kubernetes?: string;
  readonly podCidr?: string;
  /** No option: said by commands that look names up in the namespace of `-n`, for which other namespaces are as good. */
  readonly otherNamespaces?: "kept";
  readonly diagnostics: DiagnosticsFormat;
}

/** `-f` and `-n`, the first ones in a help text. `what` may lie in the namespace of `-n`. */
export function addInputOptions(command: Command, what: "objects" | "objects and names" = "objects"): Command {
  return command
    .option(
      "-f, --filename <path>",
      "file, folder (its .yaml, .yml, .json), or - for standard input; repeatable",
      collect,
    )
    .option("-n, --namespace <name>", `namespace of ${what} without one (default: default)`);
}

/** What is said about the engine, and about what the manifests leave open. */
export function addEngineOptions(command: Command): Command {
  return addVersionOptions(command)
    .addOption(new Option("--iptables <flavour>", "packet filter below iptables").choices(["nft", "legacy"]))
    .addOption(new Option("--place-first", "the jump to NPM is the first rule").conflicts("placeAfterKubeServices"))
    .option("--place-after-kube-services", "the jump to NPM stands after the one to KUBE-SERVICES")
    .option("--existing <file>", "iptables-save of the node before NPM (default: an empty table)")
    .option("--lite", "NPM Lite: policies with CIDR blocks only")
    .option("--kubernetes <version>", "emulated Kubernetes, like 1.29 (default: that of the generation's time)")
    .option("--pod-cidr <cidr>", "addresses for pods that have no status (default: 10.240.0.0/16)");
}

/** `--engine` alone. */
export function addEngineOption(command: Command): Command {
  const [usual, ...others] = engines.map(({ id }) => id);
  const known = [`${usual} (default)`, ...others].join(", ");
  return command.option("--engine <name>", `program that makes the rules: ${known}`);
}

/** `--engine`, and of each engine the option that names its generation. */
function addVersionOptions(command: Command): Command {
  addEngineOption(command);
  for (const { versionOption } of engines) {
    command.option(`--${versionOption.name} <version>`, versionOption.description);
  }
  return command;
}

/** What the options say about the engine and its generation. */
function engineAskedFor(options: ClusterOptions): Pick<CompileOptions, "engine" | "generation"> {
  const name = engineOf(options.engine).engine?.versionOption.name;
  const generation = name === undefined ? undefined : (options as unknown as Readonly<Record<string, string>>)[name];
  return { ...given("engine", options.engine), ...given("generation", generation) };
}

/** The same for the compiler; reads the file of `--existing`. */
export function compileOptionsOf(options: ClusterOptions): CompileOptions {
  return {
    ...given("namespace", options.namespace),
    ...given("otherNamespaces", options.otherNamespaces),
    ...given("podCidr", options.podCidr),
    ...engineAskedFor(options),
    ...given("flavour", options.iptables),
    ...given("placement", placementOf(options)),
    ...given("lite", options.lite),
    ...given("kubernetes", options.kubernetes),
    ...given("existing", options.existing === undefined ? undefined : existingTables(options.existing)),
  };
}

function placementOf(options: ClusterOptions): CompileOptions["placement"] {
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
