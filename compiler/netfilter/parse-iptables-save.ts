import { excerpt, linesOf, type DumpProblem } from "./dump-problem.js";
import { parseRule } from "./parse-rule.js";
import type { Chain, Rule } from "./tables.js";
import { splitWords } from "./words.js";

export interface ParsedIptablesSave {
  /** Chains of the filter table, in the order of the dump; empty when the dump holds none. */
  readonly chains: readonly Chain[];
  readonly problems: readonly DumpProblem[];
}

/**
 * The filter table of a dump that `iptables-save` (either flavour, with or without counters) printed. Other tables, comment
 * lines and counters are skipped. A line that cannot be read is a problem and left out.
 */
export function parseIptablesSave(text: string): ParsedIptablesSave {
  const lines = linesOf(text);
  const chains = new Map<string, { name: string; policy?: "ACCEPT" | "DROP"; rules: Rule[] }>();
  const problems: DumpProblem[] = [];
  let table: string | undefined;
  let tableLine = 0;
  let filterSeen = false;

  for (let index = 0; index < lines.length; index += 1) {
    const start = index;
    const problem = (message: string): void => void problems.push({ line: start + 1, message });
    let line = lines[index]!;
    if (line.trim() === "" || line.startsWith("#")) continue;
    if (line.startsWith("*")) {
      if (table !== undefined) problem(`the ${table} table of line ${tableLine} has no COMMIT before this line`);
      table = line.slice(1).trim();
      tableLine = start + 1;
      if (table === "filter" && filterSeen) problem("a second filter table in one dump");
      filterSeen ||= table === "filter";
    } else if (line.trim() === "COMMIT") {
      if (table === undefined) problem("COMMIT outside a table");
      table = undefined;
    } else if (table === undefined) {
      problem(`expected a table, such as *filter, not "${excerpt(line)}"`);
    } else if (table === "filter") {
      let words = splitWords(line);
      while (!words && index + 1 < lines.length && line.length - lines[start]!.length < longestComment) {
        index += 1;
        line += `\n${lines[index]!}`;
        if (lines[index]!.includes('"')) words = splitWords(line);
      }
      if (!words) {
        index = start;
        problem(`a quote is never closed: ${excerpt(lines[start]!)}`);
      } else if (line.startsWith(":")) {
        readHeader(words, problem);
      } else {
        readRule(words, problem);
      }
    }
  }
  if (table !== undefined) {
    problems.push({ line: tableLine, message: `the ${table} table has no COMMIT: the dump is cut off` });
  }
  return { chains: [...chains.values()], problems };

  function readHeader(words: readonly string[], problem: (message: string) => void): void {
    const name = words[0]!.slice(1);
    const policy = words[1];
    if (name === "" || words.length > 3 || (words[2] !== undefined && !/^(\[\d+:\d+\]|-)$/.test(words[2]))) {
      problem(`expected a chain header, such as ":FORWARD ACCEPT [0:0]", not "${excerpt(words.join(" "))}"`);
    } else if (policy !== "ACCEPT" && policy !== "DROP" && policy !== "-") {
      problem(`unknown policy "${excerpt(policy ?? "")}" of chain ${excerpt(name)}: expected ACCEPT, DROP or -`);
    } else if (chains.has(name)) {
      problem(`chain ${excerpt(name)} is declared twice`);
    } else {
      chains.set(name, policy === "-" ? { name, rules: [] } : { name, policy, rules: [] });
    }
  }

  function readRule(words: readonly string[], problem: (message: string) => void): void {
    const at = /^\[\d+:\d+\]$/.test(words[0]!) ? 1 : 0;
    const name = words[at + 1];
    if (words[at] !== "-A" || name === undefined) {
      return problem(`expected a rule, such as "-A FORWARD -j ACCEPT", not "${excerpt(words.join(" "))}"`);
    }
    // iptables-restore takes rules of a built-in chain without a header, too: the chain is always there.
    if (builtIns.includes(name) && !chains.has(name)) chains.set(name, { name, policy: "ACCEPT", rules: [] });
    const chain = chains.get(name);
    if (!chain) return problem(`chain ${excerpt(name)} is not declared`);
    chain.rules.push(parseRule(words.slice(at + 2)));
  }
}

const builtIns = ["INPUT", "FORWARD", "OUTPUT"];

/** A comment may hold line ends. The kernel takes 255 bytes of it, and printing may put an escape before each. */
const longestComment = 2 * 255;
