import { splitWords } from "../netfilter/words.js";
import type { TraceStep } from "./trace.js";
import { withinLimits } from "./verdicts.js";

/** What a limit asks of a packet, answered; undefined for other matches: `it is within 1000 packets a second`. */
export function describeLimit(words: readonly string[], holds: boolean): string | undefined {
  const limit = limitOf(words);
  if (limit === undefined) return undefined;
  return `it is ${holds === withinLimits(words) ? "within" : "over"} ${limit}`;
}

/**
 * The limits that a packet met on its way and is taken to be within, each once: `cali-tw-azv0123 2 (1000 packets a second)`. Those of rules that
 * only note packets do not count: nothing depends on them.
 */
export function limitsOnWay(steps: readonly TraceStep[]): readonly string[] {
  const met = steps.flatMap(({ chain, rule, text, matches }) => {
    const words = splitWords(text) ?? [];
    if (["LOG", "NFLOG"].includes(words[words.lastIndexOf("-j") + 1] ?? "")) return [];
    const limit = matches.map(({ text }) => limitOf(text.split(" "))).find((each) => each !== undefined);
    const asked = matches.every(({ text, outcome }) => outcome !== false || limitOf(text.split(" ")) !== undefined);
    return limit !== undefined && asked ? [`${chain} ${rule} (${limit})`] : [];
  });
  return [...new Set(met)];
}

const units: Readonly<Record<string, string>> = { sec: "second", min: "minute", hour: "hour", day: "day" };

/** `1000 packets a second, 2000 at once`, `20 connections`; of words as iptables-save prints them. */
function limitOf(words: readonly string[]): string | undefined {
  const after = (option: string): string | undefined => {
    const at = words.indexOf(option);
    return at < 0 ? undefined : words[at + 1];
  };
  if (words[0] !== "-m") return undefined;
  if (words[1] === "limit") {
    const [count, unit = ""] = (after("--limit") ?? "").split("/");
    if (!count) return undefined;
    return `${count} packets a ${units[unit] ?? unit}, ${after("--limit-burst") ?? 5} at once`;
  }
  if (words[1] !== "connlimit") return undefined;
  const count = after("--connlimit-above") ?? after("--connlimit-upto");
  const mask = after("--connlimit-mask");
  const end = words.includes("--connlimit-daddr") ? "to" : "from";
  const whose = mask === undefined || mask === "0" ? "" : ` ${end} one block of ${mask} bits`;
  return count === undefined
    ? undefined
    : `${count} ${count === "1" ? "connection" : "connections"} at one time${whose}`;
}
