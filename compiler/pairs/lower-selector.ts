import type { LabelSelector, NetworkPolicy, Requirement } from "../model/objects.js";
import { keyOf } from "../model/objects.js";
import type { AddressSet, SetExpression, SetMatch } from "./pair-group.js";

/** A podSelector as one conjunction: labels by key, then expressions as written; a repeated match counts once. */
export function lowerPodSelector(selector: LabelSelector, policy: NetworkPolicy): SetExpression {
  return distinct([
    ...labelMatches(selector, "pod-label"),
    ...selector.matchExpressions.map((requirement): SetMatch => {
      const negated = isNegative(requirement);
      if (requirement.values.length < 2) return { set: oneLabel("pod-label", requirement), negated };
      const { key, values } = requirement;
      return { set: { kind: "pod-label-values", policy: keyOf(policy), key, values }, negated };
    }),
  ]);
}

/**
 * A namespaceSelector as alternatives. A requirement with several values becomes one alternative a value, and moves
 * behind the others; for NotIn that is an OR where the specification wants an AND.
 * Source: Azure NPM cbd7560cf, npm/pkg/controlplane/translation/parseSelector.go, flattenNameSpaceSelector.
 */
export function lowerNamespaceSelector(selector: LabelSelector): readonly SetExpression[] {
  if (selector.matchLabels.size === 0 && selector.matchExpressions.length === 0) {
    return [[{ set: { kind: "all-namespaces" }, negated: false }]];
  }
  const several = selector.matchExpressions.filter((requirement) => requirement.values.length > 1);
  const single = selector.matchExpressions.filter((requirement) => requirement.values.length < 2);
  let alternatives: readonly SetExpression[] = [
    [
      ...labelMatches(selector, "namespace-label"),
      ...single.map((requirement) => ({
        set: oneLabel("namespace-label", requirement),
        negated: isNegative(requirement),
      })),
    ],
  ];
  for (const requirement of several) {
    const matches = requirement.values.map((value): SetMatch => {
      return { set: { kind: "namespace-label", key: requirement.key, value }, negated: isNegative(requirement) };
    });
    alternatives = alternatives.flatMap((alternative) => matches.map((found) => [...alternative, found]));
  }
  return alternatives.map(distinct);
}

type LabelKind = "pod-label" | "namespace-label";

function labelMatches(selector: LabelSelector, kind: LabelKind): SetMatch[] {
  return [...selector.matchLabels].map(([key, value]) => ({ set: { kind, key, value }, negated: false }));
}

/** Exists, DoesNotExist: the key; In and NotIn with one value: key and value. */
function oneLabel(kind: LabelKind, requirement: Requirement): AddressSet {
  const [value] = requirement.values;
  return value === undefined ? { kind, key: requirement.key } : { kind, key: requirement.key, value };
}

function isNegative(requirement: Requirement): boolean {
  return requirement.operator === "NotIn" || requirement.operator === "DoesNotExist";
}

function distinct(matches: readonly SetMatch[]): SetExpression {
  if (matches.length < 2) return matches;
  const seen = new Set<string>();
  return matches.filter(({ set, negated }) => {
    const key = JSON.stringify([negated, set]);
    return !seen.has(key) && seen.add(key);
  });
}
