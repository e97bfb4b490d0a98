import type { CalicoEntity, CalicoPolicy, CalicoRule } from "../../model/calico/objects.js";
import { selectorOf } from "../../model/calico/parse-selector.js";
import type { PlacedObject } from "../../model/objects.js";
import type { EndpointSlice } from "../../model/resources.js";
import type { Location } from "../../text/source.js";
import type { TierAlterations } from "./alterations.js";
import { chooses, type Holder } from "./holders.js";
import { endOf, labelsFit, scopeTest, type EndOddities, type Place, type RuleEnd } from "./rule-end.js";
import { policyName, protocolNumber, type SpecRule } from "./spec-rule.js";
import { skippedBlocks } from "./third-block.js";

export type Direction = "ingress" | "egress";

/** A policy, whatever kind of object it was. */
export interface SpecPolicy {
  readonly kind: "KubernetesNetworkPolicy" | "NetworkPolicy" | "GlobalNetworkPolicy";
  /** `namespace/name`, or the name of a global one. */
  readonly object: string;
  /** "" of a global one. */
  readonly namespace: string;
  readonly name: string;
  readonly tier: string;
  /** Infinity where none is given. */
  readonly order: number;
  readonly doNotTrack: boolean;
  readonly preDnat: boolean;
  readonly applyOnForward: boolean;
  readonly types: Readonly<Record<Direction, boolean>>;
  readonly rules: Readonly<Record<Direction, readonly SpecRule[]>>;
  selects(holder: Holder): boolean;
  /** Where it says what it selects. */
  readonly selectorLocation: Location;
}

/** A policy of projectcalico.org/v3; staged ones are for the caller to leave out. */
export function calicoPolicy(
  policy: CalicoPolicy,
  slices: readonly EndpointSlice[],
  altered: TierAlterations,
): SpecPolicy {
  const { namespace, name, tier, order = Infinity, doNotTrack, preDnat, applyOnForward } = policy;
  const rules = (direction: Direction): readonly SpecRule[] =>
    policy[direction].map((rule, index) => calicoRule(rule, index, policy, `spec.${direction}`, slices, altered));
  return {
    kind: namespace === "" ? "GlobalNetworkPolicy" : "NetworkPolicy",
    object: policyName(policy),
    namespace,
    name,
    tier,
    order,
    doNotTrack,
    preDnat,
    applyOnForward,
    types: { ingress: policy.ingressType, egress: policy.egressType },
    rules: { ingress: rules("ingress"), egress: rules("egress") },
    selects: subjectTest(policy, altered.on("calico-negation-reaches-global", policy)),
    selectorLocation: { source: policy.source, offset: policy.offset },
  };
}

/** Which endpoints a policy is about: those of its selector, of its namespaces and of its accounts. */
function subjectTest(
  { namespace, selector, namespaceSelector, serviceAccountSelector }: CalicoPolicy,
  reachesGlobal: boolean,
): (holder: Holder) => boolean {
  // Where selectors of namespaces or accounts reach beyond, all() of the policy's own means what has a namespace, or an account.
  const own = reachesGlobal && namespaceSelector !== "" ? allMeans(selector, "namespace") : selector;
  const wanted = selectorOf(reachesGlobal && serviceAccountSelector !== "" ? allMeans(own, "serviceaccount") : own);
  const scope = scopeTest(namespaceSelector, namespace, { negationReachesGlobal: reachesGlobal });
  const accounts = serviceAccountSelector === "" ? undefined : selectorOf(serviceAccountSelector);
  return (holder) =>
    chooses(wanted, holder) &&
    (scope?.(holder) ?? true) &&
    (!accounts || labelsFit(accounts, holder.account?.labels, reachesGlobal && accounts.kind !== "all"));
}

function allMeans(selector: string, label: "namespace" | "serviceaccount"): string {
  return selector.replaceAll("all()", `has(projectcalico.org/${label})`);
}

/** A rule of projectcalico.org/v3, in a policy or a profile. */
export function calicoRule(
  rule: CalicoRule,
  index: number,
  object: PlacedObject & { readonly namespace: string },
  list: string,
  slices: readonly EndpointSlice[],
  altered: TierAlterations,
): SpecRule {
  const { action, protocol, ipVersion = versionOf(protocol), notProtocol, icmp, notIcmp } = rule;
  const skipped = altered.on("calico-third-block", rule) ? skippedBlocks(rule) : {};
  const end = (side: "source" | "destination"): RuleEnd => {
    const any = endOf(side, rule[side], object.namespace, slices, {
      ...odditiesOf(rule[side], altered),
      ...skipped[side],
    });
    if (ipVersion === undefined) return any;
    const isOfVersion = ({ address }: Place): boolean => address.includes(":") === (ipVersion === 6);
    return { ...any, key: `${any.key} ${ipVersion}`, means: (place) => isOfVersion(place) && any.means(place) };
  };
  return {
    action,
    source: end("source"),
    destination: end("destination"),
    ...(protocol !== undefined && { protocol: protocolNumber(protocol) }),
    ...(notProtocol !== undefined && { notProtocol: protocolNumber(notProtocol) }),
    ...(icmp && { icmp }),
    ...(notIcmp && { notIcmp }),
    field: `${list}[${index}]`,
    location: { source: object.source, offset: rule.offset },
    rule: index,
  };
}

/** The version of IP that a protocol belongs to by its name. */
function versionOf(protocol: CalicoRule["protocol"]): CalicoRule["ipVersion"] {
  return protocol === "ICMP" ? 4 : protocol === "ICMPv6" ? 6 : undefined;
}

function odditiesOf(entity: CalicoEntity, altered: TierAlterations): EndOddities {
  return {
    negationReachesGlobal: altered.on("calico-negation-reaches-global", entity),
    selectorsOfOne: altered.on("calico-selectors-of-one", entity),
    portsOfSelected: altered.on("calico-ports-of-selected", entity),
    strayService: altered.on("calico-service-without-namespace", entity),
    onlyVersionOfExceptions: altered.on("calico-ipv6-exceptions", entity),
  };
}
