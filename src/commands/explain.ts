import { resolve, sep } from "node:path";
import { styleText } from "node:util";
import { Argument, Option, type Command } from "commander";
import {
  diagnostic,
  explain,
  explanationJson,
  findPolicy,
  findRule,
  findSet,
  formatExplanation,
  formatWhy,
  markdownExplanation,
  ofVersion,
  readBack,
  readPlace,
  readQuestion,
  suggest,
  viewAll,
  viewPlace,
  viewPolicy,
  viewRule,
  viewSet,
  why,
  whyJson,
  type Diagnostic,
  type Explained,
  type Explanation,
  type ExplanationStyle,
  type View,
  type WhyAnswer,
  type WrittenPlace,
} from "../../compiler/index.js";
import { addEngineOptions, addInputOptions, compileOptionsOf, type ClusterOptions } from "../cluster-options.js";
import { compileManifests, type Compiled } from "../compile-manifests.js";
import { Failure } from "../failure.js";
import { standardInput } from "../read-sources.js";
import { writeReport } from "../report.js";

const help = `
Says what policies mean in the words of the Kubernetes documentation, which rules and sets each part of them makes, what often is taken
for something else, and where a generation does otherwise than the specification wants.

WHAT is one of:
  nothing                 every policy
  policy NAMESPACE/NAME   one policy
  rule CHAIN NUMBER       a rule (of another table than filter: rule raw CHAIN NUMBER), or a rule as iptables -S or iptables-save print it: which part of which policy made it
  set NAME                a set, by its name in the kernel or its readable one: what it stands for, who is in it and why
  at FILE:LINE            a line of a manifest: the rules and sets it causes; -f adds the rest of the cluster
  why                     why a connection passes or not, and the smallest edit that would turn that, as a patch;
                          --from, --to and --port as for anpm trace. Size is counted in lines of the patch;
                          of equal ones that comes first which changes fewer other connections. -o patch prints it alone:
                          for files as git apply takes it, for standard input as commands of kubectl.

With --ipv6 rules, sets and packets are those of IPv6.

Examples:
  anpm explain -f cluster.yaml
  anpm explain -f cluster.yaml policy development/backend-policy
  anpm explain -f cluster.yaml rule AZURE-NPM-INGRESS 2
  anpm explain -f cluster.yaml rule "-A AZURE-NPM-INGRESS -m mark --mark 0x400/0x400 -j DROP"
  anpm explain -f cluster.yaml set podlabel-app:web
  anpm explain at policies/backend.yaml:14 -f cluster.yaml
  anpm explain why -f cluster.yaml --from shop/web --to shop/api --port 80
  anpm explain why -f cluster.yaml --from shop/web --to shop/api --port 80 -o patch | git apply
  kubectl get netpol,pods,ns -A -o yaml | anpm explain why -f - --from shop/web --to shop/api --port 80 -o patch | sh
  anpm explain -f cluster.yaml --npm v1-2019 -o markdown
  anpm explain -f cluster.yaml --engine calico --node node-0 rule cali-FORWARD 3
  anpm explain why -f cluster.yaml --engine calico --ipv6 --from 2001:db8::7 --to shop/web --port 80
`;

const words = ["policy", "rule", "set", "at", "why"];
const examples: Readonly<Record<string, string>> = {
  policy: "anpm explain -f cluster.yaml policy shop/web",
  rule: "anpm explain -f cluster.yaml rule AZURE-NPM-INGRESS 2",
  set: "anpm explain -f cluster.yaml set podlabel-app:web",
  at: "anpm explain at policies/backend.yaml:14",
};

/** Adds the options and the action of `anpm explain`. */
export function define(command: Command): Command {
  command.addArgument(new Argument("[what...]", "policy NAME, rule CHAIN NUMBER, set NAME, at FILE:LINE or why"));
  addInputOptions(command, "objects and names")
    .addOption(
      new Option("-o, --output <format>", "how to print it")
        .choices(["text", "markdown", "json", "patch"])
        .default("text"),
    )
    .option("--from <name>", "why: who sends, a pod, a workload, or an address")
    .option("--to <name>", "why: to whom, a pod, a workload, or an address")
    .option("--port <port>", "why: on what, 80, 53/udp or a port's name");
  return (
    addEngineOptions(command)
      .addHelpText("after", help)
      // A pasted rule begins like an option.
      .allowUnknownOption()
      .action((what: readonly string[], _: unknown, self: Command) =>
        explainCommand(what, self.optsWithGlobals<Options>()),
      )
  );
}

interface Options extends ClusterOptions {
  readonly from?: string;
  readonly to?: string;
  readonly port?: string;
  readonly output: "text" | "markdown" | "json" | "patch";
}

