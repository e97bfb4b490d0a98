import type { Value } from "../../manifest/value.js";
import type { NetworkPolicy, Peer } from "../../model/objects.js";
import { blockHolds } from "../../simulate/block.js";
import type { Packet } from "../../simulate/judgement.js";
import { makerFor, type Candidate, type Ground, type Make } from "./candidate.js";
import { leaving } from "./leaving.js";
import { peerFor } from "./peer-for.js";
import { widenPort } from "./port-edits.js";
import { widenSelector } from "./selector-edits.js";
import { addItem, childAt, removeEntry, removeItem, valueAt, type Written } from "./yaml-lines.js";

/** More ports, more peers, wider selectors, fewer exceptions, one more rule; or the pod is not restricted any more. */
export function opening(policy: NetworkPolicy, ground: Ground): readonly Candidate[] {
  const { direction, subject, other, packet, cluster } = ground;
  const { source } = policy;
  const make = makerFor(policy);
  const spec = childAt(valueAt(source, policy.offset), "spec");
  const list = direction === "ingress" ? "from" : "to";
  const [peer, port] = [peerFor(other, policy, cluster), portFor(packet)];
  const found = policy[direction].flatMap((rule, index) => {
    const written = childAt(spec, direction, index);
    const field = `spec.${direction}[${index}]`;
    return [
      ...(port && rule.ports.length > 0
        ? make(`add a port to ${field}.ports`, addItem(source, written, "ports", port))
        : []),
      ...rule.ports.flatMap((each, position) =>
        widenPort(childAt(written, "ports", position), each, packet, `${field}.ports[${position}]`, source, make),
      ),
      ...(rule.peers.length > 0 ? make(`add a peer to ${field}.${list}`, addItem(source, written, list, peer)) : []),
      ...rule.peers.flatMap((each, position) =>
        widenPeer(each, childAt(written, list, position), `${field}.${list}[${position}]`, policy, ground, make),
      ),
    ];
  });
  const rule: Written = { [list]: [peer], ...(port && { ports: [port] }) };
  const type = direction === "ingress" ? "Ingress" : "Egress";
  return [
    ...found,
    ...make(`add a rule to spec.${direction}`, addItem(source, spec, direction, rule)),
    ...(policy.policyTypes.length > 1
      ? make(
          `remove ${type} from spec.policyTypes`,
          removeItem(source, childAt(spec, "policyTypes"), policy.policyTypes.indexOf(type)),
        )
      : []),
    ...(subject.kind === "pod" ? leaving(policy, subject.pod, spec, cluster, make) : []),
  ];
}

function widenPeer(
  peer: Peer,
  at: Value | undefined,
  path: string,
  { source, namespace }: NetworkPolicy,
  { other, cluster }: Ground,
  make: Make,
): readonly Candidate[] {
  if (peer.kind === "ipBlock") {
    const block = childAt(at, "ipBlock");
    return peer.except.flatMap((cidr, hole) => {
      if (!blockHolds({ cidr, except: [] }, other.address)) return [];
      if (peer.except.length > 1)
        return make(`remove ${path}.ipBlock.except[${hole}]`, removeItem(source, childAt(block, "except"), hole));
      return block?.kind === "mapping"
        ? make(`remove ${path}.ipBlock.except`, removeEntry(source, block, "except"))
        : [];
    });
  }
  if (other.kind !== "pod") return [];
  const { pod } = other;
  const { podSelector, namespaceSelector } = peer;
  if (!namespaceSelector && pod.namespace !== namespace) return [];
  const ofPods = podSelector
    ? widenSelector(
        { source, owner: at, key: "podSelector", selector: podSelector, path: `${path}.podSelector` },
        pod.labels,
        make,
      )
    : [];
  const ofNamespaces = namespaceSelector
    ? widenSelector(
        { source, owner: at, key: "namespaceSelector", selector: namespaceSelector, path: `${path}.namespaceSelector` },
        cluster.labelsOfNamespace(pod.namespace),
        make,
      )
    : [];
  return [...ofPods, ...ofNamespaces];
}

function portFor({ protocol, port }: Packet): Written | undefined {
  return protocol === "other" ? undefined : { protocol: protocol.toUpperCase(), port };
}
