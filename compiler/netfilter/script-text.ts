import { ownSets } from "./owned.js";
import type { Ownership } from "./ownership.js";
import type { Flavour } from "./flavour.js";
import { shellQuote } from "./script-library.js";
import type { Chain, IpSet, Match } from "./tables.js";

/** A function of the shell that prints a text, or hands it to another command. */
export function hereDocument(name: string, text: string, command = "cat"): string {
  return `${name}() {\n  ${command} <<'${endMark}'\n${text}${endMark}\n}\n`;
}

/** No line of a here-document begins so: they begin with `:`, `-`, a command of ipset, or a name with a prefix. */
const endMark = "END_OF_TARGET";

/** What an engine emits is always fit for a script; whatever is not, stops here and not on a node. */
export function checkNames(sets: readonly IpSet[], chains: readonly Chain[], ownership: Ownership): void {
  const { setPrefix, temporarySetPrefixes } = ownership;
  const prefixes = [setPrefix, ...temporarySetPrefixes];
  if (prefixes.some((one, index) => prefixes.some((other, at) => at !== index && other.startsWith(one)))) {
    throw new Error(`final and temporary sets cannot be told apart: ${prefixes.join(", ")}`);
  }
  const longest =
    maxSetNameLength - Math.max(0, ...temporarySetPrefixes.map(({ length }) => length - setPrefix.length));
  const own = new Set(ownSets(sets, ownership));
  for (const set of sets) {
    if (!own.has(set) || set.name.length > longest || !/^[\x21-\x7e]+$/.test(set.name)) {
      throw new Error(`unfit name of a set: ${JSON.stringify(set.name)}`);
    }
    for (const member of set.members) {
      if (!/^[\x20-\x7e]+$/.test(member)) throw new Error(`unfit member of ${set.name}: ${JSON.stringify(member)}`);
    }
  }
  for (const chain of chains) {
    if (!/^[\x21-\x7e]{1,28}$/.test(chain.name))
      throw new Error(`unfit name of a chain: ${JSON.stringify(chain.name)}`);
  }
}

/** One line for each chain and each rule: iptables-restore reads nothing that is longer. */
export function checkLines(text: string, chains: readonly Chain[]): void {
  let expected = 0;
  for (const chain of chains) expected += 1 + chain.rules.length;
  let lines = 0;
  for (let at = text.indexOf("\n"); at >= 0; at = text.indexOf("\n", at + 1)) lines += 1;
  if (lines !== expected || /[\r\0]/.test(text)) throw new Error("a rule is more than one line of text");
}

/**
 * The lines of a script's main function that end it before it begins, where a flavour of iptables would take some of the rules and not the
 * others. nft iptables takes no rule with a network that is every address negated, and says so when the rest of a table is read.
 */
export function refusal(chains: readonly Chain[], flavour: Flavour): string[] {
  if (flavour !== "nft") return [];
  const isRefused = (match: Match): boolean =>
    match.kind === "address" && match.negated && match.network.endsWith("/0");
  const chain = chains.find(({ rules }) => rules.some(({ matches }) => matches.some(isRefused)));
  if (!chain) return [];
  return [`  fail 1 ${shellQuote(`nft iptables refuses a rule of ${chain.name}, which is for no address at all`)}`];
}

/** The kernel takes no longer name of a set. */
const maxSetNameLength = 31;
