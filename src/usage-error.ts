import type { Command, CommanderError } from "commander";
import { diagnostic, type Diagnostic } from "../compiler/index.js";

/** What the command line parser complains about in the arguments of a command, as a diagnostic. */
export function usageError(error: CommanderError, command: Command): Diagnostic {
  const [first = "", second = ""] = [...error.message.matchAll(/'([^']*)'/g)].map((found) => found[1]!);
  const suggestion = /\(Did you mean (?:one of )?(.*)\?\)/.exec(error.message)?.[1] ?? "";
  const called = command.parent ? `${command.parent.name()} ${command.name()}` : command.name();
  switch (error.code) {
    case "commander.unknownCommand":
      return diagnostic("unknown-command", {
        command: first,
        suggestion,
        known: command.commands.map((c) => c.name()),
      });
    case "commander.unknownOption":
      return diagnostic("unknown-option", { option: first, suggestion, command: called });
    case "commander.optionMissingArgument":
      return diagnostic("option-without-value", { option: first });
    case "commander.invalidArgument":
      return error.message.includes("command-argument value")
        ? diagnostic("wrong-option-value", { option: `<${second}>`, value: first, known: choicesOf(error) })
        : diagnostic("wrong-option-value", { option: first, value: second, known: choicesOf(error) });
    case "commander.missingMandatoryOptionValue":
      return diagnostic("missing-option", { option: first, command: called });
    case "commander.missingArgument":
      return diagnostic("missing-argument", { argument: first, command: called });
    case "commander.conflictingOption":
      return diagnostic("conflicting-options", { option: first, other: second });
    case "commander.excessArguments":
      return diagnostic("unexpected-argument", { argument: command.args[command.registeredArguments.length] ?? "" });
    default:
      throw error;
  }
}

function choicesOf(error: CommanderError): readonly string[] {
  return /Allowed choices are (.*)\.$/.exec(error.message)?.[1]?.split(", ") ?? [];
}
