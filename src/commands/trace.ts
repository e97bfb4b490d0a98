import { Option, type Command } from "commander";
import {
  answerTrace,
  diagnostic,
  formatTrace,
  legendOf,
  ofVersion,
  readBack,
  readQuestion,
  traceJson,
  withInterfaces,
  type TracedTables,
  type Verdict,
} from "../../compiler/index.js";
import { addEngineOptions, addInputOptions, type ClusterOptions } from "../cluster-options.js";
import { compileManifests, type Compiled } from "../compile-manifests.js";
import { exitCodes } from "../exit-code.js";
import { Failure } from "../failure.js";
import { readDump } from "../read-dump.js";
import { writeReport, type Report } from "../report.js";

const help = `
--from and --to take NAMESPACE/POD, a POD or workload of the namespace of -n, KIND/NAME of a workload, or an address.
--port takes 80, 80/tcp, 53/udp, the name of a port of the destination, or any; numbers are TCP unless they say otherwise.
With --ipv6 packets are of IPv6: those of pods go from and to their first addresses of it. Without it, they are of IPv4.
With --rules the packet walks through a node's own tables; -f beside it gives names to addresses, sets and rules.

Examples:
  anpm trace -f cluster.yaml --from development/frontend --to development/backend --port 80/tcp
  anpm trace -f policies/ -n shop --from Deployment/web --to api --port http
  anpm trace -f cluster.yaml --from 203.0.113.7 --to shop/web            what of all traffic passes
  anpm trace -f cluster.yaml --from shop/web --to shop/db --port 5432 --expect deny && echo closed
  anpm trace -f cluster.yaml --engine calico --ipv6 --from 2001:db8::7 --to shop/web --port 80
  anpm trace --rules node.iptables --sets node.ipset --from 10.240.0.7 --to 10.240.0.9 --port 80/tcp
`;

/** Adds the options and the action of `anpm trace`. */
export function define(command: Command): Command {
  addInputOptions(command, "objects and names")
    .requiredOption("--from <name>", "who sends: a pod, a workload, or an address")
    .requiredOption("--to <name>", "to whom: a pod, a workload, or an address")
    .option("--port <port>", "on what: 80, 53/udp, a port's name, or any", "any")
    .addOption(
      new Option("--state <state>", "what connection tracking says").choices(["new", "established"]).default("new"),
    )
    .addOption(new Option("--expect <verdict>", "exit with 1 when it is another").choices(["allow", "deny"]))
    .addOption(new Option("-o, --output <format>", "how to print it").choices(["text", "json"]).default("text"))
    .option("--rules <file>", "iptables-save of a node, walked instead of compiled rules")
    .option("--sets <file>", "ipset save of the same node");
  return addEngineOptions(command)
    .addHelpText("after", help)
    .action((_: unknown, self: Command) => traceCommand(self.optsWithGlobals<Options>()));
}

interface Options extends ClusterOptions {
  readonly from: string;
  readonly to: string;
  readonly port: string;
  readonly state: "new" | "established";
  readonly expect?: Verdict;
  readonly output: "text" | "json";
  readonly rules?: string;
  readonly sets?: string;
}

function traceCommand(options: Options): void {
  const { rules, sets, filename, expect, ipv6 } = options;
  if (sets !== undefined && rules === undefined) throw new Failure([diagnostic("sets-without-rules", {})]);
  const dump = rules === undefined ? undefined : readDump(rules, sets);
  const traced =
    dump && filename === undefined
      ? traceThrough(dump, options)
      : compileManifests({ ...options, otherNamespaces: "kept" }, "tracing", (compiled) =>
          traceThrough(tablesOf(compiled, dump, ipv6), options, compiled),
        );
  process.stdout.write(traced.text);
  writeReport(traced, options.diagnostics);
  if (expect !== undefined && expect !== traced.verdict) process.exitCode = exitCodes.findings;
}

function tablesOf({ result }: Compiled, dump: TracedTables | undefined, ipv6: true | undefined): TracedTables {
  const compiled = ofVersion(result.tables, ipv6 ? 6 : 4);
  return dump ? withInterfaces(dump, compiled) : readBack(compiled);
}

interface Traced extends Report {
  readonly text: string;
  readonly verdict: Verdict;
}

function traceThrough(tables: TracedTables, options: Options, compiled?: Compiled): Traced {
  const { ipv6 } = options;
  const legend = legendOf(compiled && ofVersion(compiled.result.tables, ipv6 ? 6 : 4));
  const written = { ...options, namespace: options.namespace ?? "default" };
  const { question, diagnostics: found } = readQuestion(written, tables, compiled?.result.objects, ipv6 ? 6 : 4);
  const diagnostics = [...(compiled?.diagnostics ?? []), ...found];
  if (!question) throw new Failure(diagnostics);
  const answer = answerTrace(question, tables, legend);
  const text =
    options.output === "json"
      ? `${JSON.stringify(traceJson(answer, tables, legend), null, 2)}\n`
      : formatTrace(answer, tables, legend);
  return { text, verdict: answer.verdict, diagnostics, summary: compiled?.summary ?? [] };
}
