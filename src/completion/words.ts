import type { Command, Option } from "commander";

/** What a shell can offer on the command line. */
export interface CommandWords {
  readonly name: string;
  readonly summary: string;
  readonly options: readonly OptionWords[];
  /** What its arguments can be, in their order; the last one may be repeated. */
  readonly arguments: readonly OptionValue[];
}

export interface OptionWords {
  /** `-f`, `--filename` */
  readonly flags: readonly string[];
  readonly description: string;
  readonly value: OptionValue;
}

/** What comes after an option, or is an argument; `text` is anything. */
export type OptionValue =
  | { readonly kind: "none" | "text" | "file" | "folder" }
  | { readonly kind: "choice"; readonly choices: readonly string[] };

export function isPath({ kind }: OptionValue): boolean {
  return kind === "file" || kind === "folder";
}

/** Words for an option (`--npm`) or for an argument (`version`) that the command line itself does not check. */
type KnownWords = Readonly<Record<string, readonly string[]>>;

/** The commands of a program with their options, the program's own ones included. */
export function commandWords(program: Command, known: KnownWords): readonly CommandWords[] {
  return program.commands.map((command) => ({
    name: command.name(),
    summary: command.summary(),
    options: [...command.options, ...program.options.filter((option) => option.long !== "--version")]
      .map((option) => optionWords(option, known))
      .concat({ flags: ["-h", "--help"], description: "show help", value: { kind: "none" } }),
    arguments: command.registeredArguments.map((argument) =>
      valueOf(argument.argChoices ?? known[argument.name()], argument.name()),
    ),
  }));
}

function optionWords(option: Option, known: KnownWords): OptionWords {
  const placeholder = /<(.*)>/.exec(option.flags)?.[1];
  const choices = option.argChoices ?? known[option.long ?? ""];
  return {
    flags: [option.short, option.long].filter((flag) => flag !== undefined),
    description: option.description,
    value: placeholder === undefined ? { kind: "none" } : valueOf(choices, placeholder),
  };
}

function valueOf(choices: readonly string[] | undefined, placeholder: string): OptionValue {
  if (choices) return { kind: "choice", choices };
  switch (placeholder) {
    case "path":
    case "file":
    case "files":
    case "expectations":
      return { kind: "file" };
    case "folder":
      return { kind: "folder" };
    default:
      return { kind: "text" };
  }
}
