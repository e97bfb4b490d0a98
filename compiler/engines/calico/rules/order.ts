import { selectorHolds } from "../../../model/calico/selector.js";
import type { Labelled } from "../cluster/cluster.js";
import type { Generation } from "../generation.js";
import type { Policy } from "../policy.js";
import type { TierPolicies } from "./endpoint-chains.js";
import { fullName, kindOf } from "./policy-chains.js";

/** Where a tier stands among others, and what it does with what its policies leave open. */
export interface Tier {
  readonly name: string;
  /** Infinity where none is given. */
  readonly order: number;
  readonly defaultAction: "Deny" | "Pass";
}

/** Policies by their tier's place, their order, and a tie-break that changed in v3.32. Source: Calico 87c15906f, felix/calc/policy_sorter.go. */
export function sortPolicies(
  policies: readonly Policy[],
  tiers: ReadonlyMap<string, Tier>,
  { policyId }: Generation,
): readonly Policy[] {
  const tierOf = (policy: Policy): number => tiers.get(policy.tier)?.order ?? Infinity;
  return policies.toSorted(
    (a, b) =>
      Number(!tiers.has(a.tier)) - Number(!tiers.has(b.tier)) ||
      compareNumbers(tierOf(a), tierOf(b)) ||
      compareTexts(a.tier, b.tier) ||
      compareNumbers(a.order, b.order) ||
      (policyId === "kind"
        ? compareTexts(a.name, b.name) || compareTexts(a.namespace, b.namespace) || compareTexts(kindOf(a), kindOf(b))
        : compareTexts(fullName(a), fullName(b))),
  );
}

/** The policies that apply to an endpoint, those of `wanted` only, tier by tier; sorted ones stay sorted. */
export function tiersOf(
  endpoint: Labelled,
  sorted: readonly Policy[],
  tiers: ReadonlyMap<string, Tier>,
  wanted: (policy: Policy) => boolean,
): readonly TierPolicies[] {
  const found = new Map<string, Policy[]>();
  for (const policy of sorted) {
    if (!wanted(policy) || !selectorHolds(policy.selector, endpoint.labelOf)) continue;
    const own = found.get(policy.tier);
    if (own) own.push(policy);
    else found.set(policy.tier, [policy]);
  }
  return [...found].map(([tier, policies]) => ({
    tier,
    defaultAction: tiers.get(tier)?.defaultAction ?? "Deny",
    ingress: policies.filter(({ ingress }) => ingress),
    egress: policies.filter(({ egress }) => egress),
  }));
}

function compareNumbers(a: number, b: number): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

function compareTexts(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
