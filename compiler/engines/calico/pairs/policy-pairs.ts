import type { AnyDirection, AnyGroup, AnyPairs, ListedMatch, Rank, Selectable } from "../../../pairs/any-pairs.js";
import type { Origin } from "../../../text/origin.js";
import type { Cluster } from "../cluster/cluster.js";
import { engineOrigin } from "../cluster/origins.js";
import type { Generation } from "../generation.js";
import type { Direction, Policy, PolicyRule, Profile } from "../policy.js";
import { sortPolicies, type Tier } from "../rules/order.js";
import { kindOf } from "../rules/policy-chains.js";
import { exceptionsOf, portsOf } from "./rule-ports.js";
import { membersOf, selected, sidePairs } from "./side-pairs.js";

/** What the policies of a cluster mean, in the order in which they are looked at; profiles last. */
export function policyPairs(
  cluster: Cluster,
  tiers: ReadonlyMap<string, Tier>,
  generation: Generation,
): readonly AnyPairs[] {
  const policies = sortPolicies(cluster.policies, tiers, generation);
  const profiles = [...cluster.profiles.values()].filter((profile) => !profile.name.startsWith("kns."));
  return [
    ...policies.map((policy) => ofPolicy(policy, tiers.get(policy.tier), cluster)),
    ofNamespaces(cluster),
    ...profiles
      .filter(({ ingressRules, egressRules }) => ingressRules.length + egressRules.length > 0)
      .map((profile) => ofProfile(profile, cluster)),
  ];
}

function ofPolicy(policy: Policy, tier: Tier | undefined, cluster: Cluster): AnyPairs {
  const { namespace, name, kind, origin } = policy;
  const of: Selectable = namespace !== "" ? "pods" : policy.doNotTrack || policy.preDnat ? "hosts" : "endpoints";
  const subject = selected(of, policy.selector, cluster);
  const title = `${!policy.staged && kind === "NetworkPolicy" ? "Calico " : ""}${kindOf(policy)} `;
  return {
    // Policies of Kubernetes go by their names alone.
    policy: (kind === "KubernetesNetworkPolicy" && !policy.staged ? "" : title) + (namespace && `${namespace}/`) + name,
    origin,
    rank: rankOf(policy, tier),
    directions: [
      ...(policy.ingress ? [directionOf("ingress", subject, policy.ingressRules, origin, cluster)] : []),
      ...(policy.egress ? [directionOf("egress", subject, policy.egressRules, origin, cluster)] : []),
    ],
  };
}

function rankOf(policy: Policy, tier: Tier | undefined): Rank {
  return {
    tier: {
      kind: "tier",
      name: policy.tier,
      ...(tier && tier.order !== Infinity && { order: tier.order }),
      otherwise: tier?.defaultAction === "Pass" ? "pass" : "deny",
    },
    ...(policy.order !== Infinity && { order: policy.order }),
    remarks: [
      ...(policy.staged ? ["staged: never enforced"] : []),
      ...(policy.doNotTrack ? ["asked before connections are tracked"] : []),
      ...(policy.preDnat ? ["before destinations are translated"] : []),
      ...(policy.applyOnForward && !policy.preDnat ? ["asked about what a host forwards, too"] : []),
    ],
  };
}

function directionOf(
  direction: Direction,
  subject: ListedMatch,
  rules: readonly PolicyRule[],
  origin: Origin,
  cluster: Cluster,
): AnyDirection {
  const subjects = [subject];
  return { direction, subjects, origin, groups: rules.map((rule) => groupOf(rule, direction, subjects, cluster)) };
}

function groupOf(rule: PolicyRule, direction: Direction, subjects: readonly ListedMatch[], cluster: Cluster): AnyGroup {
  const source = sidePairs(rule.source, "source", rule, cluster);
  const destination = sidePairs(rule.destination, "destination", rule, cluster);
  const isIngress = direction === "ingress";
  const notPorts = [...destination.notPorts, ...exceptionsOf(rule)];
  return {
    verdict: rule.action,
    direction,
    sources: isIngress ? source.matches : [...subjects, ...source.matches],
    destinations: isIngress ? [...subjects, ...destination.matches] : destination.matches,
    ports: destination.ports.length > 0 ? destination.ports : [portsOf(rule)],
    ...(notPorts.length > 0 && { notPorts }),
    ...(source.ports.length > 0 && { sourcePorts: source.ports }),
    ...(source.notPorts.length > 0 && { notSourcePorts: source.notPorts }),
    ...(rule.ipVersion !== undefined && { ipVersion: rule.ipVersion }),
    origin: rule.origin,
  };
}

/** Where no policy has decided, the profiles of an endpoint do; nothing comes after them. */
const profileRank: Rank = { tier: { kind: "profiles", name: "profiles", otherwise: "deny" }, remarks: [] };

/** The profiles that namespaces bring, all alike. */
function ofNamespaces(cluster: Cluster): AnyPairs {
  const origin = engineOrigin("each namespace brings a profile that allows everything");
  const subject = selected("pods", { kind: "has", label: "projectcalico.org/namespace" }, cluster);
  const group = (direction: Direction): AnyGroup => ({
    verdict: "allow",
    direction,
    sources: direction === "ingress" ? [] : [subject],
    destinations: direction === "ingress" ? [subject] : [],
    ports: [{ kind: "any" }],
    origin,
  });
  const directions = (["ingress", "egress"] as const).map((direction) => ({
    direction,
    subjects: [subject],
    origin,
    groups: [group(direction)],
  }));
  return { policy: "profiles of namespaces", origin, rank: profileRank, directions };
}

function ofProfile(profile: Profile, cluster: Cluster): AnyPairs {
  const { name, origin } = profile;
  const members = () =>
    [...cluster.endpoints, ...cluster.hostEndpoints]
      .filter(({ profiles }) => profiles.includes(name))
      .flatMap(membersOf);
  const subject: ListedMatch = {
    set: { kind: "described", words: `endpoints with profile ${name}`, members },
    negated: false,
  };
  const directions = [
    directionOf("ingress", subject, profile.ingressRules, origin, cluster),
    directionOf("egress", subject, profile.egressRules, origin, cluster),
  ];
  return { policy: `Profile ${name}`, origin, rank: profileRank, directions };
}
