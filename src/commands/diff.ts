import { existsSync } from "node:fs";
import { normalize } from "node:path";
import { styleText } from "node:util";
import { Argument, Option, type Command } from "commander";
import {
  compileVersion,
  diagnostic,
  diff,
  differenceOutputs,
  engineOf,
  engines,
  isError,
  sharedReader,
  type CompileOptions,
  type Diagnostic,
  type Difference,
  type DiffVersion,
  type Engine,
  type Reader,
} from "../../compiler/index.js";
import { addEngineOptions, addInputOptions, compileOptionsOf, type ClusterOptions } from "../cluster-options.js";
import { collect } from "../collect.js";
import { exitCodes } from "../exit-code.js";
import { Failure } from "../failure.js";
import { readRevisions } from "../git.js";
import { startProgress } from "../progress.js";
import { readSources, type Read } from "../read-sources.js";
import { showsColours, writeReport } from "../report.js";

const help = `
Compares what was edited, what the policies mean, rules and sets, what connections open and close, and what a node would log.
OLD and NEW are files or folders. OLD..NEW are two git revisions, of which the paths of -f are read; nothing is checked out. OLD...NEW
begins where NEW left OLD.
Without either, -f is compared with itself, as two generations see it (--npm v2-fnv..v2), or two engines (--engine azure-npm..calico): their
rules are counted, not compared one by one. Calico's tables are one node's, and so are the connections that are shown.
With --ipv6 it is the rules, sets and connections of IPv6 that are compared, and patched.

Outputs:
${differenceOutputs.map(({ name, description }) => `  ${name.padEnd(14)} ${description}`).join("\n")}

Exit code 0: no difference, 1: there is one. --fail-on says which differences count: opened or closed connections, or rules and sets.

Examples:
  anpm diff old/ new/ --cluster cluster.yaml                 two folders of policies, namespaces and pods are the same
  anpm diff main..HEAD -f deploy/                            what a branch changes
  anpm diff main..HEAD -f deploy/ -o markdown --fail-on opened
  anpm diff -f cluster.yaml --npm v2-fnv..v2                 what an upgrade of NPM changes
  anpm diff old/ new/ --engine calico --ipv6                 what changes for IPv6
  anpm diff old/ new/ -o patch > patch.sh                    the smallest change on a node, -o unpatch takes it back
`;

/** Adds the options and the action of `anpm diff`. */
export function define(command: Command): Command {
  command.addArgument(new Argument("[versions...]", "OLD and NEW, or two git revisions as OLD..NEW"));
  addInputOptions(command)
    .option("--cluster <path>", "manifests that both versions have; repeatable", collect)
    .addOption(
      new Option("-o, --output <format>", "how to print it")
        .choices(differenceOutputs.map(({ name }) => name))
        .default("text"),
    )
    .addOption(
      new Option("--fail-on <what>", "what counts as a finding (default: any difference)").choices([
        "opened",
        "closed",
        "rules",
        "none",
      ]),
    );
  return addEngineOptions(command)
    .addHelpText("after", help)
    .action((versions: readonly string[], _: unknown, self: Command) =>
      diffCommand(versions, self.optsWithGlobals<Options>()),
    );
}

interface Options extends ClusterOptions {
  readonly cluster?: readonly string[];
  readonly output: string;
  readonly failOn?: "opened" | "closed" | "rules" | "none";
}

/** Manifests of one side, and what they are called. */
interface Side {
  readonly label: string;
  readonly read: Read;
  /** Names of files begin with it; what follows is the same on both sides. */
  readonly root: string;
  readonly options: CompileOptions;
}

function diffCommand(versions: readonly string[], options: Options): void {
  const sides = sidesOf(versions, options);
  const size = sides.reduce((sum, { read }) => sum + read.sources.reduce((all, { text }) => all + text.length, 0), 0);
  const stopProgress = startProgress("comparing", size);
  const output = differenceOutputs.find(({ name }) => name === options.output)!;
  const read = sharedReader(sides.flatMap(({ read }) => read.sources));
  let text: string;
  let difference: Difference;
  let report;
  try {
    const compiled = sides.map((side) => compileSide(side, read));
    const diagnostics = compiled.map((each) => each.diagnostics);
    const [before, after] = compiled.map(({ version }) => version);
    if (!before || !after) throw new Failure(withoutRepetitions(diagnostics.flat().filter(isError)));
    difference = diff(before, after, options.ipv6 ? 6 : 4);
    const mistake = output.mistake?.(difference);
    if (mistake) throw new Failure([mistake]);
    text = output.print(difference, showsColours(process.stdout, process.env) ? paintLine : undefined);
    report = { diagnostics: diagnostics[1]!, summary: compiled[1]!.summary };
  } finally {
    stopProgress();
  }
  process.stdout.write(text);
  writeReport(report, options.diagnostics);
  if (!output.isScript && isFinding(difference, options.failOn)) process.exitCode = exitCodes.findings;
}

function paintLine(mark: "+" | "-" | "~" | " ", line: string): string {
  const colour = ({ "+": "green", "-": "red", "~": "yellow", " ": undefined } as const)[mark];
  return colour ? styleText(colour, line, { validateStream: false }) : line;
}

function isFinding({ same, connections, tables }: Difference, failOn: Options["failOn"]): boolean {
  switch (failOn) {
    case undefined:
      return !same;
    case "none":
      return false;
    case "rules":
      return !tables.same;
    case "opened":
    case "closed":
      return connections.some(({ [failOn]: traffic }) => traffic.length > 0);
  }
}

