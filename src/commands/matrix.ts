import { Option, type Command } from "commander";
import {
  diagnostic,
  legendOf,
  machineName,
  matrixFormats,
  ofVersion,
  printMatrix,
  readBack,
  viewMatrix,
  withInterfaces,
  type MatrixFormat,
  type MatrixGround,
  type TracedTables,
} from "../../compiler/index.js";
import { addEngineOptions, addInputOptions, type ClusterOptions } from "../cluster-options.js";
import { compileManifests, type Compiled } from "../compile-manifests.js";
import { Failure } from "../failure.js";
import { readDump } from "../read-dump.js";
import { writeReport } from "../report.js";
import { writePieces } from "../write-pieces.js";

const help = `
Formats:
  table      for people: rows send, columns receive
  json       by classes of pods that are alike, for programs
  csv        a line for each pair and protocol: source,destination,protocol,ports
  markdown   a table for a page or a pull request
  dot        a graph for Graphviz
  svg        a heat map whose cells explain themselves
  html       the same as a page that needs nothing else

With --ipv6 packets are of IPv6, and pods those with addresses of it.

Examples:
  anpm matrix -f cluster.yaml                                   who reaches whom on what
  anpm matrix -f cluster.yaml --by spec                         what the policies ask for, whatever NPM makes of it
  anpm matrix -f cluster.yaml --focus shop/db --only allowed    who reaches the database, and whom it reaches
  anpm matrix -f cluster.yaml --external 203.0.113.7 -o csv     with an address outside
  anpm matrix -f cluster.yaml -o html > matrix.html
  anpm matrix -f cluster.yaml --engine calico --ipv6 --external 2001:db8::7
  anpm matrix -f cluster.yaml --rules node.iptables --sets node.ipset
  anpm matrix --rules node.iptables --sets node.ipset           the addresses in its sets, without manifests
`;

/** Adds the options and the action of `anpm matrix`. */
export function define(command: Command): Command {
  addInputOptions(command)
    .addOption(new Option("-o, --output <format>", "how to print it").choices(matrixFormats).default("table"))
    .addOption(new Option("--by <judge>", "who says so: NPM's rules or Kubernetes").choices(["rules", "spec"]))
    .option("--focus <name>", "only pairs of which one is NAMESPACE/POD")
    .addOption(new Option("--only <verdict>", "only what is allowed, or denied").choices(["allowed", "denied"]))
    .option("--external <address...>", "addresses outside the cluster, each a row and a column")
    .option("--rules <file>", "iptables-save of a node, instead of compiled rules")
    .option("--sets <file>", "ipset save of the same node");
  return addEngineOptions(command)
    .addHelpText("after", help)
    .action((_: unknown, self: Command) => matrixCommand(self.optsWithGlobals<Options>()));
}

interface Options extends ClusterOptions {
  readonly output: MatrixFormat;
  readonly by?: "rules" | "spec";
  readonly focus?: string;
  readonly only?: "allowed" | "denied";
  readonly external?: readonly string[];
  readonly rules?: string;
  readonly sets?: string;
}

async function matrixCommand(options: Options): Promise<void> {
  const { rules, sets, by, ipv6 } = options;
  const version = ipv6 ? 6 : 4;
  if (sets !== undefined && rules === undefined) throw new Failure([diagnostic("sets-without-rules", {})]);
  if (rules !== undefined && by === "spec") {
    throw new Failure([diagnostic("conflicting-options", { option: "--rules", other: "--by spec" })]);
  }
  const dump = rules === undefined ? undefined : readDump(rules, sets);
  if (dump && options.filename === undefined) {
    const { view, diagnostics } = viewMatrix(
      { version, rules: { tables: dump, legend: legendOf(), name: nodeRules } },
      options,
    );
    if (!view) throw new Failure(diagnostics);
    await writePieces(printMatrix(view, options.output));
    return writeReport({ diagnostics, summary: [] }, options.diagnostics);
  }
  const { compiled, first, pieces } = compileManifests(options, "comparing all pods of", (found) => {
    const { view, diagnostics } = viewMatrix({ version, ...groundOf(found, dump, options) }, options);
    if (!view) throw new Failure([...found.diagnostics, ...diagnostics]);
    const all = printMatrix(view, options.output);
    return { compiled: found, first: all.next().value ?? "", pieces: all };
  });
  await writePieces([first]);
  await writePieces(pieces);
  writeReport(compiled, options.diagnostics);
}

function groundOf({ result }: Compiled, dump: TracedTables | undefined, { by, ipv6 }: Options): MatrixGround {
  const { objects, specification, machine } = result;
  const asked = specification && { specification };
  if (by === "spec") return { objects, ...asked };
  const compiled = ofVersion(result.tables, ipv6 ? 6 : 4);
  const tables = dump ? withInterfaces(dump, compiled) : readBack(compiled);
  const name = dump ? nodeRules : `the rules of ${machineName(machine)}`;
  // Which addresses stand for those of pods is the specification's to say.
  return {
    objects,
    ...((specification?.translations.length ?? 0) > 0 && asked),
    rules: { tables, legend: legendOf(compiled), name },
  };
}

const nodeRules = "the rules of the node";
