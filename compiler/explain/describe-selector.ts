import type { LabelSelector, Requirement } from "../model/objects.js";

/** What a selector asks, behind a noun: ` labelled app=web and tier=a`; "" for the empty one, which asks nothing. */
export function describeSelector({ matchLabels, matchExpressions }: LabelSelector): string {
  const single = new Set([...matchLabels].map(([key, value]) => label(key, value)));
  const others = new Set<string>();
  for (const requirement of matchExpressions) {
    const values = [...new Set(requirement.values)];
    if (requirement.operator === "In" && values.length === 1) single.add(label(requirement.key, values[0]!));
    else others.add(describeRequirement(requirement, values));
  }
  const all = [...(single.size === 0 ? [] : [`labelled ${[...single].join(" and ")}`]), ...others];
  const hasChoice = all.some((part) => / n?or /.test(part));
  return all.length === 0 ? "" : ` ${all.join(hasChoice ? ", and " : " and ")}`;
}

function describeRequirement({ key, operator }: Requirement, values: readonly string[]): string {
  const labels = values.map((value) => label(key, value));
  switch (operator) {
    case "In":
      return `labelled ${labels.join(" or ")}`;
    case "NotIn":
      return labels.length === 1 ? `not labelled ${labels[0]!}` : `labelled neither ${labels.join(" nor ")}`;
    case "Exists":
      return `with a label ${key}`;
    case "DoesNotExist":
      return `without a label ${key}`;
  }
}

function label(key: string, value: string): string {
  return `${key}=${value === "" ? '""' : value}`;
}
