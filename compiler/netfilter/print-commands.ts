import type { Command } from "./command.js";

/** Commands as text: `$ argv`, `| $ argv` for what reads the pipe, `< ` and each line of standard input. */
export function printCommands(commands: Iterable<Command>): string {
  const lines: string[] = [];
  for (const { words, input, pipedTo } of commands) {
    lines.push(`$ ${words.map(quoteWord).join(" ")}`);
    if (pipedTo) lines.push(`| $ ${pipedTo.map(quoteWord).join(" ")}`);
    for (const line of input?.() ?? []) lines.push(`< ${line}`);
  }
  return lines.map((line) => `${line}\n`).join("");
}

/** Quoted only where a shell would split or change the word. */
function quoteWord(word: string): string {
  return /^[\w@%+=:,./!-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`;
}
