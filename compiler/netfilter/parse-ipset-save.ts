import { excerpt, linesOf, type DumpProblem } from "./dump-problem.js";
import { defaultMaxElements } from "./print-ipset-save.js";
import type { IpSet, IpSetType } from "./tables.js";

export interface ParsedIpsetSave {
  /** In the order of the dump. */
  readonly sets: readonly IpSet[];
  /** Sets of types, or with options, that nothing here interprets. */
  readonly others: readonly OtherSet[];
  readonly problems: readonly DumpProblem[];
}

export interface OtherSet {
  readonly name: string;
  /** Its lines as printed, `create` first. */
  readonly lines: readonly string[];
}

/** The sets that `ipset save` printed. A line that cannot be read is a problem and left out. */
export function parseIpsetSave(text: string): ParsedIpsetSave {
  const sets = new Map<string, IpSet & { members: string[] }>();
  const others = new Map<string, { name: string; lines: string[] }>();
  const problems: DumpProblem[] = [];

  linesOf(text).forEach((line, index) => {
    if (line.trim() === "" || line.startsWith("#")) return;
    const problem = (message: string): void => void problems.push({ line: index + 1, message });
    const [command, name] = line.split(" ", 2);
    if ((command !== "create" && command !== "add") || !name) {
      return problem(`expected "create NAME TYPE ..." or "add NAME MEMBER", not "${excerpt(line)}"`);
    }
    const rest = line.slice(command.length + name.length + 2).trim();
    if (rest === "") return problem(`${command} ${excerpt(name)} is cut off`);
    const known = sets.get(name);
    const other = others.get(name);
    if (command === "add") {
      if (known) known.members.push(rest);
      else if (other) other.lines.push(line);
      else problem(`set ${excerpt(name)} is not created before its members`);
    } else if (known || other) {
      problem(`set ${excerpt(name)} is created twice`);
    } else {
      const set = parseCreate(name, rest.split(/ +/));
      if (set) sets.set(name, set);
      else others.set(name, { name, lines: [line] });
    }
  });
  return { sets: [...sets.values()], others: [...others.values()], problems };
}

/** Undefined when a type or an option is not one of those that `IpSet` holds. */
function parseCreate(name: string, words: readonly string[]): (IpSet & { members: string[] }) | undefined {
  const [type, ...options] = words;
  if (!isKnownType(type)) return undefined;
  let maxElements: number | undefined;
  let family: IpSet["family"];
  for (let at = 0; at < options.length; at += 2) {
    const value = options[at + 1] ?? "";
    switch (options[at]) {
      case "hashsize":
      case "bucketsize":
      case "initval":
        break;
      case "family":
        if (value !== "inet" && value !== "inet6") return undefined;
        if (value === "inet6") family = value;
        break;
      case "size":
        if (value !== "8") return undefined;
        break;
      case "maxelem":
        if (!/^\d{1,10}$/.test(value)) return undefined;
        maxElements = Number(value);
        break;
      default:
        return undefined;
    }
  }
  const members: string[] = [];
  const isUsual = maxElements === undefined || maxElements === defaultMaxElements;
  return { name, type, ...(family && { family }), ...(!isUsual && { maxElements: maxElements! }), members };
}

function isKnownType(type: string | undefined): type is IpSetType {
  return type === "hash:ip" || type === "hash:ip,port" || type === "hash:net" || type === "list:set";
}
