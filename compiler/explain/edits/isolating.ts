import type { PolicyType } from "../../model/objects.js";
import { selects } from "../../model/selector.js";
import { makerFor, type Candidate, type Ground } from "./candidate.js";
import { labelsOf } from "./peer-for.js";
import { widenSelector } from "./selector-edits.js";
import { addDocument, addItem, childAt, valueAt, type Written } from "./yaml-lines.js";

/** The direction among a policy's types, the pod among those that a policy selects, or a policy of its own. */
export function isolating({ direction, subject, cluster }: Ground): readonly Candidate[] {
  if (subject.kind !== "pod") return [];
  const { pod } = subject;
  const type: PolicyType = direction === "ingress" ? "Ingress" : "Egress";
  const here = cluster.policiesIn(pod.namespace);
  const changed = here.flatMap((policy): readonly Candidate[] => {
    const { source, podSelector: selector } = policy;
    const spec = childAt(valueAt(source, policy.offset), "spec");
    const hasType = policy.policyTypes.includes(type);
    if (hasType) {
      const written = { source, owner: spec, key: "podSelector", selector, path: "spec.podSelector" } as const;
      return widenSelector(written, pod.labels, makerFor(policy));
    }
    if (!selects(selector, pod.labels) || !childAt(spec, "policyTypes")) return [];
    return makerFor(policy)(`add ${type} to spec.policyTypes`, addItem(source, spec, "policyTypes", type));
  });
  const source = here.at(-1)?.source ?? pod.source;
  const names = new Set(here.map(({ name }) => name));
  const wanted = `deny-${direction}-${pod.name}`.slice(0, 60);
  let name = wanted;
  for (let number = 2; names.has(name); number += 1) name = `${wanted}-${number}`;
  const labels = labelsOf(pod.labels);
  const document: Written = {
    apiVersion: "networking.k8s.io/v1",
    kind: "NetworkPolicy",
    metadata: { name, namespace: pod.namespace },
    spec: { podSelector: Object.keys(labels).length === 0 ? {} : { matchLabels: labels }, policyTypes: [type] },
  };
  const policy = `${pod.namespace}/${name}`;
  return [...changed, { policy, what: `a new policy ${policy}`, source, edit: addDocument(source, document) }];
}
