import { Argument, type Command } from "commander";
import { engines, outputs } from "../../compiler/index.js";
import { bashCompletion } from "../completion/bash.js";
import { fishCompletion } from "../completion/fish.js";
import { commandWords } from "../completion/words.js";
import { zshCompletion } from "../completion/zsh.js";

const printers = { bash: bashCompletion, zsh: zshCompletion, fish: fishCompletion } as const;

const help = `
Examples:
  source <(anpm completion bash)       now; add the line to ~/.bashrc to keep it
  source <(anpm completion zsh)        now; add the line to ~/.zshrc, after compinit, to keep it
  anpm completion fish > ~/.config/fish/completions/anpm.fish
`;

/** Adds the argument and the action of `anpm completion`. */
export function define(command: Command): Command {
  return command
    .addArgument(new Argument("<shell>", "which shell").choices(Object.keys(printers)))
    .addHelpText("after", help)
    .action((shell: keyof typeof printers) => {
      const words = commandWords(command.parent!, {
        "--output": outputs.map((output) => output.name),
        version: engines.flatMap(({ generations }) => generations),
        "--engine": engines.map(({ id }) => id),
        ...Object.fromEntries(
          engines.map(({ versionOption, generations }) => [`--${versionOption.name}`, generations]),
        ),
      });
      process.stdout.write(printers[shell](words));
    });
}
