import type { KubernetesObject, NetworkPolicy, Peer } from "../../model/objects.js";
import { keyOf } from "../../model/objects.js";
import type { Resource } from "../../model/resources.js";
import { diagnostic, type Diagnostic } from "../../text/diagnostic.js";

/** More rules of one policy than this are not compiled: they would take gigabytes, and no node holds them. */
const maxRules = 500_000;

/**
 * Says of a policy that it would become too many rules. A few lines can: each combination of the values of a namespaceSelector is a rule.
 */
export function refuseTooManyRules(object: KubernetesObject | Resource): Diagnostic | undefined {
  if (object.kind !== "NetworkPolicy") return undefined;
  const count = ruleCount(object);
  if (count <= maxRules) return undefined;
  const where = { location: { source: object.source, offset: object.offset }, object: keyOf(object), field: "spec" };
  return diagnostic("npm-too-many-rules", { count, max: maxRules }, where);
}

function ruleCount({ policyTypes, ingress, egress }: NetworkPolicy): number {
  let count = 0;
  for (const type of new Set(policyTypes)) {
    for (const { peers, ports } of type === "Ingress" ? ingress : egress) {
      const alternatives = peers.reduce((sum, peer) => sum + alternativesOf(peer), 0);
      count += Math.max(1, alternatives) * Math.max(1, ports.length);
    }
  }
  return count;
}

function alternativesOf(peer: Peer): number {
  const expressions = peer.kind === "pods" ? (peer.namespaceSelector?.matchExpressions ?? []) : [];
  return expressions.reduce((product, { values }) => product * Math.max(1, values.length), 1);
}
