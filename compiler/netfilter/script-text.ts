import type { Ownership } from "./ownership.js";
import type { Chain, IpSet } from "./tables.js";

/** A function of the shell that prints a text, or hands it to another command. */
export function hereDocument(name: string, text: string, command = "cat"): string {
  return `${name}() {\n  ${command} <<'${endMark}'\n${text}${endMark}\n}\n`;
}

/** No line of a here-document begins so: they begin with `:`, `-`, a command of ipset, or a name with a prefix. */
const endMark = "END_OF_TARGET";

/** What an engine emits is always fit for a script; whatever is not, stops here and not on a node. */
export function checkNames(sets: readonly IpSet[], chains: readonly Chain[], ownership: Ownership): void {
  const { setPrefix, temporarySetPrefix } = ownership;
  if (setPrefix.startsWith(temporarySetPrefix) || temporarySetPrefix.startsWith(setPrefix)) {
    throw new Error(`final and temporary sets cannot be told apart: ${setPrefix}, ${temporarySetPrefix}`);
  }
  const longest = maxSetNameLength - Math.max(0, temporarySetPrefix.length - setPrefix.length);
  const isOwn = (name: string): boolean => name.startsWith(setPrefix) || name.startsWith(temporarySetPrefix);
  for (const set of sets) {
    if (!isOwn(set.name) || set.name.length > longest || !/^[\x21-\x7e]+$/.test(set.name)) {
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

/** The kernel takes no longer name of a set. */
const maxSetNameLength = 31;
