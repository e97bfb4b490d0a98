import type { LabelSelector, Requirement } from "../../model/objects.js";
import { shorten } from "../../text/quote.js";

/** A selector of an expectation as one would write it: `shop, app=web`, `namespaces purpose=development, all pods`. */
export function describePods(namespaces: string | LabelSelector, podSelector: LabelSelector | undefined): string {
  const place =
    typeof namespaces === "string" ? namespaces : `namespaces ${describeSelector(namespaces) || "of any labels"}`;
  const pods = podSelector && describeSelector(podSelector);
  return shorten(pods ? `pods ${pods} in ${place}` : `all pods in ${place}`);
}

/** `10.0.0.0/8 except 10.1.0.0/16, 10.2.0.0/16` */
export function describeBlock(cidr: string, except: readonly string[]): string {
  return shorten(except.length > 0 ? `${cidr} except ${except.join(", ")}` : cidr);
}

/** `app=web,tier in (a,b)`, the way kubectl -l takes it; "" when it selects everything. */
function describeSelector({ matchLabels, matchExpressions }: LabelSelector): string {
  return [
    ...[...matchLabels].map(([key, value]) => `${key}=${value}`),
    ...matchExpressions.map(describeRequirement),
  ].join(",");
}

function describeRequirement({ key, operator, values }: Requirement): string {
  switch (operator) {
    case "In":
      return `${key} in (${values.join(",")})`;
    case "NotIn":
      return `${key} notin (${values.join(",")})`;
    case "Exists":
      return key;
    case "DoesNotExist":
      return `!${key}`;
  }
}
