import type { Value } from "../../manifest/value.js";
import type { Labels, NetworkPolicy, Peer } from "../../model/objects.js";
import { selects } from "../../model/selector.js";
import type { Cluster } from "../../simulate/cluster.js";
import type { AllowReason } from "../../simulate/judgement.js";
import { makerFor, type Candidate, type Ground, type Make } from "./candidate.js";
import { leaving } from "./leaving.js";
import { blockOf } from "./peer-for.js";
import { narrowPort } from "./port-edits.js";
import { narrowSelector } from "./selector-edits.js";
import { addItem, childAt, removeItem, valueAt } from "./yaml-lines.js";

/** Fewer peers, ports or rules, narrower ones, or one more exception, of a rule that allows the packet. */
export function closing(
  policy: NetworkPolicy,
  reason: Pick<AllowReason, "rule" | "peer" | "port">,
  ground: Ground,
): readonly Candidate[] {
  const { direction, subject, packet, cluster } = ground;
  const { rule: index, peer, port } = reason;
  const { source } = policy;
  const make = makerFor(policy);
  const spec = childAt(valueAt(source, policy.offset), "spec");
  const list = direction === "ingress" ? "from" : "to";
  const rule = policy[direction][index]!;
  const written = childAt(spec, direction, index);
  const field = `spec.${direction}[${index}]`;
  return [
    ...(peer === undefined
      ? []
      : narrowPeer(rule.peers[peer]!, childAt(written, list, peer), `${field}.${list}[${peer}]`, policy, ground, make)),
    ...(peer !== undefined && rule.peers.length > 1
      ? make(`remove ${field}.${list}[${peer}]`, removeItem(source, childAt(written, list), peer))
      : []),
    ...(port === undefined
      ? []
      : narrowPort(
          childAt(written, "ports", port),
          rule.ports[port]!,
          packet,
          `${field}.ports[${port}]`,
          source,
          make,
        )),
    ...(port !== undefined && rule.ports.length > 1
      ? make(`remove ${field}.ports[${port}]`, removeItem(source, childAt(written, "ports"), port))
      : []),
    ...make(`remove ${field}`, removeItem(source, childAt(spec, direction), index)),
    // Where other policies restrict the pod, this one need not select it.
    ...(subject.kind === "pod" && isRestrictedByOthers(policy, subject.pod.labels, ground)
      ? leaving(policy, subject.pod, spec, cluster, make)
      : []),
  ];
}

function isRestrictedByOthers(policy: NetworkPolicy, labels: Labels, { direction, cluster }: Ground): boolean {
  const type = direction === "ingress" ? "Ingress" : "Egress";
  return cluster
    .policiesIn(policy.namespace)
    .some((each) => each !== policy && each.policyTypes.includes(type) && selects(each.podSelector, labels));
}

function narrowPeer(
  peer: Peer,
  at: Value | undefined,
  path: string,
  { source, namespace }: NetworkPolicy,
  { other, cluster }: Ground,
  make: Make,
): readonly Candidate[] {
  if (peer.kind === "ipBlock")
    return make(
      `add an exception to ${path}.ipBlock.except`,
      addItem(source, childAt(at, "ipBlock"), "except", blockOf(other.address)),
    );
  if (other.kind !== "pod") return [];
  const { pod } = other;
  const { podSelector, namespaceSelector } = peer;
  const inReach = (name: string): boolean =>
    namespaceSelector ? selects(namespaceSelector, cluster.labelsOfNamespace(name)) : name === namespace;
  const otherPods = cluster.endpoints.flatMap((each): Labels[] =>
    each.kind === "pod" &&
    each.pod !== pod &&
    inReach(each.pod.namespace) &&
    (!podSelector || selects(podSelector, each.pod.labels))
      ? [each.pod.labels]
      : [],
  );
  return [
    ...(podSelector
      ? narrowSelector(
          { source, owner: at, key: "podSelector", selector: podSelector, path: `${path}.podSelector` },
          pod.labels,
          otherPods,
          make,
        )
      : []),
    ...(namespaceSelector
      ? narrowSelector(
          {
            source,
            owner: at,
            key: "namespaceSelector",
            selector: namespaceSelector,
            path: `${path}.namespaceSelector`,
          },
          cluster.labelsOfNamespace(pod.namespace),
          namespacesIn(cluster, pod.namespace, namespaceSelector),
          make,
        )
      : []),
  ];
}

/** Labels of the other namespaces with pods that a selector selects. */
function namespacesIn(cluster: Cluster, but: string, selector: Parameters<typeof selects>[0]): readonly Labels[] {
  const names = new Set(cluster.endpoints.flatMap((each) => (each.kind === "pod" ? [each.pod.namespace] : [])));
  return [...names]
    .filter((name) => name !== but)
    .map((name) => cluster.labelsOfNamespace(name))
    .filter((labels) => selects(selector, labels));
}
