import { keyOf } from "../../model/objects.js";
import type { Cluster } from "../../simulate/cluster.js";
import type { Judgement, Packet } from "../../simulate/judgement.js";
import type { FieldOrigin } from "../../text/origin.js";
import type { Candidate, Ground } from "./candidate.js";
import { closing } from "./closing.js";
import { isolating } from "./isolating.js";
import { opening } from "./opening.js";

/** What is known of a connection before an edit. */
export interface Standing {
  readonly packet: Packet;
  readonly judgement: Judgement;
  /** Parts of policies that the rules which decided came from. */
  readonly causes: readonly FieldOrigin[];
  readonly cluster: Cluster;
}

/**
 * Changes that may turn a verdict towards `wanted`, by policy and place; whether one does, only judging says. Where the specification says
 * already what is wanted and the rules do otherwise, the parts of policies that the rules came from are changed.
 */
export function candidatesFor(wanted: "allow" | "deny", standing: Standing): readonly Candidate[] {
  const { packet, judgement, causes, cluster } = standing;
  const isOfRules = judgement.verdict === wanted;
  return (["ingress", "egress"] as const).flatMap((direction) => {
    const { verdict, reasons } = judgement[direction];
    const subject = direction === "ingress" ? packet.destination : packet.source;
    const other = direction === "ingress" ? packet.source : packet.destination;
    const ground: Ground = { direction, subject, other, packet, cluster };
    if (isOfRules) return causes.flatMap((cause) => atCause(wanted, cause, ground));
    if (wanted === "allow" && verdict === "allow") return [];
    const named = new Set(reasons.flatMap((reason) => ("policy" in reason ? [reason.policy] : [])));
    const policies = cluster.policies.filter((policy) => named.has(keyOf(policy)));
    if (wanted === "allow") return policies.flatMap((policy) => opening(policy, ground));
    if (policies.length === 0 && subject.kind === "pod") return isolating(ground);
    return reasons.flatMap((reason) => {
      const policy = policies.find((each) => reason.kind === "rule-allows" && keyOf(each) === reason.policy);
      return policy && reason.kind === "rule-allows" ? closing(policy, reason, ground) : [];
    });
  });
}

function atCause(wanted: "allow" | "deny", { object, field }: FieldOrigin, ground: Ground): readonly Candidate[] {
  const policy = ground.cluster.policies.find((each) => keyOf(each) === object);
  if (!policy) return [];
  if (wanted === "allow") return opening(policy, ground);
  const [, direction, rule, peer] = /^spec\.(ingress|egress)\[(\d+)\](?:\.(?:from|to)\[(\d+)\])?/.exec(field) ?? [];
  if (direction !== ground.direction) return [];
  return closing(policy, { rule: Number(rule), ...(peer !== undefined && { peer: Number(peer) }) }, ground);
}
