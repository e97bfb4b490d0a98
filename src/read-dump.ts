import {
  diagnostic,
  parseIpsetSave,
  parseIptablesSave,
  walkedTables,
  type Diagnostic,
  type ParsedIptablesSave,
  type Source,
  type TracedTables,
} from "../compiler/index.js";
import { Failure } from "./failure.js";
import { readFile } from "./read-sources.js";

/** What a node shows of itself: the tables that the tracer walks of what iptables-save wrote, and the sets of ipset save, if there is one. */
export function readDump(rules: string, sets: string | undefined): TracedTables {
  if (rules === "-" && sets === "-") throw new Failure([diagnostic("stdin-twice", {})]);
  const { chains, others } = readDumpFile(rules, "iptables-save", parseWalked);
  return { chains, others, sets: sets === undefined ? [] : readDumpFile(sets, "ipset save", parseIpsetSave).sets };
}

/** Without a filter table nobody would ask about a packet, and every verdict would be a guess. */
function parseWalked(text: string): ParsedIptablesSave {
  const parsed = parseIptablesSave(text, [...walkedTables, "nat"]);
  if (parsed.chains.length > 0 || parsed.problems.length > 0) return parsed;
  return {
    ...parsed,
    problems: [{ line: 1, message: "there is no filter table in this dump: nothing says what passes" }],
  };
}

interface Problem {
  readonly line: number;
  readonly message: string;
}

/** Reads and parses one file that `tool` wrote. Throws a Failure with every line that cannot be read. */
export function readDumpFile<Parsed extends { readonly problems: readonly Problem[] }>(
  path: string,
  tool: string,
  parse: (text: string) => Parsed,
): Parsed {
  const read = readFile(path);
  if ("error" in read) throw new Failure([read.error]);
  const parsed = parse(read.source.text);
  const other = others.find(({ tool: its, looks }) => its !== tool && looks.test(read.source.text));
  const problems =
    other && parsed.problems.length > 0
      ? [{ line: 1, message: `this is what ${other.tool} prints, not ${tool}` }]
      : parsed.problems.toSorted((a, b) => a.line - b.line);
  if (problems.length > 0) throw new Failure(problems.map((each) => unreadable(read.source, tool, each)));
  return parsed;
}

/** What other tools print and the wanted one never does: they are easily mixed up. */
const others = [
  { tool: "iptables-save", looks: /^\*(?:filter|nat|mangle|raw|security)\s*$/m },
  { tool: "ipset save", looks: /^create \S+ (?:hash|list|bitmap):/m },
  { tool: "iptables -S", looks: /^-P (?:INPUT|FORWARD|OUTPUT) /m },
  { tool: "iptables -L", looks: /^Chain \S+ \((?:policy|\d+ references)/m },
  { tool: "nft list ruleset", looks: /^table (?:ip|ip6|inet|bridge|arp|netdev) \S+ \{/m },
  { tool: "ipset list", looks: /^Name: \S+\r?\nType: /m },
];

function unreadable(source: Source, tool: string, problem: Problem): Diagnostic {
  const offset = source.text.split("\n", problem.line - 1).join("\n").length;
  return diagnostic(
    "unreadable-dump",
    { problem: problem.message, tool },
    { location: { source, offset: problem.line === 1 ? 0 : offset + 1 } },
  );
}
