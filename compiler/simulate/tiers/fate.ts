import type { Circumstances } from "../circumstances.js";
import type { Reason } from "../judgement.js";
import { intersectTraffic, noTraffic, subtractTraffic, unionTraffic, type Traffic } from "../traffic.js";
import type { OrderedTier } from "./order.js";
import type { Place, RuleEnd } from "./rule-end.js";
import type { Direction, SpecPolicy } from "./spec-policy.js";
import { nothingTaken, takenBetween, type SpecRule, type Taken } from "./spec-rule.js";

/** What becomes of traffic; parts overlap where something about it is not known. */
export interface Fate {
  readonly allowed: Traffic;
  readonly denied: Traffic;
  /** Nobody has decided. */
  readonly open: Traffic;
}

/** A packet's ends, and what else is known of it. */
export interface Question {
  readonly source: Place;
  readonly destination: Place;
  readonly known: Circumstances;
  /** Told why some of the traffic is allowed or denied. */
  note?(reason: Reason, verdict: "allow" | "deny"): void;
}

/** Traffic on its way through the tiers of an endpoint. `endsDeny`: what a tier's policies leave open, its default action decides. */
export function throughTiers(
  tiers: readonly OrderedTier[],
  direction: Direction,
  traffic: Traffic,
  question: Question,
  endsDeny: boolean,
): Fate {
  let [allowed, denied]: [Traffic, Traffic] = [noTraffic, noTraffic];
  let open = traffic;
  for (const { name, defaultAction, policies } of tiers) {
    if (policies.length === 0 || open === noTraffic) continue;
    let here = open;
    let passed: Traffic = noTraffic;
    for (const policy of policies) {
      for (const rule of policy.rules[direction]) {
        const { possible, certain } = taken(rule, question);
        const part = intersectTraffic(here, possible);
        if (part === noTraffic || rule.action === "Log") continue;
        here = subtractTraffic(here, certain);
        if (rule.action === "Pass") passed = unionTraffic(passed, part);
        else if (rule.action === "Allow") allowed = unionTraffic(allowed, part);
        else denied = unionTraffic(denied, part);
        if (rule.action === "Allow") question.note?.(allows(policy.object, rule), "allow");
        if (rule.action === "Deny") question.note?.(denies(policy.object, rule), "deny");
      }
    }
    if (endsDeny && defaultAction === "Deny") {
      if (here !== noTraffic) {
        for (const policy of policies) question.note?.(isolates(policy, direction, name), "deny");
      }
      denied = unionTraffic(denied, here);
      here = noTraffic;
    }
    open = unionTraffic(here, passed);
  }
  return { allowed, denied, open };
}

/** What profiles make of it, in their order: the first rule that fits decides. */
export function throughRules(rules: readonly SpecRule[], object: string, traffic: Traffic, question: Question): Fate {
  let [allowed, denied]: [Traffic, Traffic] = [noTraffic, noTraffic];
  let open = traffic;
  for (const rule of rules) {
    const { possible, certain } = taken(rule, question);
    const part = intersectTraffic(open, possible);
    if (part === noTraffic || rule.action === "Log" || rule.action === "Pass") continue;
    open = subtractTraffic(open, certain);
    if (rule.action === "Allow") allowed = unionTraffic(allowed, part);
    else denied = unionTraffic(denied, part);
    question.note?.(
      rule.action === "Allow" ? allows(object, rule) : denies(object, rule),
      rule.action === "Allow" ? "allow" : "deny",
    );
  }
  return { allowed, denied, open };
}

function taken(rule: SpecRule, { source, destination, known }: Question): Taken {
  if (!isMeant(rule.source, source) || !isMeant(rule.destination, destination)) return nothingTaken;
  return takenBetween(rule, source, destination, known);
}

/** Whether an end of a rule means a place; asked once. */
export function isMeant(end: RuleEnd, place: Place): boolean {
  let meant = place.meant.get(end.key);
  if (meant === undefined) place.meant.set(end.key, (meant = end.means(place)));
  return meant;
}

function allows(policy: string, { rule, peer, port, field, location }: SpecRule): Reason {
  return {
    kind: "rule-allows",
    policy,
    rule,
    ...(peer !== undefined && { peer }),
    ...(port !== undefined && { port }),
    field,
    location,
  };
}

function denies(policy: string, { rule, field, location }: SpecRule): Reason {
  return { kind: "rule-denies", policy, rule, field, location };
}

function isolates(policy: SpecPolicy, direction: Direction, tier: string): Reason {
  const [first] = policy.rules[direction];
  return {
    kind: "policy-isolates",
    policy: policy.object,
    field: first
      ? `spec.${direction}`
      : policy.kind === "KubernetesNetworkPolicy"
        ? "spec.podSelector"
        : "spec.selector",
    location: first?.location ?? policy.selectorLocation,
    ...(tier !== "default" && { tier }),
  };
}
