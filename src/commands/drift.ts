import { Option, type Command } from "commander";
import {
  diagnostic,
  drift,
  driftJson,
  engineOf,
  flavourOfDump,
  formatDrift,
  isError,
  nodeStateOf,
  parseIpsetSave,
  parseIptablesSave,
  repairScript,
  type Diagnostic,
  type DriftReport,
  type TableName,
} from "../../compiler/index.js";
import { addInputOptions, addRuleOptions, compileOptionsOf, type ClusterOptions } from "../cluster-options.js";
import { collect } from "../collect.js";
import { exitCodes } from "../exit-code.js";
import { Failure } from "../failure.js";
import { readLiveNode, type LiveNode } from "../live-node.js";
import { startProgress } from "../progress.js";
import { readDumpFile } from "../read-dump.js";
import { readSources } from "../read-sources.js";
import { writeReport } from "../report.js";

const help = `
The node's own dumps are compared with the rules and sets that the manifests give on it; other people's rules count for nothing. Generation
and flavour of iptables are those that fit the dumps, unless --npm and --iptables say them. With --rules twice, for both flavours, the
second is what should be empty. Where an engine has rules in several tables, a dump of all of them is wanted (iptables-save without -t). What the release leaves to chance or history, and what it has not cleaned up yet, is a note.
With --ipv6 it is the rules and sets of IPv6 that are compared, and the dumps are what ip6tables-save prints.

-o repair prints a script that mends just what drifted; notes stay as they are. Exit code 0: no drift, 1: drift.

Examples:
  anpm drift -f cluster.yaml --rules node.rules --sets node.sets
  anpm drift -f cluster.yaml --rules node.rules --sets node.sets -o json
  anpm drift -f cluster.yaml --rules node.rules --sets node.sets -o repair > repair.sh
  anpm drift -f cluster.yaml --live                            on the node itself, as root
  anpm drift -f cluster.yaml --live --engine calico --node node-0
  anpm drift -f cluster.yaml --live --engine calico --node node-0 --ipv6
`;

/** Adds the options and the action of `anpm drift`. */
export function define(command: Command): Command {
  addInputOptions(command)
    .option("--rules <file>", "iptables-save of the node; once more for its other flavour of iptables", collect)
    .option("--sets <file>", "ipset save of the same node")
    .addOption(new Option("--live", "read them from this machine, as root").conflicts(["rules", "sets"]))
    .addOption(
      new Option("-o, --output <format>", "how to print it").choices(["text", "json", "repair"]).default("text"),
    );
  return addRuleOptions(command)
    .addHelpText("after", help)
    .action((_: unknown, self: Command) => driftCommand(self.optsWithGlobals<Options>()));
}

interface Options extends ClusterOptions {
  readonly rules?: readonly string[];
  readonly sets?: string;
  readonly live?: true;
  readonly output: "text" | "json" | "repair";
}

async function driftCommand(options: Options): Promise<void> {
  const { rules = [], sets, live, filename: paths = [] } = options;
  const mistakes: Diagnostic[] = [
    ...(paths.length === 0 ? [diagnostic("nothing-to-read", {})] : []),
    ...(!live && (rules.length === 0 || sets === undefined) ? [diagnostic("node-not-given", {})] : []),
    ...([...rules, sets, ...paths].filter((path) => path === "-").length > 1 ? [diagnostic("stdin-twice", {})] : []),
  ];
  if (mistakes.length > 0) throw new Failure(mistakes);
  const compileOptions = compileOptionsOf(options);
  const { machine } = engineOf(options.engine).engine?.configure(compileOptions) ?? {};
  const { ownership } = machine ?? {};
  // An engine that nobody knows is told of when the manifests are compiled for it.
  const tables = ownership?.tables ?? ["filter"];
  const { dumps, sets: parsed } = live
    ? await readLiveNode(tables, options.ipv6 ? 6 : 4)
    : readDumps(rules, sets!, tables);
  const node = nodeStateOf(dumps, parsed, ownership?.chainPrefix ?? "", options.iptables);

  const read = readSources(paths);
  const stopProgress = startProgress(
    "comparing",
    read.sources.reduce((sum, { text }) => sum + text.length, 0),
  );
  try {
    const { report, diagnostics: found, summary } = drift(read.sources, node, compileOptions);
    const diagnostics = [...read.diagnostics, ...found];
    if (!report || diagnostics.some(isError)) throw new Failure(diagnostics);
    process.stdout.write(textOf(report, options.output));
    writeReport({ diagnostics, summary }, options.diagnostics);
    if (report.drifted) process.exitCode = exitCodes.findings;
  } finally {
    stopProgress();
  }
}

function readDumps(rules: readonly string[], sets: string, tables: readonly TableName[]): LiveNode {
  const dumps = rules.map((path) =>
    readDumpFile(path, "iptables-save", (text) => {
      const flavour = flavourOfDump(text);
      return { ...parseIptablesSave(text, tables), ...(flavour && { flavour }) };
    }),
  );
  return { dumps, sets: readDumpFile(sets, "ipset save", parseIpsetSave) };
}

function textOf(report: DriftReport, output: Options["output"]): string {
  if (output === "text") return formatDrift(report);
  if (output === "json") return `${JSON.stringify(driftJson(report), null, 2)}\n`;
  const repair = repairScript(report);
  if ("problem" in repair) throw new Failure([repair.problem]);
  return repair.script;
}
