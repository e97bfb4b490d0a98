import type { PolicyPairs, SetExpression, SetMatch } from "../../../pairs/pair-group.js";
import { emitJump, emitPolicyChain, type Naming } from "./emit-policy.js";
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
    const jump = emitJump(
      pairs,
      pairs.directions.find((found) => found.direction === direction)!,
      naming,
    );
    for (const rule of [...emitPolicyChain(pairs, direction, naming).rules, jump]) {
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
    return [subjects, ...groups.flatMap((group) => [group.sources, group.destinations])].some(isLarge);
  });
}

function isLarge(expression: SetExpression): boolean {
  const length = expression.reduce((sum, match) => sum + lengthOf(match), 0);
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
