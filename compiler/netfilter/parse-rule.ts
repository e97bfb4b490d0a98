import type { Match, Rule, Target } from "./tables.js";
import { unquoteWord } from "./words.js";

/**
 * A rule from its words as iptables-save prints them (`-A CHAIN` taken off, quotes kept). Every match and target that is not
 * one of the kinds of `Match` and `Target`, to the last option, is kept as `other` words, so that printing gives the same text.
 */
export function parseRule(words: readonly string[]): Rule {
  const matches: Match[] = [];
  let target: Target | undefined;
  for (const clause of clausesOf(words)) {
    if (clause[0] === "-j" || clause[0] === "-g") target = parseTarget(clause);
    else matches.push(parseMatch(clause));
  }
  return target ? { matches, target } : { matches };
}

/** A clause is a `-m` with all its options, a target with all of its, or an option of one letter with its value. */
function clausesOf(words: readonly string[]): string[][] {
  const clauses: string[][] = [];
  let current: string[] = [];
  words.forEach((word, index) => {
    // The text of a comment may look like an option, and is printed without quotes then.
    const isText = words[index - 1] === "--comment";
    const startsHere = !isText && (opens(word) || (word === "!" && opens(words[index + 1] ?? "")));
    if (startsHere && !(current.length === 1 && current[0] === "!")) {
      current = [];
      clauses.push(current);
    }
    if (clauses.length === 0) clauses.push(current);
    current.push(word);
  });
  return clauses;
}

/** `-m`, `-s`, `-j` …: options of one letter stand outside matches, those of matches have long names. */
function opens(word: string): boolean {
  return /^-[a-z]$/.test(word);
}

function parseMatch(clause: readonly string[]): Match {
  return (clause[0] === "-m" ? parseExtension(clause) : parseOption(clause)) ?? { kind: "other", words: clause };
}

/** `[!] -p tcp`, `[!] -s 10.0.0.0/8`. */
function parseOption(clause: readonly string[]): Match | undefined {
  const negated = clause[0] === "!";
  const [option, value, ...rest] = negated ? clause.slice(1) : clause;
  if (value === undefined || rest.length > 0) return undefined;
  switch (option) {
    case "-p":
      return { kind: "protocol", protocol: value, negated };
    case "-s":
      return { kind: "address", side: "source", network: value, negated };
    case "-i":
      return { kind: "interface", direction: "in", name: value, negated };
    case "-o":
      return { kind: "interface", direction: "out", name: value, negated };
    case "-d":
      return { kind: "address", side: "destination", network: value, negated };
    default:
      return undefined;
  }
}

function parseExtension(clause: readonly string[]): Match | undefined {
  const extension = clause[1];
  const negated = clause[2] === "!";
  const [option, value, ...rest] = clause.slice(negated ? 3 : 2);
  if (value === undefined) return undefined;
  const flags = rest[0];
  if (extension === "set" && option === "--match-set") {
    return flags !== undefined && rest.length === 1 ? { kind: "set", set: value, negated, flags } : undefined;
  }
  if (rest.length > 0) return undefined;
  switch (`${extension} ${option}`) {
    case "comment --comment":
      return negated ? undefined : { kind: "comment", text: unquoteWord(value) };
    case "conntrack --ctstate":
      return { kind: "connection-state", states: value.split(","), negated };
    case "state --state":
      return { kind: "connection-state", states: value.split(","), negated, extension: "state" };
    case "mark --mark": {
      const mark = parseMark(value);
      return mark && { kind: "mark", ...mark, negated };
    }
    case "multiport --dports":
      return parseMultiport("destination", value, negated);
    case "multiport --sports":
      return parseMultiport("source", value, negated);
    case "icmp --icmp-type":
      return parseIcmp(value, negated);
    case "icmp6 --icmpv6-type":
      return parseIcmp(value, negated, "icmp6");
    case "tcp --dport":
    case "udp --dport":
    case "sctp --dport":
      return negated ? undefined : parsePorts(extension!, value);
    default:
      return undefined;
  }
}

function parsePorts(protocol: string, value: string): Match | undefined {
  const range = parseRange(value);
  return range && { kind: "destination-port", protocol, ...range };
}

function parseMultiport(side: "source" | "destination", value: string, negated: boolean): Match | undefined {
  const ranges = value.split(",").map(parseRange);
  if (!ranges.every((range) => range !== undefined)) return undefined;
  return { kind: "multiport", side, ranges, negated };
}

/** `80` or `80:90`, as printed. */
function parseRange(value: string): { readonly first: number; readonly last: number } | undefined {
  const found = /^(0|[1-9]\d{0,4})(?::(0|[1-9]\d{0,4}))?$/.exec(value);
  if (!found) return undefined;
  const first = Number(found[1]);
  const last = Number(found[2] ?? found[1]);
  if (last > 65535 || (found[2] !== undefined && first >= last)) return undefined;
  return { first, last };
}

function parseIcmp(value: string, negated: boolean, extension?: "icmp6"): Match | undefined {
  const found = /^(0|[1-9]\d{0,2})(?:\/(0|[1-9]\d{0,2}))?$/.exec(value);
  if (!found || Number(found[1]) > 255 || Number(found[2] ?? 0) > 255) return undefined;
  return {
    kind: "icmp",
    type: Number(found[1]),
    ...(found[2] !== undefined && { code: Number(found[2]) }),
    negated,
    ...(extension && { extension }),
  };
}

function parseTarget(clause: readonly string[]): Target {
  const [option, to, extra, value, ...rest] = clause;
  if (to !== undefined && extra === undefined) return { kind: option === "-g" ? "goto" : "jump", to };
  if (to === "MARK" && extra === "--set-xmark" && value !== undefined && rest.length === 0) {
    const mark = value.includes("/") ? parseMark(value) : undefined;
    if (mark) return { kind: "set-mark", ...mark };
  }
  return { kind: "other", words: clause };
}

/** `0x200` or `0x200/0x300`, as printed: no leading zeros, a mask only when it is not the whole one. */
function parseMark(value: string): { value: number; mask: number } | undefined {
  const found = /^0x(0|[1-9a-f][0-9a-f]{0,7})(?:\/0x(0|[1-9a-f][0-9a-f]{0,7}))?$/.exec(value);
  if (!found) return undefined;
  return { value: parseInt(found[1]!, 16), mask: found[2] === undefined ? 0xffffffff : parseInt(found[2], 16) };
}
