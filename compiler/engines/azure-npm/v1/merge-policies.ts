import type { NetworkPolicy, PolicyRule, Requirement } from "../../../model/objects.js";
import { specOf, textOf } from "../same-spec.js";

/**
 * Two policies with one selector as one: the rules of both, and both directions unless both are egress alone.
 * Source: Azure NPM v1.0.30, npm/parsePolicy.go, addPolicy.
 */
export function mergePolicies(old: NetworkPolicy, added: NetworkPolicy): NetworkPolicy {
  return {
    ...old,
    policyTypes: isEgressOnly(old) && isEgressOnly(added) ? ["Egress"] : ["Ingress", "Egress"],
    ingress: [...old.ingress, ...added.ingress],
    egress: [...old.egress, ...added.egress],
  };
}

/** A merged policy without the rules of another; undefined when nothing is left. Source: the same, deductPolicy. */
export function deductPolicy(merged: NetworkPolicy, gone: NetworkPolicy): NetworkPolicy | undefined {
  if (specOf(merged) === specOf(gone)) return undefined;
  const ingress = without(merged.ingress, gone.ingress);
  const egressOnly = isEgressOnly(merged) && isEgressOnly(gone) && ingress.length === 0;
  return {
    ...merged,
    policyTypes: egressOnly ? ["Egress"] : ["Ingress", "Egress"],
    ingress,
    egress: without(merged.egress, gone.egress),
  };
}

/**
 * The policy as NPM sees it from its first look on: the expressions of its selector are sorted by the first letters of
 * key and value, the values of each by themselves. Source: the same, npm/parseSelector.go, sortSelector.
 */
export function withSortedSelector(policy: NetworkPolicy): NetworkPolicy {
  const { matchExpressions } = policy.podSelector;
  if (matchExpressions.length === 0) return policy;
  const sorted = heapSorted(matchExpressions.map((found) => ({ ...found, values: [...found.values].sort() })));
  return { ...policy, podSelector: { ...policy.podSelector, matchExpressions: sorted } };
}

function isEgressOnly({ policyTypes }: NetworkPolicy): boolean {
  return policyTypes.length === 1 && policyTypes[0] === "Egress";
}

function without(rules: readonly PolicyRule[], gone: readonly PolicyRule[]): PolicyRule[] {
  const left = [...rules];
  for (const rule of gone) {
    const index = left.findIndex((found) => textOf(found) === textOf(rule));
    if (index >= 0) left.splice(index, 1);
  }
  return left;
}

/** As Go's container/heap orders them, which is not stable: equal first letters may change places. */
function heapSorted(items: readonly Requirement[]): Requirement[] {
  const heap: Requirement[] = [];
  const swap = (i: number, j: number) => ([heap[i], heap[j]] = [heap[j]!, heap[i]!]);
  const up = (start: number) => {
    for (let j = start; ;) {
      const parent = Math.trunc((j - 1) / 2);
      if (parent === j || !isLess(heap[j]!, heap[parent]!)) return;
      swap(parent, j);
      j = parent;
    }
  };
  const down = (size: number) => {
    for (let i = 0; ;) {
      const left = 2 * i + 1;
      if (left >= size) return;
      const right = left + 1;
      const least = right < size && isLess(heap[right]!, heap[left]!) ? right : left;
      if (!isLess(heap[least]!, heap[i]!)) return;
      swap(i, least);
      i = least;
    }
  };
  for (const item of items) {
    heap.push(item);
    up(heap.length - 1);
  }
  const sorted: Requirement[] = [];
  while (heap.length > 0) {
    swap(0, heap.length - 1);
    down(heap.length - 1);
    sorted.push(heap.pop()!);
  }
  return sorted;
}

function isLess(a: Requirement, b: Requirement): boolean {
  const [left, right] = [a.key.charCodeAt(0), b.key.charCodeAt(0)];
  if (left !== right) return left < right;
  const [first, second] = [a.values[0], b.values[0]];
  if (first === undefined) return true;
  if (second === undefined) return false;
  if (first === "") return true;
  if (second === "") return false;
  return first.charCodeAt(0) < second.charCodeAt(0);
}
