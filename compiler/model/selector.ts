import type { Labels, LabelSelector, Requirement } from "./objects.js";

/** Whether a selector takes labels in, by the specification: NotIn and DoesNotExist hold for a key that is not there. */
export function selects(selector: LabelSelector, labels: Labels): boolean {
  for (const [key, value] of selector.matchLabels) if (labels.get(key) !== value) return false;
  for (const requirement of selector.matchExpressions) if (!holds(requirement, labels)) return false;
  return true;
}

function holds({ key, operator, values }: Requirement, labels: Labels): boolean {
  const value = labels.get(key);
  switch (operator) {
    case "In":
      return value !== undefined && values.includes(value);
    case "NotIn":
      return value === undefined || !values.includes(value);
    case "Exists":
      return value !== undefined;
    case "DoesNotExist":
      return value === undefined;
  }
}
