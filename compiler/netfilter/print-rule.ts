import type { Match, Rule, Target } from "./tables.js";
import { pushQuoted, splitWords, unquoteWord } from "./words.js";

/** A rule as iptables-save prints it, without its `-A CHAIN`; empty for a rule that neither matches nor does anything. */
export function printRule(rule: Rule): string {
  const pieces: string[] = [];
  pushRule(pieces, rule);
  return pieces.join("").slice(1);
}

/** The same as the arguments of a command: one word each, no quotes. */
export function ruleWords(rule: Rule): string[] {
  return (splitWords(printRule(rule)) ?? []).map(unquoteWord);
}

/** Words of one match, as printed. */
export function printMatch(match: Match): string {
  const pieces: string[] = [];
  pushMatch(pieces, match);
  return pieces.join("").slice(1);
}

/** Appends the words of a rule, each with the space before it, to the pieces of a text. */
export function pushRule(pieces: string[], rule: Rule): void {
  for (const match of rule.matches) pushMatch(pieces, match);
  if (rule.target) pushTarget(pieces, rule.target);
}

function pushMatch(pieces: string[], match: Match): void {
  switch (match.kind) {
    case "set":
      pieces.push(match.negated ? " -m set ! --match-set " : " -m set --match-set ", match.set, " ", match.flags);
      return;
    case "comment":
      pieces.push(" -m comment --comment ");
      pushQuoted(pieces, match.text.length > maxCommentLength ? match.text.slice(0, maxCommentLength) : match.text);
      return;
    case "protocol":
      pieces.push(match.negated ? " ! -p " : " -p ", match.protocol);
      return;
    case "destination-port":
      pieces.push(" -m ", match.protocol, " --dport ", String(match.first));
      if (match.last !== match.first) pieces.push(":", String(match.last));
      return;
    case "multiport":
      pieces.push(
        match.negated ? " -m multiport ! " : " -m multiport ",
        match.side === "source" ? "--sports " : "--dports ",
      );
      pieces.push(match.ranges.map(printRange).join(","));
      return;
    case "icmp":
      pieces.push(match.extension ? " -m icmp6 " : " -m icmp ", match.negated ? "! " : "");
      pieces.push(match.extension ? "--icmpv6-type " : "--icmp-type ", String(match.type));
      if (match.code !== undefined) pieces.push("/", String(match.code));
      return;
    case "interface":
      pieces.push(match.negated ? " !" : "", match.direction === "in" ? " -i " : " -o ", match.name);
      return;
    case "mark":
      pieces.push(match.negated ? " -m mark ! --mark 0x" : " -m mark --mark 0x", match.value.toString(16));
      if (match.mask !== wholeMark) pieces.push("/0x", match.mask.toString(16));
      return;
    case "connection-state":
      pieces.push(match.extension === "state" ? " -m state " : " -m conntrack ", match.negated ? "! " : "");
      pieces.push(match.extension === "state" ? "--state " : "--ctstate ", match.states.join(","));
      return;
    case "address":
      pieces.push(match.negated ? " !" : "", match.side === "source" ? " -s " : " -d ", match.network);
      return;
    case "other":
      for (const word of match.words) pieces.push(" ", word);
      return;
  }
}

function printRange({ first, last }: { readonly first: number; readonly last: number }): string {
  return first === last ? String(first) : `${first}:${last}`;
}

function pushTarget(pieces: string[], target: Target): void {
  switch (target.kind) {
    case "jump":
      pieces.push(" -j ", target.to);
      return;
    case "goto":
      pieces.push(" -g ", target.to);
      return;
    case "set-mark":
      pieces.push(" -j MARK --set-xmark 0x", target.value.toString(16), "/0x", target.mask.toString(16));
      return;
    case "other":
      for (const word of target.words) pieces.push(" ", word);
      return;
  }
}

const wholeMark = 0xffffffff;

/** The kernel keeps this many bytes of a comment; iptables cuts off the rest without a word. Source: Linux, xt_comment.h. */
const maxCommentLength = 255;
