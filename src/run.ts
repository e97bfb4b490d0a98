import { CommanderError, type Command } from "commander";
import { diagnostic, suggest, type Diagnostic } from "../compiler/index.js";
import { exitCodeOf, exitCodes } from "./exit-code.js";
import { Failure } from "./failure.js";
import { buildProgram, commandNames } from "./program.js";
import { writeReport, type DiagnosticsFormat } from "./report.js";
import { usageError } from "./usage-error.js";

/** Runs a command line (without node and script) and sets the exit code. Never throws. */
export async function run(words: readonly string[]): Promise<void> {
  const format = formatAskedFor(words);
  try {
    await runProgram(words);
  } catch (error) {
    const diagnostics = error instanceof Failure ? error.diagnostics : [internalError(error)];
    writeReport({ diagnostics, summary: [] }, format);
    process.exitCode = exitCodeOf(diagnostics);
  }
}

async function runProgram(words: readonly string[]): Promise<void> {
  const called = words.filter((word) => commandNames.includes(word));
  const program = await buildProgram((name) => called.includes(name) || called.includes("completion"));
  if (words.length === 0) return program.outputHelp();
  if (words[0] === "help" && words.length > 1 && called.length === 0) throw new Failure([unknownCommand(words[1]!)]);
  try {
    await program.parseAsync(words, { from: "user" });
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    if (error.exitCode === exitCodes.fine || error.code === "commander.help") return;
    throw new Failure([usageError(error, commandOf(error, program))]);
  }
}

function unknownCommand(command: string): Diagnostic {
  return diagnostic("unknown-command", {
    command,
    suggestion: suggest(command, commandNames) ?? "",
    known: commandNames,
  });
}

function commandOf(error: CommanderError, program: Command): Command {
  if (error.code === "commander.unknownCommand") return program;
  return program.commands.find((command) => command.name() === program.args[0]) ?? program;
}

/** Also where the command line is wrong elsewhere, so that programs can read what is wrong. */
function formatAskedFor(words: readonly string[]): DiagnosticsFormat {
  const at = words.findLastIndex((word) => word === "--diagnostics" || word.startsWith("--diagnostics="));
  const value = words[at] === "--diagnostics" ? words[at + 1] : words[at]?.slice("--diagnostics=".length);
  return value === "json" ? "json" : "text";
}

function internalError(error: unknown): Diagnostic {
  if (process.env["ANPM_DEBUG"]) console.error(error);
  const reason = error instanceof Error ? error.message.split("\n")[0]! : String(error);
  return diagnostic("internal-error", { reason });
}
