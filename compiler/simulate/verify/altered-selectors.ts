import type { LabelSelector, NetworkPolicy, PodPeer, PolicyRule, Requirement } from "../../model/objects.js";
import type { Alterations } from "./alterations.js";
import type { Address } from "./holders.js";

/** Whether a policy selects an address. */
export function isSubject(policy: NetworkPolicy, address: Address, altered: Alterations): boolean {
  return localPods(policy.podSelector, policy.namespace, address, altered);
}

/** Whether a rule `{}` means pods alone. */
export function isForPodsOnly(rule: PolicyRule, altered: Alterations): boolean {
  return altered.on("npm-open-rule-pods-only", rule) || altered.on("npm-open-rule-pods-only-even-alone", rule);
}

/** Whether a peer with selectors means an address. */
export function meansAddress(peer: PodPeer, policy: NetworkPolicy, address: Address, altered: Alterations): boolean {
  const { podSelector, namespaceSelector } = peer;
  if (!namespaceSelector) return localPods(podSelector!, policy.namespace, address, altered);
  if (!podSelector) return namespaces(namespaceSelector, address, altered) && isTaken(peer, address, altered);
  if (altered.on("npm-skips-both-selectors", peer)) return false;
  if (altered.on("npm-both-selectors-are-or", peer)) {
    return (
      namespaces(namespaceSelector, address, altered) || localPods(podSelector, policy.namespace, address, altered)
    );
  }
  const stays = altered.on("npm-empty-pod-selector-stays-local", peer);
  const both =
    namespaces(namespaceSelector, address, altered) &&
    (stays ? address.inNamespace(policy.namespace) : pods(podSelector, address, altered));
  return both && isTaken(peer, address, altered);
}

/** Selectors are about pods; what is none they take in by mistake only, when nothing they ask for is positive. */
function isTaken(at: PodPeer | LabelSelector, address: Address, altered: Alterations): boolean {
  return address.isPod || altered.on("npm-negation-means-everyone", at);
}

/** Pods of the namespace that fulfil the selector. */
function localPods(selector: LabelSelector, namespace: string, address: Address, altered: Alterations): boolean {
  if (!pods(selector, address, altered) || !isTaken(selector, address, altered)) return false;
  return altered.on("npm-selectors-cross-namespaces", selector) || address.inNamespace(namespace);
}

function pods(selector: LabelSelector, address: Address, altered: Alterations): boolean {
  const has = (key: string, value?: string): boolean => address.hasLabel(key, value);
  return fulfils(selector, has, altered);
}

function namespaces(selector: LabelSelector, address: Address, altered: Alterations): boolean {
  if (isEmpty(selector, altered)) return address.isPod;
  return fulfils(selector, (key, value) => address.hasNamespaceLabel(key, value), altered);
}

/** Whether nothing of a selector counts. */
export function isEmpty({ matchLabels, matchExpressions }: LabelSelector, altered: Alterations): boolean {
  return (
    matchLabels.size === 0 &&
    matchExpressions.every((requirement) => altered.on("npm-ignores-expressions", requirement))
  );
}

type Has = (key: string, value?: string) => boolean;

function fulfils(selector: LabelSelector, has: Has, altered: Alterations): boolean {
  const labels = [...selector.matchLabels];
  const labelled = ([key, value]: readonly [string, string]): boolean => has(key, value);
  const labelsHold = altered.on("npm-labels-are-or", selector) ? labels.some(labelled) : labels.every(labelled);
  return labelsHold && fulfilsExpressions(selector, has, altered);
}

/** Whether the expressions of a selector hold, labels left out. */
export function fulfilsExpressions(selector: LabelSelector, has: Has, altered: Alterations): boolean {
  return selector.matchExpressions.every((requirement) => {
    if (altered.on("npm-ignores-expressions", requirement)) return true;
    return holds(requirement, valuesOf(requirement, selector, altered), has, altered);
  });
}

/** The values that count for an expression: its own, or those of all lists of one key. */
function valuesOf(requirement: Requirement, selector: LabelSelector, altered: Alterations): readonly string[] {
  const { key, operator, values } = requirement;
  if (operator !== "In" || values.length < 2 || !altered.on("npm-merges-value-lists", selector)) return values;
  const lists = selector.matchExpressions.filter(
    (its) => its.operator === "In" && its.key === key && its.values.length > 1,
  );
  return lists.flatMap((its) => its.values);
}

function holds(requirement: Requirement, values: readonly string[], has: Has, altered: Alterations): boolean {
  const { key, operator } = requirement;
  const hasValue = (value: string): boolean => has(key, value);
  switch (operator) {
    case "In":
      return altered.on("npm-in-is-and", requirement) ? values.every(hasValue) : values.some(hasValue);
    case "NotIn":
      return altered.on("npm-not-in-is-or", requirement) ? !values.every(hasValue) : !values.some(hasValue);
    case "Exists":
      return has(key);
    case "DoesNotExist":
      return !has(key);
  }
}
