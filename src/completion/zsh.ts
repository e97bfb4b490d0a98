import { isPath, type CommandWords, type OptionWords } from "./words.js";

/** A script for `source` in zsh, or for a file `_anpm` in a folder of `fpath`. */
export function zshCompletion(commands: readonly CommandWords[]): string {
  return `#compdef anpm
# Completion of anpm for zsh. Load it with: source <(anpm completion zsh)
_anpm() {
  local line state
  local -a commands=(
${commands.map(({ name, summary }) => `    ${quote(`${name}:${summary}`)}`).join("\n")}
  )
  _arguments -C '(- *)'{-h,--help}'[show help]' '(- *)--version[print the version]' '1: :->command' '*:: :->rest'
  case $state in
    command) _describe command commands ;;
    rest)
      case $line[1] in
${commands.map(commandCase).join("\n")}
      esac ;;
  esac
}
if [ "$funcstack[1]" = _anpm ]; then
  _anpm "$@"
elif (( $+functions[compdef] )); then
  compdef _anpm anpm
else
  print -u2 "anpm: run 'autoload -U compinit && compinit' first"
fi
`;
}

function commandCase({ name, options, arguments: values }: CommandWords): string {
  const specs = values.map((value, index) =>
    quote(`${index === values.length - 1 && isPath(value) ? "*" : index + 1}${valueSpec(value)}`),
  );
  return `        ${name}) _arguments ${[...options.flatMap(optionSpecs), ...specs].join(" ")} ;;`;
}

/** One specification a flag, as _arguments reads them; any option may be repeated. */
function optionSpecs({ flags, description, value }: OptionWords): readonly string[] {
  const text = description.replace(/[[\]:\\]/g, (character) => `\\${character}`);
  return flags.map((flag) => quote(`*${flag}[${text}]${valueSpec(value)}`));
}

function valueSpec(value: OptionWords["value"]): string {
  switch (value.kind) {
    case "none":
      return "";
    case "text":
      return ": : ";
    case "file":
      return ": :_files";
    case "folder":
      return ": :_files -/";
    case "choice":
      return `: :(${value.choices.join(" ")})`;
  }
}

function quote(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`;
}
