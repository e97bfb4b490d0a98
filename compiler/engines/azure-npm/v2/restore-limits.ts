import type { PolicyPairs } from "../../../pairs/pair-group.js";
import { emitJump, emitPolicyRules, type Naming } from "./emit-policy.js";
import { directionsOf } from "./policy-chains.js";
import type { PolicySet } from "./policy-sets.js";
import { programWords } from "./program-words.js";

/** iptables-restore takes no longer word ("Parameter too long!"); a comment is one. Tried with iptables 1.8.9, both flavours. */
const maxWordLength = 1023;
/** Nor more words a line ("Parser cannot handle more arguments"). */
const maxWords = 251;

/** Why iptables-restore refuses a policy's file, in its own words; undefined when it takes it. */
export function refusedByRestore(pairs: PolicyPairs, sets: readonly PolicySet[], naming: Naming): string | undefined {
  if (!mayBeTooLarge(sets)) return undefined;
  for (const direction of directionsOf(pairs)) {
    const jump = emitJump(pairs, direction, naming);
    for (const rule of [...emitPolicyRules(pairs, direction, naming), jump]) {
      const words = ["-A", "chain", ...programWords(rule)];
      if (words.some((word) => word.length > maxWordLength)) return "Parameter too long!";
      if (words.length > maxWords) return "Parser cannot handle more arguments";
    }
  }
  return undefined;
}

/**
 * A look at sizes alone, so that ordinary policies cost nothing. A rule names a set of its policy twice at most (`In` and `NotIn`), with six words and
 * six more characters of comment each; the policy's own name adds some 400 characters.
 */
function mayBeTooLarge(sets: readonly PolicySet[]): boolean {
  let length = 0;
  for (const { metadata } of sets) length += metadata.readableName.length;
  return sets.length > 10 || length > maxWordLength / 5;
}
