import type { AddressTranslation, Specification } from "../../engines/specification.js";
import type { CalicoPolicy, HostEndpoint, Tier } from "../../model/calico/objects.js";
import type { Labels, NetworkPolicy, Pod } from "../../model/objects.js";
import type { Resource } from "../../model/resources.js";
import { noAlterations, type TierAlterations } from "./alterations.js";
import { blockTest, type BlockTest } from "./blocks.js";
import { addressesOf, Holders, type Holder } from "./holders.js";
import { kubernetesPolicy } from "./kubernetes-policy.js";
import { NodeMap } from "./node-map.js";
import { orderTiers, type OrderedTier } from "./order.js";
import type { Place } from "./rule-end.js";
import { calicoPolicy, calicoRule, type Direction, type SpecPolicy } from "./spec-policy.js";
import type { SpecRule } from "./spec-rule.js";

/** Objects that the documentation of tiers speaks of, as one node sees them. */
export interface TieredObjects {
  /** All that there are. */
  readonly pods: readonly Pod[];
  readonly policies: readonly NetworkPolicy[];
  readonly labelsOfNamespace: (name: string) => Labels;
  readonly specification: Specification;
}

/** Which of an endpoint's policies are asked: before connection tracking, before translation, of what passes through, of the rest. */
export type PolicyKind = "normal" | "untracked" | "pre-dnat" | "forward";

/** Ways in which blocks of failsafe ports are known to be read otherwise than documented. */
export interface FailsafeOddities {
  /** They are looked for at the source of answers, also of those that leave. */
  readonly answersBySource: boolean;
  /** Not looked at. */
  readonly skipsBlocks: boolean;
  /** Those of the other version of IP are not looked at. */
  readonly skipsOtherVersion: boolean;
}

/** Endpoints and policies, ready for questions about packets. */
export class TieredCluster {
  readonly specification: Specification;
  readonly map: NodeMap;
  readonly tiers: readonly OrderedTier[];
  readonly holders: Holders;
  /** Policies before translation of the endpoint of all interfaces stand in for those that an own endpoint has not. */
  readonly wildcardStandsIn: boolean;
  /** Blocks of addresses of services. */
  readonly serviceBlocks: readonly BlockTest[];
  /** The node knows no pod behind its interface, and lets nothing through there. */
  readonly isMissing: (pod: Pod) => boolean;
  readonly failsafeOddities: (hostEndpoint: HostEndpoint) => FailsafeOddities;
  readonly #profiles = new Map<string, readonly SpecRule[]>();
  readonly #chosen = new Map<string, readonly OrderedTier[]>();
  readonly #places = new Map<string, Place>();
  readonly #ofPods = new Map<Pod, Holder>();
  readonly #ofHosts = new Map<HostEndpoint, Holder>();

  constructor(
    { pods, policies, specification, labelsOfNamespace }: TieredObjects,
    altered: TierAlterations = noAlterations,
  ) {
    const resources = specification.resources.filter((each) => !altered.on("calico-unknown-feature", each));
    const slices = ofKind(resources, "EndpointSlice");
    this.specification = { ...specification, resources };
    this.wildcardStandsIn = altered.has("calico-wildcard-before-translation");
    this.failsafeOddities = (hostEndpoint) => ({
      answersBySource: altered.on("calico-failsafe-answers", hostEndpoint),
      skipsBlocks: altered.on("calico-failsafe-blocks", hostEndpoint),
      skipsOtherVersion: altered.on("calico-failsafe-other-version", hostEndpoint),
    });
    const present = pods.filter((pod) => isThere(pod, altered));
    this.serviceBlocks = specification.services.blocks.map(blockTest);
    this.isMissing = (pod) => altered.on("calico-refuses-pod", pod);
    this.map = new NodeMap(this.specification, present);
    const known = present.filter((pod) => !this.isMissing(pod));
    this.holders = new Holders(known, labelsOfNamespace, resources, altered);
    const all = [
      ...policies
        .filter((policy) => !altered.on("calico-refuses-sctp", policy))
        .map((policy) => kubernetesPolicy(policy, altered)),
      ...resources.filter(isEnforced).map((policy) => calicoPolicy(policy, slices, altered)),
    ];
    this.tiers = orderTiers(
      ofKind(resources, "Tier") satisfies readonly Tier[],
      all,
      altered.has("calico-breaks-ties"),
    );
    for (const profile of ofKind(resources, "Profile")) {
      for (const direction of ["ingress", "egress"] as const) {
        const rules = profile[direction].map((rule, index) =>
          calicoRule(rule, index, profile, `spec.${direction}`, slices, altered),
        );
        this.#profiles.set(`${direction} ${profile.name}`, rules);
      }
    }
  }

