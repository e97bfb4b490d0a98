import { returnToCaller } from "../felix/fragments.js";
import type { FelixChain, FelixRule } from "../felix/rule.js";
import type { Generation } from "../generation.js";
import { chainName } from "../hashes.js";
import type { Direction, Policy, Profile } from "../policy.js";
import type { ScannedRule } from "../sets.js";
import type { LogOwner } from "./logs.js";
import { policyRules, type RuleContext } from "./policy-rules.js";

/** A policy with its rules scanned. */
export interface ScannedPolicy {
  readonly policy: Policy;
  readonly ingress: readonly ScannedRule[];
  readonly egress: readonly ScannedRule[];
}

export interface ScannedProfile {
  readonly profile: Profile;
  readonly ingress: readonly ScannedRule[];
  readonly egress: readonly ScannedRule[];
}

const policyPrefixes = { ingress: "cali-pi-", egress: "cali-po-" } as const;
const profilePrefixes = { ingress: "cali-pri-", egress: "cali-pro-" } as const;

export function policyChainName(policy: Policy, direction: Direction, generation: Generation): string {
  return chainName(policyPrefixes[direction], policyId(policy, generation));
}

export function profileChainName(name: string, direction: Direction): string {
  return chainName(profilePrefixes[direction], name);
}

/** Both chains of a policy. */
export function policyChains(
  scanned: ScannedPolicy,
  generation: Generation,
  context: RuleContext,
): readonly FelixChain[] {
  const { policy } = scanned;
  return (["ingress", "egress"] as const).map((direction) => ({
    name: policyChainName(policy, direction, generation),
    rules: commented(
      rulesOf(scanned[direction], policyOwner(policy, generation), direction, context),
      policyComment(policy, direction, generation),
      generation,
    ),
    origin: policy.origin,
    forced: policy.everywhere,
  }));
}

/** Both chains of a profile. */
export function profileChains(
  scanned: ScannedProfile,
  generation: Generation,
  context: RuleContext,
): readonly FelixChain[] {
  const { profile } = scanned;
  return (["ingress", "egress"] as const).map((direction) => ({
    name: profileChainName(profile.name, direction),
    rules: commented(
      rulesOf(scanned[direction], profileOwner(profile), direction, context),
      `Profile ${profile.name} ${direction}`,
      generation,
    ),
    origin: profile.origin,
  }));
}

function rulesOf(
  scanned: readonly ScannedRule[],
  owner: LogOwner,
  direction: Direction,
  context: RuleContext,
): FelixRule[] {
  return scanned.flatMap((rule, index) => policyRules(rule, { owner, direction, index }, context));
}

function policyOwner(policy: Policy, generation: Generation): LogOwner {
  const { kind, tier, name, doNotTrack } = policy;
  return {
    of: doNotTrack ? "untracked" : "policy",
    id: generation.policyId === "kind" ? policyId(policy, generation) : fullName(policy),
    tier,
    kind: shortKinds[kind],
    name,
    qualified: qualified(policy),
  };
}

function profileOwner({ name }: Profile): LogOwner {
  return { of: "profile", id: name, tier: "", kind: "pro", name, qualified: name };
}

/** The rules of a chain; its comment is that of the first one, which there is for its sake where there are none. */
function commented(
  rules: FelixRule[],
  comment: string,
  { chainComment, trimsReturns }: Generation,
): readonly FelixRule[] {
  if (trimsReturns) while (rules.at(-1)?.action === returnToCaller) rules.pop();
  if (chainComment === "none") return rules;
  const [first = {}, ...others] = rules;
  return [{ ...first, comments: [...(first.comments ?? []), comment] }, ...others];
}

/** The name by which releases before v3.32 store a policy: `knp.default.name`, `default.name`. */
function storedName({ kind, tier, name, staged }: Policy): string {
  const prefix = kind === "KubernetesNetworkPolicy" ? "knp.default." : name.startsWith(`${tier}.`) ? "" : `${tier}.`;
  const stored = prefix + name;
  return staged ? `staged:${stored}` : stored;
}

/** The same with its namespace before it. */
export function fullName(policy: Policy): string {
  return policy.namespace === "" ? storedName(policy) : `${policy.namespace}/${storedName(policy)}`;
}

/** What it is called since v3.32. */
export function kindOf({ kind, staged }: Policy): string {
  return staged ? `Staged${kind}` : kind;
}

const shortKinds = { KubernetesNetworkPolicy: "knp", NetworkPolicy: "np", GlobalNetworkPolicy: "gnp" } as const;

function policyId(policy: Policy, { policyId: form }: Generation): string {
  switch (form) {
    case "name":
      return fullName(policy);
    case "tier":
      return `${policy.tier}/${fullName(policy)}`;
    case "kind":
      return `${shortKinds[policy.kind]}/${qualified(policy)}`;
  }
}

function policyComment(policy: Policy, direction: Direction, { chainComment }: Generation): string {
  return chainComment === "kind"
    ? `${policy.kind} ${qualified(policy)} ${direction}`
    : `Policy ${fullName(policy)} ${direction}`;
}

function qualified({ namespace, name }: Policy): string {
  return namespace === "" ? name : `${namespace}/${name}`;
}
