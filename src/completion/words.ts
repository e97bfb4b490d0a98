import type { Command, Option } from "commander";

/** What a shell can offer on the command line. */
export interface CommandWords {
  readonly name: string;
  readonly summary: string;
  readonly options: readonly OptionWords[];
  /** What its first argument can be. */
  readonly argumentChoices: readonly string[];
}

export interface OptionWords {
  /** `-f`, `--filename` */
  readonly flags: readonly string[];
  readonly description: string;
  readonly value: OptionValue;
}

/** What comes after an option; `text` is anything. */
export type OptionValue =
  | { readonly kind: "none" | "text" | "file" | "folder" }
  | { readonly kind: "choice"; readonly choices: readonly string[] };

/** The commands of a program with their options, the program's own ones included. `outputs` are the names for `-o`. */
export function commandWords(program: Command, outputs: readonly string[]): readonly CommandWords[] {
  return program.commands.map((command) => ({
    name: command.name(),
    summary: command.summary(),
    options: [...command.options, ...program.options.filter((option) => option.long !== "--version")]
      .map((option) => optionWords(option, outputs))
      .concat({ flags: ["-h", "--help"], description: "show help", value: { kind: "none" } }),
    argumentChoices: command.registeredArguments[0]?.argChoices ?? [],
  }));
}

function optionWords(option: Option, outputs: readonly string[]): OptionWords {
  return {
    flags: [option.short, option.long].filter((flag) => flag !== undefined),
    description: option.description,
    value: valueOf(option, outputs),
  };
}

function valueOf(option: Option, outputs: readonly string[]): OptionValue {
  if (option.argChoices) return { kind: "choice", choices: option.argChoices };
  switch (/<(.*)>/.exec(option.flags)?.[1]) {
    case undefined:
      return { kind: "none" };
    case "path":
    case "file":
      return { kind: "file" };
    case "folder":
      return { kind: "folder" };
    case "names":
      return { kind: "choice", choices: outputs };
    default:
      return { kind: "text" };
  }
}