function sidesOf(versions: readonly string[], options: Options): readonly [Side, Side] {
  const [first, second, third] = versions;
  if (third !== undefined) throw new Failure([diagnostic("unexpected-argument", { argument: third })]);
  const all = [...versions, ...(options.cluster ?? []), ...(options.filename ?? [])];
  if (all.filter((path) => path === "-").length > 1) throw new Failure([diagnostic("stdin-twice", {})]);
  const shared = readSources(options.cluster ?? []);
  const [left, right] = pairOfOptions(options);
  const engineOptions = optionsOfSides(left, right);
  const side = (label: string, read: Read, root: string, its: ClusterOptions): Side => ({
    label,
    root,
    options: engineOptions[its === left ? 0 : 1],
    read: {
      sources: [...shared.sources, ...read.sources],
      diagnostics: [...shared.diagnostics, ...read.diagnostics],
    },
  });
  const paths = options.filename ?? [];
  if (first !== undefined && second !== undefined) {
    if (paths.length > 0) throw new Failure([diagnostic("conflicting-options", { option: "-f", other: "OLD NEW" })]);
    return [
      side(first, readSources([first]), rootOf(first), left),
      side(second, readSources([second]), rootOf(second), right),
    ];
  }
  if (paths.length === 0 && first === undefined && shared.sources.length === 0)
    throw new Failure([diagnostic("nothing-to-compare", {})]);
  if (first === undefined) {
    const read = readSources(paths);
    return [side(left.label, read, "", left), side(right.label, read, "", right)];
  }
  const revisions = existsSync(first) ? undefined : /^(.*?)(\.\.\.?)(.*)$/s.exec(first);
  if (!revisions) throw new Failure([diagnostic("second-version-missing", { first })]);
  if (paths.length === 0)
    throw new Failure([diagnostic("missing-option", { option: "-f", command: "anpm diff OLD..NEW" })]);
  const names = [revisions[1] || "HEAD", revisions[3] || "HEAD"] as const;
  const [before, after] = readRevisions(names, paths, revisions[2] === "...");
  return [side(names[0], before, "", left), side(names[1], after, "", right)];
}

/** What normal names of files below a path begin with. */
function rootOf(path: string): string {
  if (path === "-") return "<stdin>";
  const normal = normalize(path).replace(/[/\\]+$/, "");
  return normal === "." ? "" : normal;
}

/** `--npm v2-fnv..v2` as two. */
function pairOfOptions(
  options: Options,
): readonly [ClusterOptions & { label: string }, ClusterOptions & { label: string }] {
  const split = (side: 1 | 2): ClusterOptions & { label: string } => {
    const entries = Object.entries(options).map(([name, value]: [string, unknown]) => {
      const parts =
        typeof value === "string" && versionOptions.includes(name) ? /^(.+?)\.\.(.+)$/.exec(value) : undefined;
      return [name, parts ? parts[side] : value] as const;
    });
    const its = Object.fromEntries(entries) as unknown as ClusterOptions & Readonly<Record<string, string | undefined>>;
    const own = engineOf(its.engine).engine;
    const said = ["engine", ...(own ? [own.versionOption.name] : [])];
    const label = said.flatMap((name) => its[name] ?? []).join(" ");
    return { ...its, label: label || (side === 1 ? "old" : "new") };
  };
  return [split(1), split(2)];
}

/** What each side's engine is told: of two engines, each what it understands and the other does not. */
function optionsOfSides(left: ClusterOptions, right: ClusterOptions): readonly [CompileOptions, CompileOptions] {
  const [one, other] = [engineOf(left.engine).engine, engineOf(right.engine).engine];
  if (!one || !other || one === other) return [compileOptionsOf(left), compileOptionsOf(right)];
  return [ownOptions(left, one, other), ownOptions(right, other, one)];
}

function ownOptions(options: ClusterOptions, own: Engine, other: Engine): CompileOptions {
  const named = Object.entries(options).filter(([name]) => name !== other.versionOption.name);
  const foreign = other.options.filter((name) => !own.options.includes(name)) as readonly string[];
  const all = Object.entries(compileOptionsOf(Object.fromEntries(named) as unknown as ClusterOptions));
  return Object.fromEntries(all.filter(([name]) => !foreign.includes(name)));
}

/** Options of which two values may be given, as OLD..NEW. */
const versionOptions = ["engine", ...engines.map(({ versionOption }) => versionOption.name)];

interface CompiledSide {
  readonly version?: DiffVersion;
  readonly diagnostics: readonly Diagnostic[];
  readonly summary: readonly string[];
}

function compileSide({ label, read, root, options }: Side, reader: Reader): CompiledSide {
  const fileOf = (name: string): string => {
    const normal = normalize(name);
    return (normal.startsWith(root) ? normal.slice(root.length) : normal).replace(/^[/\\]+/, "");
  };
  const { version, diagnostics, summary } = compileVersion(read.sources, options, { label, fileOf }, reader);
  return { ...(version && { version }), diagnostics: [...read.diagnostics, ...diagnostics], summary };
}

/** A mistake that both versions have, such as in the command line, is told once. */
function withoutRepetitions(diagnostics: readonly Diagnostic[]): readonly Diagnostic[] {
  const seen = new Set<string>();
  return diagnostics.filter(({ code, message, location }) => {
    const key = JSON.stringify([code, message, location?.source.name, location?.offset]);
    return !seen.has(key) && seen.add(key);
  });
}
