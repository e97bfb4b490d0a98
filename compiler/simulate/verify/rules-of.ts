import type { NetworkPolicy, PolicyRule, PolicyType } from "../../model/objects.js";

export function rulesOf(policy: NetworkPolicy, type: PolicyType): readonly PolicyRule[] {
  return type === "Ingress" ? policy.ingress : policy.egress;
}

/** Whether a rule is `{}`. */
export function isOpen({ peers, ports }: PolicyRule): boolean {
  return peers.length === 0 && ports.length === 0;
}

/** Whether a direction has one rule, and that is `{}`. */
export function isOpened(policy: NetworkPolicy, type: PolicyType): boolean {
  const rules = rulesOf(policy, type);
  return rules.length === 1 && isOpen(rules[0]!);
}
