import { keyOf } from "../../model/objects.js";
import { resourceKey } from "../../model/resources.js";
import type { Cluster } from "../../simulate/cluster.js";
import type { Judgement, Packet, Reason } from "../../simulate/judgement.js";
import type { FieldOrigin } from "../../text/origin.js";
import { calicoPolicies, closingCalico, openingCalico } from "./calico-policy-edits.js";
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
    const ofCalico = calicoPolicies(cluster).filter((policy) => named.has(resourceKey(policy)));
    const about = (reason: Reason) =>
      ofCalico.filter((policy) => "policy" in reason && resourceKey(policy) === reason.policy);
    if (wanted === "allow") {
      return [
        ...policies.flatMap((policy) => opening(policy, ground)),
        ...reasons.flatMap((reason) => {
          const denies = reason.kind === "rule-denies" ? reason.rule : undefined;
          return about(reason).flatMap((policy) => openingCalico(policy, denies, ground));
        }),
      ];
    }
    if (policies.length + ofCalico.length === 0 && subject.kind === "pod") return isolating(ground);
    return reasons.flatMap((reason) => {
      if (reason.kind !== "rule-allows") return [];
      const policy = policies.find((each) => keyOf(each) === reason.policy);
      return [
        ...(policy?.[direction][reason.rule] ? closing(policy, reason, ground) : []),
        ...about(reason).flatMap((each) => closingCalico(each, reason.rule, ground)),
      ];
    });
  });
}

function atCause(wanted: "allow" | "deny", { object, field }: FieldOrigin, ground: Ground): readonly Candidate[] {
  const { cluster, direction } = ground;
  const policy = cluster.policies.find((each) => keyOf(each) === object);
  const ofCalico = calicoPolicies(cluster).filter((each) => resourceKey(each) === object);
  const [, where, index, peer] = /^spec\.(ingress|egress)\[(\d+)\](?:\.(?:from|to)\[(\d+)\])?/.exec(field) ?? [];
  const rule = Number(index);
  if (wanted === "allow") {
    return [
      ...(policy ? opening(policy, ground) : []),
      ...ofCalico.flatMap((each) => {
        const isDenial = where === direction && each[direction][rule]?.action === "Deny";
        return openingCalico(each, isDenial ? rule : undefined, ground);
      }),
    ];
  }
  if (where !== direction) return [];
  return [
    ...(policy?.[direction][rule]
      ? closing(policy, { rule, ...(peer !== undefined && { peer: Number(peer) }) }, ground)
      : []),
    ...ofCalico.flatMap((each) => closingCalico(each, rule, ground)),
  ];
}
