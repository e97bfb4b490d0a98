import { Option, type Command } from "commander";
import { diagnostic, engineOf, engines, type CompileOptions, type Engine } from "../compiler/index.js";
import { collect } from "./collect.js";
import { Failure } from "./failure.js";
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
  readonly node?: string;
  readonly interfacePrefix?: string;
  readonly interface?: readonly string[];
  readonly hostInterface?: readonly string[];
  readonly felix?: readonly string[];
  readonly ipv6?: true;
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

/** What is said about the engine, the node before it, and what the manifests leave open. */
export function addEngineOptions(command: Command): Command {
  return addRuleOptions(command).option(
    "--existing <file>",
    "iptables-save of the node before NPM or Calico (default: empty tables)",
  );
}

/** The same where the node itself is known. */
export function addRuleOptions(command: Command): Command {
  return addVersionOptions(command)
    .addOption(new Option("--iptables <flavour>", "packet filter below iptables").choices(["nft", "legacy"]))
    .addOption(new Option("--place-first", "the jump to NPM is the first rule").conflicts("placeAfterKubeServices"))
    .option("--place-after-kube-services", "the jump to NPM stands after the one to KUBE-SERVICES")
    .option("--lite", "NPM Lite: policies with CIDR blocks only")
    .option("--kubernetes <version>", "emulated Kubernetes, like 1.29 (default: that of the generation's time)")
    .option("--pod-cidr <cidr>", "addresses for pods that have no status (default: 10.240.0.0/16)")
    .option("--node <name>", "Calico: the node, whose pods have this spec.nodeName (default: the only one there is)")
    .option("--interface-prefix <list>", "Calico: how the names of pods' interfaces begin (default: azv)")
    .option("--interface <pod=name>", "Calico: interface of a pod, as namespace/pod=name; repeatable", collect)
    .option(
      "--host-interface <name=address>",
      "Calico: interface of the node (default: eth0=10.224.0.62/16); repeatable",
      collect,
    )
    .option("--felix <name=value>", "Calico: a setting, such as DefaultEndpointToHostAction=DROP; repeatable", collect)
    .option("--ipv6", "Calico: rules and sets for IPv6, too; off on AKS");
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
  const asked = engineOf(options.engine).engine;
  const versions = options as unknown as Readonly<Record<string, string | undefined>>;
  const versionOf = ({ versionOption }: Engine): string | undefined => versions[versionOption.name];
  const stray = engines.find((engine) => asked && engine !== asked && versionOf(engine) !== undefined);
  if (asked && stray) {
    const options = `--${asked.versionOption.name}`;
    const option = `--${stray.versionOption.name}`;
    throw new Failure([diagnostic("option-of-another-engine", { option, engine: asked.title, options })]);
  }
  return { ...given("engine", options.engine), ...given("generation", asked && versionOf(asked)) };
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
    ...given("node", options.node),
    ...given("interfacePrefix", options.interfacePrefix),
    ...given("interfaces", options.interface),
    ...given("hostInterfaces", options.hostInterface),
    ...given("felix", options.felix),
    ...given("ipv6", options.ipv6),
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
