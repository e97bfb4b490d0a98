/**
 * A word as iptables-save prints the ones it may have to quote (comments, strings): bare when it consists of letters,
 * digits, `_` and `-` only, else in double quotes with `"`, `\` and `'` escaped.
 * Source: iptables 1.8.9, libxtables/xtables.c, xtables_save_string.
 */
export function quoteWord(word: string): string {
  const pieces: string[] = [];
  pushQuoted(pieces, word);
  return pieces.join("");
}

/** Appends a quoted word to the pieces of a text. */
export function pushQuoted(pieces: string[], word: string): void {
  if (bare.test(word)) pieces.push(word);
  else pieces.push('"', escaped.test(word) ? word.replaceAll(escapedAll, "\\$&") : word, '"');
}

/** What a printed word means: without its quotes and escapes. */
export function unquoteWord(printed: string): string {
  if (!printed.startsWith('"')) return printed;
  return printed.slice(1, printed.endsWith('"') ? -1 : undefined).replace(/\\([^])/g, "$1");
}

/** The words of a line as printed, quotes kept; undefined when a quote is never closed. */
export function splitWords(line: string): string[] | undefined {
  if (!line.includes('"')) return line.split(" ").filter((word) => word !== "");
  const words: string[] = [];
  for (let at = 0; at < line.length;) {
    if (line[at] === " ") {
      at += 1;
      continue;
    }
    const end = endOfWord(line, at);
    if (end < 0) return undefined;
    words.push(line.slice(at, end));
    at = end;
  }
  return words;
}

const bare = /^[A-Za-z0-9_-]+$/;
const escaped = /["\\']/;
const escapedAll = /["\\']/g;

function endOfWord(line: string, start: number): number {
  if (line[start] !== '"') {
    const space = line.indexOf(" ", start);
    return space < 0 ? line.length : space;
  }
  for (let at = start + 1; at < line.length; at += 1) {
    if (line[at] === "\\") at += 1;
    else if (line[at] === '"') return at + 1;
  }
  return -1;
}
