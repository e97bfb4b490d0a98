import type { Rule } from "../../../netfilter/tables.js";
import { mentions, targetOf } from "../mentions.js";
import { forwardJump, npmChain } from "./chains.js";

export interface JumpMove {
  /** A jump that stands elsewhere is deleted first. */
  readonly remove: boolean;
  /** 1-based place in FORWARD, after the deletion. */
  readonly insertAt: number;
}

/**
 * What has to happen for the jump to stand where it belongs: first, or directly after the first rule that mentions
 * KUBE-SERVICES. Undefined when it does already.
 * Source: Azure NPM cbd7560cf, npm/pkg/dataplane/policies/chain-management_linux.go, positionAzureChainJumpRule.
 */
export function jumpMove(forward: readonly Rule[], placement: "first" | "after-kube-services"): JumpMove | undefined {
  const current = forward.findIndex((rule) => mentions(rule, npmChain)) + 1;
  const services = placement === "first" ? 0 : forward.findIndex((rule) => mentions(rule, "KUBE-SERVICES")) + 1;
  if (current === services + 1) return undefined;
  const removedAbove = current > 0 && current < services;
  return { remove: current > 0, insertAt: removedAbove ? services : services + 1 };
}

export function moveJump(forward: readonly Rule[], { remove, insertAt }: JumpMove): Rule[] {
  const rest = remove ? withoutFirst(forward, isForwardJump) : [...forward];
  return rest.toSpliced(insertAt - 1, 0, forwardJump);
}

/** FORWARD without the jump that releases before conntrack wrote: `-j AZURE-NPM` alone. */
export function withoutDeprecatedJump(forward: readonly Rule[]): Rule[] {
  return withoutFirst(forward, (rule) => rule.matches.length === 0 && targetOf(rule) === npmChain);
}

function isForwardJump(rule: Rule): boolean {
  const [match, ...others] = rule.matches;
  const isNew = match?.kind === "connection-state" && match.states.join() === "NEW" && !match.negated;
  return targetOf(rule) === npmChain && isNew && others.length === 0;
}

function withoutFirst(rules: readonly Rule[], unwanted: (rule: Rule) => boolean): Rule[] {
  const index = rules.findIndex(unwanted);
  return index < 0 ? [...rules] : rules.toSpliced(index, 1);
}
