import type { Pod } from "../../model/objects.js";
import { keyOf } from "../../model/objects.js";
import { diagnostic, type Diagnostic } from "../../text/diagnostic.js";

/** Why NPM puts a pod into no set. */
export type IgnoredPod = "host-network" | "finished" | "deleted" | "no-address" | "ipv6";

/** One warning a reason, at the first pod it holds for. */
export function ignoredPodDiagnostics(
  pods: readonly Pod[],
  reasonToIgnore: (pod: Pod) => IgnoredPod | undefined,
): Diagnostic[] {
  return (Object.keys(codes) as (keyof typeof codes)[]).flatMap((reason) => {
    const found = pods.filter((pod) => reasonToIgnore(pod) === reason);
    const [first] = found;
    if (!first) return [];
    const parameters = { count: found.length, pods: listed(found.map(keyOf)) };
    const location = { source: first.source, offset: first.offset };
    return [diagnostic(codes[reason], parameters, { location, object: keyOf(first) })];
  });
}

const codes = {
  "host-network": "npm-ignores-host-network-pods",
  finished: "npm-ignores-finished-pods",
  deleted: "npm-ignores-deleted-pods",
  "no-address": "npm-ignores-pods-without-address",
  ipv6: "npm-ignores-ipv6-pods",
} as const satisfies Record<IgnoredPod, string>;

/** `a, b, c and 4 more` */
function listed(names: readonly string[]): string {
  const shown = names.slice(0, 3);
  const more = names.length - shown.length;
  return shown.join(", ") + (more > 0 ? ` and ${more} more` : "");
}
