import type { Command } from "./command.js";

/** `transcript`: with what commands read and what reads them; `lines`: the commands alone, one a line. */
export type CommandFormat = "transcript" | "lines";

/**
 * Commands as text. In a transcript `$ argv`, `| $ argv` for what reads the pipe, `< ` and each line of standard input; else a
 * line for each process.
 */
export function printCommands(commands: Iterable<Command>, format: CommandFormat = "transcript"): string {
  const lines: string[] = [];
  for (const { words, input, pipedTo } of commands) {
    if (format === "lines") {
      lines.push(words.map(quoteForShell).join(" "));
      if (pipedTo) lines.push(pipedTo.map(quoteForShell).join(" "));
      continue;
    }
    lines.push(`$ ${words.map(quoteWord).join(" ")}`);
    if (pipedTo) lines.push(`| $ ${pipedTo.map(quoteWord).join(" ")}`);
    for (const line of input?.() ?? []) lines.push(`< ${line}`);
  }
  return lines.map((line) => `${line}\n`).join("");
}

/** Quoted only where a shell would split or change the word. */
function quoteWord(word: string): string {
  return word.includes("!") && /^[\w@%+=:,./!-]+$/.test(word) ? word : quoteForShell(word);
}

/** The same for a shell that also expands history: `'!'`. */
function quoteForShell(word: string): string {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`;
}