  /** An address with those that have it. */
  placeOf({ address }: { readonly address: string }): Place {
    let found = this.#places.get(address);
    if (!found) this.#places.set(address, (found = { address, holders: this.holders.of(address), meant: new Map() }));
    return found;
  }

  /** What packets for an address may go on to, the first of several. */
  translationsOf(address: string): readonly AddressTranslation[] {
    return this.specification.translations.filter((each) => each.address === address);
  }

  holderOf(of: Pod | HostEndpoint): Holder {
    if (of.kind === "Pod") {
      let found = this.#ofPods.get(of);
      if (!found) this.#ofPods.set(of, (found = this.holders.ofPod(of)));
      return found;
    }
    let found = this.#ofHosts.get(of);
    if (!found) this.#ofHosts.set(of, (found = this.holders.ofHostEndpoint(of)));
    return found;
  }

  /** The tiers whose policies of a kind are about an endpoint in one direction. */
  tiersOf(of: Pod | HostEndpoint, direction: Direction, kind: PolicyKind): readonly OrderedTier[] {
    const key = `${of.namespace}/${of.name} ${of.kind} ${direction} ${kind}`;
    let found = this.#chosen.get(key);
    if (!found) {
      const holder = this.holderOf(of);
      found = this.tiers.flatMap((tier) => {
        const policies = tier.policies.filter(
          (policy) => policy.types[direction] && isOfKind(policy, kind) && policy.selects(holder),
        );
        return policies.length === 0 ? [] : [{ ...tier, policies }];
      });
      this.#chosen.set(key, found);
    }
    return found;
  }

  /** The rules of a profile; undefined when nobody defines it. */
  profile(name: string, direction: Direction): readonly SpecRule[] | undefined {
    return this.#profiles.get(`${direction} ${name}`);
  }

  /** Every rule that may decide. */
  *rules(): Generator<SpecRule> {
    for (const { policies } of this.tiers) {
      for (const { rules } of policies) yield* [...rules.ingress, ...rules.egress];
    }
    for (const rules of this.#profiles.values()) yield* rules;
  }
}

/** Whether a pod has a part in policies: it is scheduled, or nobody has looked at it yet, has an address of its own, and has not finished. */
function isThere(pod: Pod, altered: TierAlterations): boolean {
  const { hostNetwork, nodeName, phase } = pod;
  if (hostNetwork || addressesOf(pod).length === 0 || (nodeName === "" && phase !== "")) return false;
  return (phase !== "Succeeded" && phase !== "Failed") || altered.on("calico-keeps-finished-pods", pod);
}

/** Staged policies are there to be looked at. */
function isEnforced(resource: Resource): resource is CalicoPolicy {
  return resource.kind === "GlobalNetworkPolicy" || resource.kind === "CalicoNetworkPolicy";
}

function isOfKind({ doNotTrack, preDnat, applyOnForward }: SpecPolicy, kind: PolicyKind): boolean {
  switch (kind) {
    case "untracked":
      return doNotTrack;
    case "pre-dnat":
      return preDnat && !doNotTrack;
    case "forward":
      return applyOnForward && !doNotTrack && !preDnat;
    case "normal":
      return !doNotTrack && !preDnat;
  }
}

export function ofKind<K extends Resource["kind"]>(
  resources: readonly Resource[],
  kind: K,
): readonly Extract<Resource, { readonly kind: K }>[] {
  return resources.filter((each): each is Extract<Resource, { readonly kind: K }> => each.kind === kind);
}
