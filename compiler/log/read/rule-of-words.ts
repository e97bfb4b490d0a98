import { services } from "../../engines/azure-npm/kernel/entry.js";
import { parseRule } from "../../netfilter/parse-rule.js";
import { networkOf } from "../../netfilter/set-members.js";
import type { Match, Rule } from "../../netfilter/tables.js";
import { quoteWord } from "../../netfilter/words.js";

/**
 * The rule that iptables makes of the words behind `-A CHAIN` in a log, as its kernel prints it: protocols in lower case,
 * masked networks, `--set-mark` as `--set-xmark`, addresses and protocol first. The words carry no quotes, so that a comment
 * runs to the next option or the end.
 */
export function ruleOfWords(words: readonly string[]): Rule {
  const printed: string[] = [];
  let protocol: string | undefined;
  for (let at = 0; at < words.length; at += 1) {
    const word = words[at]!;
    const next = words[at + 1];
    if (word === "--comment") {
      const end = endOfComment(words, at + 1);
      printed.push(word, quoteWord(words.slice(at + 1, end).join(" ")));
      at = end - 1;
    } else if (word === "-p" && next !== undefined) {
      protocol = next.toLowerCase();
      printed.push(word, protocol);
      at += 1;
    } else if (word === "--dport" && protocol !== undefined && printed.at(-2) !== "-m") {
      printed.push("-m", protocol, word, portOf(next));
      at += 1;
    } else if ((word === "-s" || word === "-d") && next !== undefined) {
      const network = kernelNetwork(next);
      if (network !== undefined) printed.push(word, network);
      at += 1;
    } else if (word === "--set-mark" && next !== undefined) {
      printed.push("--set-xmark", xmark(next));
      at += 1;
    } else {
      printed.push(word);
    }
  }
  const rule = parseRule(printed);
  return { ...rule, matches: rule.matches.toSorted((a, b) => rankOf(a) - rankOf(b)) };
}

function endOfComment(words: readonly string[], start: number): number {
  let end = start + 1;
  while (end < words.length && !/^-[jgmsdp]$/.test(words[end]!)) end += 1;
  return Math.min(end, words.length);
}

/** Undefined for one that matches everything. */
function kernelNetwork(text: string): string | undefined {
  if (text.endsWith("/0")) return undefined;
  const masked = networkOf(text) ?? text;
  return masked.includes("/") || masked.includes(":") ? masked : `${masked}/32`;
}

/** `--set-mark VALUE/MASK` clears the bits of the mask and of the value, then sets those of the value. */
function xmark(text: string): string {
  const [value = "", mask] = text.split("/");
  if (mask === undefined) return `${hex(value)}/0xffffffff`;
  return `${hex(value)}/0x${((Number(mask) | Number(value)) >>> 0).toString(16)}`;
}

function hex(text: string): string {
  const value = Number(text);
  return Number.isInteger(value) ? `0x${value.toString(16)}` : text;
}

/** A port that a log names by its service. */
function portOf(text = ""): string {
  return `${services[text] ?? text}`;
}

function rankOf({ kind }: Match): number {
  return kind === "address" ? 0 : kind === "protocol" ? 1 : 2;
}
