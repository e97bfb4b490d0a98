import { excerpt, linesOf, type DumpProblem } from "./dump-problem.js";
import { parseRule } from "./parse-rule.js";
import { builtIns, type Chain, type OtherTable, type Rule, type TableName } from "./tables.js";
import { splitWords } from "./words.js";

export interface ParsedIptablesSave {
  /** Chains of the filter table, in the order of the dump; empty when the dump holds none. */
  readonly chains: readonly Chain[];
  /** Of the other tables that were asked for, those that the dump holds, likewise. */
  readonly others: readonly OtherTable[];
  readonly problems: readonly DumpProblem[];
}

/**
 * The filter table of a dump that `iptables-save` (either flavour, with or without counters) printed, and the others of `wanted`. Other
 * tables, comment lines and counters are skipped. A line that cannot be read is a problem and left out.
 */
export function parseIptablesSave(text: string, wanted: readonly TableName[] = ["filter"]): ParsedIptablesSave {
  const lines = linesOf(text);
  const tables = new Map<string, Map<string, WrittenChain>>();
  const problems: DumpProblem[] = [];
  let table: string | undefined;
  let chains: Map<string, WrittenChain> | undefined;
  let tableLine = 0;

  for (let index = 0; index < lines.length; index += 1) {
    const start = index;
    const problem = (message: string): void => void problems.push({ line: start + 1, message });
    let line = lines[index]!;
    if (line.trim() === "" || line.startsWith("#")) continue;
    if (line.startsWith("*")) {
      if (table !== undefined) problem(`the ${table} table of line ${tableLine} has no COMMIT before this line`);
      table = line.slice(1).trim();
      tableLine = start + 1;
      chains = undefined;
      if (!wanted.some((name) => name === table)) continue;
      if (tables.has(table)) problem(`a second ${table} table in one dump`);
      chains = tables.get(table) ?? new Map();
      tables.set(table, chains);
    } else if (line.trim() === "COMMIT") {
      if (table === undefined) problem("COMMIT outside a table");
      table = undefined;
    } else if (table === undefined) {
      problem(`expected a table, such as *filter, not "${excerpt(line)}"`);
    } else if (chains) {
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
        readHeader(chains, words, problem);
      } else {
        readRule(table as TableName, chains, words, problem);
      }
    }
  }
  if (table !== undefined) {
    problems.push({ line: tableLine, message: `the ${table} table has no COMMIT: the dump is cut off` });
  }
  const listed = (name: TableName): Chain[] => [...(tables.get(name)?.values() ?? [])];
  return {
    chains: listed("filter"),
    others: otherTables.filter((name) => tables.has(name)).map((name) => ({ name, chains: listed(name) })),
    problems,
  };
}

interface WrittenChain {
  readonly name: string;
  readonly policy?: "ACCEPT" | "DROP";
  readonly rules: Rule[];
}

type Chains = Map<string, WrittenChain>;

function readHeader(chains: Chains, words: readonly string[], problem: (message: string) => void): void {
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

function readRule(
  table: TableName,
  chains: Chains,
  words: readonly string[],
  problem: (message: string) => void,
): void {
  const at = /^\[\d+:\d+\]$/.test(words[0]!) ? 1 : 0;
  const name = words[at + 1];
  if (words[at] !== "-A" || name === undefined) {
    return problem(`expected a rule, such as "-A FORWARD -j ACCEPT", not "${excerpt(words.join(" "))}"`);
  }
  // iptables-restore takes rules of a built-in chain without a header, too: the chain is always there.
  if (builtIns[table].includes(name) && !chains.has(name)) chains.set(name, { name, policy: "ACCEPT", rules: [] });
  const chain = chains.get(name);
  if (!chain) return problem(`chain ${excerpt(name)} is not declared`);
  chain.rules.push(parseRule(words.slice(at + 2)));
}

const otherTables: readonly OtherTable["name"][] = ["raw", "mangle", "nat"];

/** A comment may hold line ends. The kernel takes 255 bytes of it, and printing may put an escape before each. */
const longestComment = 2 * 255;
