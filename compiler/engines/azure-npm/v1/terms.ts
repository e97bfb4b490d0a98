import type { SetExpression } from "../../../pairs/pair-group.js";

/** One requirement of a selector, as NPM v1 names its set. */
export interface Term {
  /** `app:web`, `app`, or `app:a:b` for a list of values; without the prefix of a namespace's label. */
  readonly label: string;
  readonly negated: boolean;
  /** The sets that a list of values holds: `app:a`, `app:b`. */
  readonly members: readonly string[];
}

/**
 * A selector's requirements in NPM's order: single ones as written, then the lists, by key. Lists of one key become one.
 * None: an empty selector.
 * Source: Azure NPM v1.4.9, npm/parseSelector.go and npm/translatePolicy.go, craftPartialIptEntrySpecFromSelector.
 */
export function termsOf(expression: SetExpression): Term[] {
  const single: Term[] = [];
  const lists = new Map<string, { readonly key: string; readonly negated: boolean; readonly values: string[] }>();
  for (const { set, negated } of expression) {
    if (set.kind === "pod-label" || set.kind === "namespace-label") {
      const label = set.value === undefined ? set.key : `${set.key}:${set.value}`;
      single.push({ label, negated, members: [] });
    } else if (set.kind === "pod-label-values") {
      const id = (negated ? "!" : "") + set.key;
      const list = lists.get(id) ?? { key: set.key, negated, values: [] };
      list.values.push(...set.values);
      lists.set(id, list);
    }
  }
  const sorted = [...lists].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, list]) => list);
  return [
    ...single,
    ...sorted.map(({ key, negated, values }) => ({
      label: [key, ...values].join(":"),
      negated,
      members: values.map((value) => `${key}:${value}`),
    })),
  ];
}

/** `ns-` before the label of a namespace. */
export function termText({ label, negated }: Term, prefix: "" | "ns-"): string {
  return prefix + (negated ? "!" : "") + label;
}
