import type { Value } from "../../manifest/value.js";
import type { Labels, NetworkPolicy, Pod } from "../../model/objects.js";
import { selects } from "../../model/selector.js";
import type { Cluster } from "../../simulate/cluster.js";
import type { Candidate, Make } from "./candidate.js";
import { narrowSelector } from "./selector-edits.js";

/** The policy selects the pod no more. */
export function leaving(
  policy: NetworkPolicy,
  pod: Pod,
  spec: Value | undefined,
  cluster: Cluster,
  make: Make,
): readonly Candidate[] {
  const selector = policy.podSelector;
  const others = cluster.endpoints.flatMap((each): Labels[] =>
    each.kind === "pod" &&
    each.pod !== pod &&
    each.pod.namespace === policy.namespace &&
    selects(selector, each.pod.labels)
      ? [each.pod.labels]
      : [],
  );
  const written = {
    source: policy.source,
    owner: spec,
    key: "podSelector",
    selector,
    path: "spec.podSelector",
  } as const;
  return narrowSelector(written, pod.labels, others, make);
}
