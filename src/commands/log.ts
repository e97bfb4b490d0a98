import { Argument, Option, type Command } from "commander";
import { once } from "node:events";
import { createReadStream } from "node:fs";
import {
  diagnostic,
  LogReader,
  logFormats,
  logPrinter,
  logReadDiagnostics,
  type LogFormat,
} from "../../compiler/index.js";
import { existingTables } from "../existing-tables.js";
import { Failure } from "../failure.js";
import { logFiles } from "../log-files.js";
import { unreadable } from "../read-sources.js";
import { writeReport, type DiagnosticsFormat } from "../report.js";

const help = `
Reads what Azure NPM of any release wrote, v1 and v2, from the file, from kubectl logs, or both mixed with other lines. Rotated
files are put in order. Rules and sets are rebuilt as far as the log tells of them: NPM v1 since v1.0.23 tells all, up to v1.0.22
no members of sets, v2 next to nothing. The log may be of any size. Of Calico's Felix it tells which policies, endpoints, chains and
sets changed, and what went wrong; its log does not name rules.

Examples:
  anpm log read azure-npm.log                            what happened, what went wrong, and what helps
  anpm log read /var/log/azure-npm.log*                  with its rotated files
  kubectl -n kube-system logs azure-npm-x7k2p | anpm log read -
  kubectl -n kube-system logs calico-node-x7k2p | anpm log read -
  anpm log read azure-npm.log -o iptables-save           the rules that it tells of
  anpm log read azure-npm.log -o ipset-save              and the sets
  anpm log read azure-npm.log -o json                    each event, for programs
`;

/** Adds the arguments, the options and the action of `anpm log`. */
export function define(command: Command): Command {
  return command
    .addArgument(new Argument("<action>", "what to do").choices(["read"]))
    .argument("<files...>", "logs, folders of them, or - for standard input")
    .addOption(new Option("-o, --output <format>", "how to print it").choices(logFormats).default("text"))
    .option("--existing <file>", "iptables-save of the node before NPM (default: an empty table)")
    .addHelpText("after", help)
    .action((_action: string, files: readonly string[], _: unknown, self: Command) =>
      readLogs(files, self.optsWithGlobals<Options>()),
    );
}

interface Options {
  readonly output: LogFormat;
  readonly existing?: string;
  readonly diagnostics: DiagnosticsFormat;
}

async function readLogs(paths: readonly string[], { output, existing, diagnostics }: Options): Promise<void> {
  const files = logFiles(paths);
  const reader = new LogReader(existing === undefined ? {} : { existing: existingTables(existing).chains });
  const printer = logPrinter(output);
  for (const path of files) {
    await write(reader.nextFile(path === "-" ? "<stdin>" : path).map((event) => printer.event(event)));
    for await (const text of textOf(path)) {
      await write(reader.feed(text).map((event) => printer.event(event)));
      if (process.stdout.destroyed) return;
    }
  }
  await write(reader.end().map((event) => printer.event(event)));
  const { lines, first } = reader.summary();
  if (lines > 0 && first === undefined) throw new Failure([diagnostic("not-a-log", { path: files.join(", ") })]);
  await write([printer.end(reader)]);
  writeReport({ diagnostics: logReadDiagnostics(reader, output), summary: [] }, diagnostics);
}

/** A file piece by piece, so that its size does not matter. Bytes that are no UTF-8 become U+FFFD. */
async function* textOf(path: string): AsyncGenerator<string> {
  const decoder = new TextDecoder();
  try {
    const stream = path === "-" ? process.stdin : createReadStream(path, { highWaterMark: 1 << 18 });
    for await (const bytes of stream) yield decoder.decode(bytes as Buffer, { stream: true });
    yield decoder.decode();
  } catch (error) {
    throw new Failure([unreadable(path === "-" ? "standard input" : path, error)]);
  }
}

/** Waits while the reader of standard output is slow; one that has gone ends the wait. */
async function write(pieces: readonly string[]): Promise<void> {
  const text = pieces.join("");
  if (text === "" || process.stdout.destroyed || process.stdout.write(text)) return;
  await Promise.race([once(process.stdout, "drain"), once(process.stdout, "close")]).catch(() => {});
}
