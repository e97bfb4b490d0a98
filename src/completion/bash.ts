import { isPath, type CommandWords, type OptionWords } from "./words.js";

/** A script for `source` in bash 3.2 or newer. */
export function bashCompletion(commands: readonly CommandWords[]): string {
  const names = commands.map((command) => command.name);
  return `# Completion of anpm for bash. Load it with: source <(anpm completion bash)
_anpm() {
  local current=\${COMP_WORDS[COMP_CWORD]} previous=\${COMP_WORDS[COMP_CWORD - 1]} command="" word
  COMPREPLY=()
  for word in "\${COMP_WORDS[@]:1:COMP_CWORD-1}"; do
    case $word in
      ${names.join("|")}) command=$word; break ;;
    esac
  done
  case "$command $previous" in
${commands.flatMap((command) => command.options.flatMap((option) => valueCase(command.name, option))).join("\n")}
  esac
  case $command in
${commands.map(wordsCase).join("\n")}
    *) COMPREPLY=($(compgen -W "${[...names, "help", "--help", "--version"].join(" ")}" -- "$current")) ;;
  esac
}
complete -F _anpm anpm
`;
}

/** What completes the value of an option. */
function valueCase(command: string, { flags, value }: OptionWords): string[] {
  if (value.kind === "none") return [];
  const patterns = flags.map((flag) => `"${command} ${flag}"`).join("|");
  return [`    ${patterns}) ${completeValue(value)}; return ;;`];
}

function completeValue(value: OptionWords["value"]): string {
  if (value.kind === "choice") return `COMPREPLY=($(compgen -W "${value.choices.join(" ")}" -- "$current"))`;
  return value.kind === "text" ? ":" : "compopt -o default 2>/dev/null";
}

/** Options where a hyphen stands, otherwise what the arguments can be, whichever of them it is, and files where they are some. */
function wordsCase({ name, options, arguments: values }: CommandWords): string {
  const flags = options.flatMap((option) => option.flags);
  const words = values.flatMap((value) => (value.kind === "choice" ? value.choices : []));
  const reply = (all: readonly string[]) => `COMPREPLY=($(compgen -W "${all.join(" ")}" -- "$current"))`;
  if (!values.some(isPath)) return `    ${name}) ${reply([...words, ...flags])} ;;`;
  return `    ${name}) case $current in -*) ${reply(flags)} ;; *) ${reply(words)}; compopt -o default 2>/dev/null ;; esac ;;`;
}