function explainCommand(asked: readonly string[], options: Options): void {
  const [what, ...rest] = asked;
  const which = rest.join(" ");
  const option = asked.find((word) => word.startsWith("-"));
  if (option !== undefined && what !== "rule")
    throw new Failure([diagnostic("unknown-option", { option, suggestion: "", command: "anpm explain" })]);
  if (what !== undefined && !words.includes(what))
    throw new Failure([diagnostic("explain-what", { what, suggestion: suggest(what, words) ?? "" })]);
  if (what === "why") return whyCommand(rest, options);
  const stray = (["from", "to", "port"] as const).find((name) => options[name] !== undefined);
  if (stray !== undefined)
    throw new Failure([
      diagnostic("conflicting-options", { option: `--${stray}`, other: what ?? "explain without why" }),
    ]);
  if (options.output === "patch")
    throw new Failure([
      diagnostic("conflicting-options", { option: "-o patch", other: what ?? "explain without why" }),
    ]);
  if (what !== undefined && which.trim() === "")
    throw new Failure([diagnostic("explain-which", { what, example: examples[what]! })]);
  const place = what === "at" ? readPlace(which) : undefined;
  if (what === "at" && !place) throw new Failure([diagnostic("explain-place-unreadable", { text: which })]);
  const all = {
    ...options,
    otherNamespaces: "kept" as const,
    ...(place && { filename: withFile(options.filename ?? [], place.file) }),
  };
  compileManifests(all, "explaining", (compiled) => {
    const view = viewOf(what, which, place, options, compiled);
    if ("code" in view) throw new Failure([...compiled.diagnostics, view]);
    process.stdout.write(print(view, options.output));
    writeReport(compiled, options.diagnostics);
  });
}

function whyCommand(rest: readonly string[], options: Options): void {
  const { from, to, port, ipv6, namespace = "default" } = options;
  const missing = (["from", "to", "port"] as const).filter((name) => options[name] === undefined);
  const mistakes = [
    ...rest.slice(0, 1).map((argument) => diagnostic("unexpected-argument", { argument })),
    ...missing.map((name) => diagnostic("missing-option", { option: `--${name}`, command: "anpm explain why" })),
  ];
  if (options.output === "markdown")
    mistakes.push(diagnostic("conflicting-options", { option: "-o markdown", other: "why" }));
  if (from === undefined || to === undefined || port === undefined) throw new Failure(mistakes);
  const all = { ...options, otherNamespaces: "kept" as const };
  compileManifests(
    all,
    "explaining",
    ({ result, sources, diagnostics, summary }) => {
      const version = ipv6 ? 6 : 4;
      const tables = readBack(ofVersion(result.tables, version));
      const written = { from, to, port, namespace, state: "new" as const };
      const { question, diagnostics: found } = readQuestion(written, tables, result.objects, version);
      if (!question) throw new Failure([...diagnostics, ...found]);
      if (question.port.kind === "any")
        throw new Failure([...diagnostics, diagnostic("explain-why-one-port", { port })]);
      const answer = why(sources, compileOptionsOf(all), result, question);
      process.stdout.write(printWhy(answer, options.output));
      writeReport({ diagnostics: [...diagnostics, ...found], summary }, options.diagnostics);
    },
    mistakes,
  );
}

function printWhy(answer: WhyAnswer, output: Options["output"]): string {
  if (output === "json") return `${JSON.stringify(whyJson(answer), null, 2)}\n`;
  if (output !== "patch") return formatWhy(answer, styleOf(process.stdout, process.env));
  const [smallest] = answer.edits;
  return (smallest?.sources.includes(standardInput) ? smallest.kubectl : smallest?.patch) ?? "";
}

function viewOf(
  what: string | undefined,
  which: string,
  place: WrittenPlace | undefined,
  { namespace = "default", ipv6 }: Options,
  { result, sources }: Compiled,
): View | Diagnostic {
  const version = ipv6 ? 6 : 4;
  const explanation = explain(result, version);
  switch (what) {
    case "policy":
      return merged(findPolicy(which, namespace, explanation), explanation, viewPolicy);
    case "rule": {
      const tables = ofVersion(result.tables, version);
      return merged(findRule(which, explanation, tables, explanation.rulesOf), explanation, viewRule);
    }
    case "set":
      return merged(findSet(which, explanation), explanation, viewSet);
    case "at": {
      const source = sources.find(({ name }) => resolve(name) === resolve(place!.file))!;
      return viewPlace(explanation, result.objects, source, place!);
    }
    default:
      return viewAll(explanation);
  }
}

function merged(
  found: readonly Explained[] | Diagnostic,
  explanation: Explanation,
  view: (explanation: Explanation, thing: Explained) => View,
): View | Diagnostic {
  if ("code" in found) return found;
  return { rulesOf: explanation.rulesOf, things: found.flatMap((thing) => view(explanation, thing).things) };
}

/** The file is read once, also where `-f` names it or a folder around it. */
function withFile(paths: readonly string[], file: string): readonly string[] {
  const whole = resolve(file);
  const isRead = paths.some((path) => resolve(path) === whole || whole.startsWith(`${resolve(path)}${sep}`));
  return isRead ? paths : [...paths, file];
}

function print(view: View, output: Options["output"]): string {
  if (output === "json") return `${JSON.stringify(explanationJson(view), null, 2)}\n`;
  return output === "markdown"
    ? markdownExplanation(view)
    : formatExplanation(view, styleOf(process.stdout, process.env));
}

/** Lines as wide as the terminal and colours on it, unless NO_COLOR is set to anything or the terminal is too simple. */
function styleOf(stream: NodeJS.WriteStream, env: NodeJS.ProcessEnv): ExplanationStyle {
  if (!stream.isTTY) return {};
  const width = Math.min(Math.max(stream.columns || 80, 40), 120);
  if (env["NO_COLOR"] || env["TERM"] === "dumb") return { width };
  const colours = {
    title: "bold",
    trap: "yellow",
    quirk: "red",
    place: "dim",
    added: "green",
    removed: "red",
  } as const;
  return { width, paint: (piece, text) => styleText(colours[piece], text, { validateStream: false }) };
}
