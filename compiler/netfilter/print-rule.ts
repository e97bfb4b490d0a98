import type { Match, Rule, Target } from "./tables.js";
import { quoteWord, splitWords, unquoteWord } from "./words.js";

/** A rule as iptables-save prints it, without its `-A CHAIN`; empty for a rule that neither matches nor does anything. */
export function printRule(rule: Rule): string {
  let text = "";
  for (const match of rule.matches) text += text === "" ? printMatch(match) : ` ${printMatch(match)}`;
  if (!rule.target) return text;
  return text === "" ? printTarget(rule.target) : `${text} ${printTarget(rule.target)}`;
}

/** The same as the arguments of a command: one word each, no quotes. */
export function ruleWords(rule: Rule): string[] {
  return (splitWords(printRule(rule)) ?? []).map(unquoteWord);
}

/** Words of one match, as printed. */
export function printMatch(match: Match): string {
  switch (match.kind) {
    case "set":
      return `-m set ${not(match.negated)}--match-set ${match.set} ${match.flags}`;
    case "comment":
      return `-m comment --comment ${quoteWord(match.text.slice(0, maxCommentLength))}`;
    case "protocol":
      return `${not(match.negated)}-p ${match.protocol}`;
    case "destination-port":
      return `-m ${match.protocol} --dport ${match.first === match.last ? match.first : `${match.first}:${match.last}`}`;
    case "mark":
      return `-m mark ${not(match.negated)}--mark ${hexadecimal(match.value)}${match.mask === wholeMark ? "" : `/${hexadecimal(match.mask)}`}`;
    case "connection-state":
      return match.extension === "state"
        ? `-m state ${not(match.negated)}--state ${match.states.join(",")}`
        : `-m conntrack ${not(match.negated)}--ctstate ${match.states.join(",")}`;
    case "address":
      return `${not(match.negated)}${match.side === "source" ? "-s" : "-d"} ${match.network}`;
    case "other":
      return match.words.join(" ");
  }
}

/** Words of a target, as printed. */
export function printTarget(target: Target): string {
  switch (target.kind) {
    case "jump":
      return `-j ${target.to}`;
    case "goto":
      return `-g ${target.to}`;
    case "set-mark":
      return `-j MARK --set-xmark ${hexadecimal(target.value)}/${hexadecimal(target.mask)}`;
    case "other":
      return target.words.join(" ");
  }
}

const wholeMark = 0xffffffff;

/** The kernel keeps this many bytes of a comment; iptables cuts off the rest without a word. Source: Linux, xt_comment.h. */
const maxCommentLength = 255;

function not(negated: boolean): string {
  return negated ? "! " : "";
}

function hexadecimal(value: number): string {
  return `0x${value.toString(16)}`;
}
