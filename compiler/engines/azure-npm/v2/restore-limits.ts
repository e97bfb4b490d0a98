import type { PolicyPairs, SetExpression, SetMatch } from "../../../pairs/pair-group.js";
import { emitJump, emitPolicyRules, type Naming } from "./emit-policy.js";
import { directionsOf } from "./policy-chains.js";
import { programWords } from "./program-words.js";

/** iptables-restore takes no longer word ("Parameter too long!"); a comment is one. Tried with iptables 1.8.9, both flavours. */
const maxWordLength = 1023;
/** Nor more words a line ("Parser cannot handle more arguments"). */
const maxWords = 251;

/** Why iptables-restore refuses a policy's file, in its own words; undefined when it takes it. */
export function refusedByRestore(pairs: PolicyPairs, naming: Naming): string | undefined {
  if (!mayBeTooLarge(pairs)) return undefined;
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

/** A look at sizes alone, generous, so that ordinary policies cost nothing. */
function mayBeTooLarge(pairs: PolicyPairs): boolean {
  return pairs.directions.some(({ subjects, groups }) => {
    return isLarge(subjects) || groups.some(({ sources, destinations }) => isLarge(sources) || isLarge(destinations));
  });
}

function isLarge(expression: SetExpression): boolean {
  let length = 0;
  for (const match of expression) length += lengthOf(match);
  return expression.length > 20 || length > maxWordLength / 2;
}

/** At least the length of the set's readable name, less the parts that are the policy's own name. */
function lengthOf({ set }: SetMatch): number {
  switch (set.kind) {
    case "pod-label":
    case "namespace-label":
      return 20 + set.key.length + (set.value?.length ?? 0);
    case "pod-label-values":
      return 20 + set.key.length + set.values.reduce((sum, value) => sum + value.length + 1, 0);
    default:
      return 60;
  }
}
