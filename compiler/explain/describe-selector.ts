import type { LabelSelector, Requirement } from "../model/objects.js";

/** What a selector asks, behind a noun: ` labelled app=web and not labelled tier=a or tier=b`; "" for the empty one, which asks nothing. */
export function describeSelector({ matchLabels, matchExpressions }: LabelSelector): string {
  const labels = [...matchLabels].map(([key, value]) => label(key, value)).join(" and ");
  const all = [...(labels === "" ? [] : [`labelled ${labels}`]), ...matchExpressions.map(describeRequirement)];
  return all.length === 0 ? "" : ` ${all.join(" and ")}`;
}

function describeRequirement({ key, operator, values }: Requirement): string {
  const labels = [...new Set(values)].map((value) => label(key, value)).join(" or ");
  switch (operator) {
    case "In":
      return `labelled ${labels}`;
    case "NotIn":
      return `not labelled ${labels}`;
    case "Exists":
      return `with a label ${key}`;
    case "DoesNotExist":
      return `without a label ${key}`;
  }
}

function label(key: string, value: string): string {
  return `${key}=${value === "" ? '""' : value}`;
}
