import { Command, Option } from "commander";
import { version } from "./version.js";

interface CommandEntry {
  readonly name: string;
  readonly summary: string;
  /** Commands are loaded when they are called, so that starting costs as little as it can. */
  readonly load: () => Promise<{ readonly define: (command: Command) => Command }>;
}

const commands: readonly CommandEntry[] = [
  {
    name: "compile",
    summary: "print the rules and sets that a node gets for manifests",
    load: () => import("./commands/compile.js"),
  },
  {
    name: "trace",
    summary: "walk a packet through the rules, and say why it passes or not",
    load: () => import("./commands/trace.js"),
  },
  {
    name: "matrix",
    summary: "show who reaches whom on what",
    load: () => import("./commands/matrix.js"),
  },
  {
    name: "verify",
    summary: "compare the rules with what Kubernetes specifies, and name every deviation",
    load: () => import("./commands/verify.js"),
  },
  {
    name: "drift",
    summary: "compare what a node holds with what it should hold, and mend it",
    load: () => import("./commands/drift.js"),
  },
  {
    name: "diff",
    summary: "compare two versions of the policies: edits, rules, and which connections open and close",
    load: () => import("./commands/diff.js"),
  },
  {
    name: "validate",
    summary: "report every mistake in manifests, Calico's own objects included",
    load: () => import("./commands/validate.js"),
  },
  {
    name: "convert",
    summary: "show policies of Kubernetes as the objects of Calico's own that they become",
    load: () => import("./commands/convert.js"),
  },
  {
    name: "explain",
    summary: "say what policies, rules, sets and lines of a manifest mean, and why they are there",
    load: () => import("./commands/explain.js"),
  },
  {
    name: "replay",
    summary: "show what happens on a node step by step",
    load: () => import("./commands/replay.js"),
  },
  {
    name: "log",
    summary: "read a node's azure-npm.log: what happened, what went wrong, which rules it tells of",
    load: () => import("./commands/log.js"),
  },
  {
    name: "test",
    summary: "check a file of expectations, as a gate in CI",
    load: () => import("./commands/test.js"),
  },
  {
    name: "generations",
    summary: "list the generations of Azure NPM, and what is odd about them",
    load: () => import("./commands/generations.js"),
  },
  {
    name: "playground",
    summary: "open a page to try policies in, with lessons",
    load: () => import("./commands/playground.js"),
  },
  {
    name: "completion",
    summary: "print a completion script for a shell",
    load: () => import("./commands/completion.js"),
  },
];

const examples = `
Examples:
  anpm compile -f policies/                     the iptables rules for a folder of manifests
  anpm compile -f cluster.yaml -o ipset-save    the sets that they match
  anpm compile --help                           more of them
  anpm trace -f cluster.yaml --from shop/web --to shop/api --port 80
                                                why a packet passes or not
  anpm explain -f cluster.yaml                  what each policy means, and what becomes of it
  anpm matrix -f cluster.yaml                   who reaches whom on what
  anpm drift -f cluster.yaml --rules node.rules --sets node.sets
                                                is this node what it should be?
  anpm replay steps/ -o log                     what happens on a node step by step
  anpm generations                              what older releases did differently
`;

/** The command line. Only the commands that `wanted` accepts are loaded; of the others there are name and summary. */
export async function buildProgram(wanted: (name: string) => boolean): Promise<Command> {
  const program = new Command("anpm")
    .description("Azure NPM, compiled: NetworkPolicy manifests in, the ipset and iptables rules of a Linux node out.")
    .version(version, "--version", "print the version")
    .helpOption("-h, --help", "show this help")
    .helpCommand("help [command]", "show the help of a command")
    .addOption(
      new Option("--diagnostics <format>", "how errors and warnings are written to standard error")
        .choices(["text", "json"])
        .default("text"),
    )
    .configureHelp({ showGlobalOptions: true })
    .configureOutput({ outputError: () => {} })
    .addHelpText("after", examples)
    .exitOverride();
  for (const { name, summary, load } of commands) {
    const command = program.command(name).summary(summary).description(summary);
    if (wanted(name)) (await load()).define(command);
  }
  return program;
}

export const commandNames: readonly string[] = commands.map(({ name }) => name);
