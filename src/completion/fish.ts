import { isPath, type CommandWords, type OptionWords } from "./words.js";

/** A script for `source` in fish, or for ~/.config/fish/completions/anpm.fish. */
export function fishCompletion(commands: readonly CommandWords[]): string {
  return [
    "# Completion of anpm for fish. Load it with: anpm completion fish | source",
    "complete -c anpm -f",
    "complete -c anpm -n __fish_use_subcommand -l version -d 'print the version'",
    "complete -c anpm -n __fish_use_subcommand -s h -l help -d 'show help'",
    ...commands.flatMap(commandLines),
    "",
  ].join("\n");
}

function commandLines({ name, summary, options, arguments: values }: CommandWords): readonly string[] {
  const here = `complete -c anpm -n '__fish_seen_subcommand_from ${name}'`;
  return [
    `complete -c anpm -n __fish_use_subcommand -a ${name} -d ${quote(summary)}`,
    ...values.flatMap((value) => (value.kind === "choice" ? [`${here} -a ${quote(value.choices.join(" "))}`] : [])),
    ...(values.some(isPath) ? [`${here} -F`] : []),
    ...options.map((option) => `${here} ${optionWords(option)}`),
  ];
}

function optionWords({ flags, description, value }: OptionWords): string {
  const names = flags.map((flag) => (flag.startsWith("--") ? `-l ${flag.slice(2)}` : `-s ${flag.slice(1)}`));
  return [...names, valueWords(value), "-d", quote(description)].filter((word) => word !== "").join(" ");
}

function valueWords(value: OptionWords["value"]): string {
  switch (value.kind) {
    case "none":
      return "";
    case "text":
      return "-x";
    case "file":
      return "-r -F";
    case "folder":
      return "-x -a '(__fish_complete_directories)'";
    case "choice":
      return `-x -a ${quote(value.choices.join(" "))}`;
  }
}

function quote(text: string): string {
  return `'${text.replaceAll("\\", "\\\\").replaceAll("'", "\\'")}'`;
}
