import type { LabelSelector, Requirement } from "../model/objects.js";
import type { AddressSet, SetExpression, SetMatch } from "./pair-group.js";
import type { Reading } from "./reading.js";

/**
 * A podSelector as alternatives, each a conjunction: labels by key, then expressions as written. An empty selector is the
 * empty conjunction. `policy` is `namespace/name`.
 */
export function lowerPodSelector(selector: LabelSelector, policy: string, reading: Reading): readonly SetExpression[] {
  const labels = labelMatches(selector, "pod-label");
  const expressions = expressionsOf(selector, reading).flatMap((requirement): SetMatch[] => {
    const negated = isNegative(requirement);
    const { key, values } = requirement;
    if (values.length < 2) return [{ set: oneLabel("pod-label", requirement), negated }];
    if (reading.values === "requirements") return eachValue("pod-label", requirement);
    return [{ set: { kind: "pod-label-values", policy, key, values }, negated }];
  });
  return alternativesOf(labels, expressions, reading);
}

/**
 * A namespaceSelector as alternatives. A requirement with several values becomes one alternative a value, and moves
 * behind the others; NPM does so for NotIn too (`not-all`), an OR where the specification wants an AND.
 * Source: Azure NPM cbd7560cf, npm/pkg/controlplane/translation/parseSelector.go, flattenNameSpaceSelector.
 */
export function lowerNamespaceSelector(selector: LabelSelector, reading: Reading): readonly SetExpression[] {
  const expressions = expressionsOf(selector, reading);
  if (selector.matchLabels.size === 0 && expressions.length === 0) {
    return [[everyNamespace]];
  }
  const labels = labelMatches(selector, "namespace-label");
  if (reading.values === "requirements" || reading.labels === "any") {
    const matches = expressions.flatMap((requirement) => eachValue("namespace-label", requirement));
    return alternativesOf(labels, matches, reading);
  }
  const hasAlternatives = ({ operator, values }: Requirement): boolean =>
    values.length > 1 && (operator === "In" || reading.namespaceNotIn === "not-all");
  const several = expressions.filter(hasAlternatives);
  const rest = expressions.filter((requirement) => !hasAlternatives(requirement));
  const isOfPods = reading.namespaceNegations === "pods" && labels.length === 0 && expressions.every(isNegative);
  let alternatives: readonly SetExpression[] = [
    [
      ...(isOfPods ? [everyNamespace] : labels),
      ...rest.flatMap((requirement) => eachValue("namespace-label", requirement)),
    ],
  ];
  for (const requirement of several) {
    const matches = eachValue("namespace-label", requirement);
    alternatives = alternatives.flatMap((alternative) => matches.map((found) => [...alternative, found]));
  }
  return reading.repetitions === "once" ? alternatives.map(distinct) : alternatives;
}

const everyNamespace: SetMatch = { set: { kind: "all-namespaces" }, negated: false };

type LabelKind = "pod-label" | "namespace-label";

function expressionsOf(selector: LabelSelector, reading: Reading): readonly Requirement[] {
  return reading.expressions === "ignored" ? [] : selector.matchExpressions;
}

function alternativesOf(
  labels: readonly SetMatch[],
  expressions: readonly SetMatch[],
  reading: Reading,
): readonly SetExpression[] {
  if (reading.labels === "any" && labels.length > 0) return labels.map((label) => [label, ...expressions]);
  const all = [...labels, ...expressions];
  return [reading.repetitions === "once" ? distinct(all) : all];
}

function labelMatches(selector: LabelSelector, kind: LabelKind): SetMatch[] {
  return [...selector.matchLabels].map(([key, value]) => ({ set: { kind, key, value }, negated: false }));
}

/** One match a value; for Exists and DoesNotExist one for the key. */
function eachValue(kind: LabelKind, requirement: Requirement): SetMatch[] {
  const negated = isNegative(requirement);
  const { key, values } = requirement;
  if (values.length === 0) return [{ set: { kind, key }, negated }];
  return values.map((value) => ({ set: { kind, key, value }, negated }));
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
