import type { SetExpression } from "../../../pairs/pair-group.js";
import type { ClusterNames } from "../event-cluster.js";

export const allNamespaces = "all-namespace";

/** Namespaces go by their bare names, pod labels by the prefix of the list of all namespaces; there are no sets of keys. */
export const clusterNames: ClusterNames = {
  namespace: (name) => name,
  podLabel: (key, value) => (key.includes("pod-template-hash") ? [] : [podLabelSet(key, value)]),
  namespaceLabel: (key, value) => [namespaceLabelList(key, value)],
  allNamespaces,
};

/** The set of an alternative of a podSelector: of one label, or, without labels, of the policy's namespace. */
export function podSetOf([match]: SetExpression, namespace: string): string {
  return match?.set.kind === "pod-label" ? podLabelSet(match.set.key, match.set.value ?? "") : namespace;
}

/** The list of an alternative of a namespaceSelector. */
export function namespaceListOf([match]: SetExpression): string {
  return match?.set.kind === "namespace-label"
    ? namespaceLabelList(match.set.key, match.set.value ?? "")
    : allNamespaces;
}

function podLabelSet(key: string, value: string): string {
  return `${allNamespaces}-${key}:${value}`;
}

function namespaceLabelList(key: string, value: string): string {
  return `ns-${key}:${value}`;
}
