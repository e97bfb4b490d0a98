import type { Tier } from "../../model/calico/objects.js";
import type { SpecPolicy } from "./spec-policy.js";

/** A tier with its policies, in order of evaluation. */
export interface OrderedTier {
  readonly name: string;
  /** What becomes of a packet that policies of the tier are about and that none has decided. */
  readonly defaultAction: "Deny" | "Pass";
  readonly policies: readonly SpecPolicy[];
}

type TierPlace = Pick<Tier, "name" | "order" | "defaultAction">;

/** The tier that policies are in unless they say otherwise. */
const usualTier: TierPlace = { name: "default", order: 1_000_000, defaultAction: "Deny" };

/**
 * Tiers by their order, then by name; policies by theirs, then by name. What gives no order comes last, and so do tiers that nobody
 * defines. `byStoredName`: ties between policies as releases before v3.32 break them.
 *
 * Source: docs.tigera.io/calico, network-policy/policy-tiers/tiered-policy; reference/resources/globalnetworkpolicy, order.
 */
export function orderTiers(
  written: readonly TierPlace[],
  policies: readonly SpecPolicy[],
  byStoredName: boolean,
): readonly OrderedTier[] {
  const tiers = new Map([usualTier, ...written].map((tier) => [tier.name, tier]));
  const names = [...new Set(policies.map(({ tier }) => tier))].toSorted(
    (a, b) =>
      Number(!tiers.has(a)) - Number(!tiers.has(b)) ||
      compare(tiers.get(a)?.order ?? Infinity, tiers.get(b)?.order ?? Infinity) ||
      compare(a, b),
  );
  return names.map((name) => ({
    name,
    defaultAction: tiers.get(name)?.defaultAction ?? "Deny",
    policies: policies.filter(({ tier }) => tier === name).toSorted(byStoredName ? compareStored : comparePolicies),
  }));
}

/** The order of policies of a tier. */
export function comparePolicies(a: SpecPolicy, b: SpecPolicy): number {
  return (
    compare(a.order, b.order) || compare(a.name, b.name) || compare(a.namespace, b.namespace) || compare(a.kind, b.kind)
  );
}

/** The same in releases that name policies in their store by namespace, origin and tier. */
export function compareStored(a: SpecPolicy, b: SpecPolicy): number {
  return compare(a.order, b.order) || compare(storedName(a), storedName(b));
}

function storedName({ kind, tier, name, namespace }: SpecPolicy): string {
  const prefix = kind === "KubernetesNetworkPolicy" ? "knp.default." : name.startsWith(`${tier}.`) ? "" : `${tier}.`;
  return `${namespace === "" ? "" : `${namespace}/`}${prefix}${name}`;
}

function compare<T extends number | string>(a: T, b: T): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
