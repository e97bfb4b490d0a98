import type { NetworkPolicy, Peer, PolicyPort, PolicyType } from "../model/objects.js";
import { selects } from "../model/selector.js";
import { blockHolds } from "./block.js";
import type { Cluster, Endpoint, PodEndpoint } from "./cluster.js";
import type { AllowReason, DenyReason, DirectionJudgement, Judgement, Packet } from "./judgement.js";
import { judgeByTiers } from "./tiers/judge-by-tiers.js";

/**
 * The specification as a function, from the API's documentation of NetworkPolicy alone. It knows nothing of any engine.
 *
 * - Policies are additive: a pod that at least one policy selects for a direction may do there what any of these allows, and
 *   nothing else. A connection needs the consent of both ends.
 * - A pod on its host's network is like an address outside the cluster.
 * - An ipBlock means addresses, whoever has them. A named port means what the destination pod calls so, under the same protocol.
 *
 * Where the cluster is measured by more than NetworkPolicy, that is asked (`tiers/`).
 *
 * Source: Kubernetes 1.34, networking.k8s.io/v1, NetworkPolicySpec and the types below it.
 */
export function judge(cluster: Cluster, packet: Packet): Judgement {
  if (cluster.tiered) return judgeByTiers(cluster.tiered, packet);
  const ingress = judgeDirection(cluster, packet, "Ingress");
  const egress = judgeDirection(cluster, packet, "Egress");
  const verdict = ingress.verdict === "allow" && egress.verdict === "allow" ? "allow" : "deny";
  return { verdict, ingress, egress };
}

function judgeDirection(cluster: Cluster, packet: Packet, direction: PolicyType): DirectionJudgement {
  const subject = direction === "Ingress" ? packet.destination : packet.source;
  if (subject.kind !== "pod") return { verdict: "allow", reasons: [{ kind: "not-a-pod" }] };
  const isolating = cluster.policiesIn(subject.pod.namespace).filter((policy) => isolates(policy, subject, direction));
  if (isolating.length === 0) return { verdict: "allow", reasons: [{ kind: "not-isolated" }] };
  const allowing = isolating.flatMap((policy) => allowReasons(cluster, policy, packet, direction));
  if (allowing.length > 0) return { verdict: "allow", reasons: allowing };
  return { verdict: "deny", reasons: isolating.map((policy) => denyReason(policy, direction)) };
}

function isolates(policy: NetworkPolicy, subject: PodEndpoint, direction: PolicyType): boolean {
  return policy.policyTypes.includes(direction) && selects(policy.podSelector, subject.pod.labels);
}

function allowReasons(
  cluster: Cluster,
  policy: NetworkPolicy,
  packet: Packet,
  direction: PolicyType,
): readonly AllowReason[] {
  const [list, peersField] = direction === "Ingress" ? (["ingress", "from"] as const) : (["egress", "to"] as const);
  const other = direction === "Ingress" ? packet.source : packet.destination;
  return policy[list].flatMap((rule, index) => {
    const peer = rule.peers.findIndex((candidate) => peerMatches(cluster, policy, candidate, other));
    if (peer < 0 && rule.peers.length > 0) return [];
    const port = rule.ports.findIndex((candidate) => portMatches(candidate, packet));
    if (port < 0 && rule.ports.length > 0) return [];
    const field = `spec.${list}[${index}]`;
    return [
      {
        kind: "rule-allows" as const,
        policy: nameOf(policy),
        rule: index,
        ...(peer >= 0 && { peer }),
        ...(port >= 0 && { port }),
        field: peer >= 0 ? `${field}.${peersField}[${peer}]` : port >= 0 ? `${field}.ports[${port}]` : field,
        location: {
          source: policy.source,
          offset: (rule.peers[peer] ?? rule.ports[port] ?? rule).offset,
        },
      },
    ];
  });
}

function peerMatches(cluster: Cluster, policy: NetworkPolicy, peer: Peer, other: Endpoint): boolean {
  if (peer.kind === "ipBlock") return blockHolds(peer, other.address);
  if (other.kind !== "pod") return false;
  const { namespace, labels } = other.pod;
  const inNamespace = peer.namespaceSelector
    ? selects(peer.namespaceSelector, cluster.labelsOfNamespace(namespace))
    : namespace === policy.namespace;
  return inNamespace && (!peer.podSelector || selects(peer.podSelector, labels));
}

function portMatches(wanted: PolicyPort, { destination, protocol, port }: Packet): boolean {
  if (wanted.protocol.toLowerCase() !== protocol) return false;
  if (wanted.port === undefined) return true;
  if (typeof wanted.port === "number") return port >= wanted.port && port <= (wanted.endPort ?? wanted.port);
  if (destination.kind !== "pod") return false;
  return destination.pod.ports.some(
    ({ name, containerPort, protocol: its }) =>
      name === wanted.port && containerPort === port && its === wanted.protocol,
  );
}

function denyReason(policy: NetworkPolicy, direction: PolicyType): DenyReason {
  const list = direction === "Ingress" ? "ingress" : "egress";
  const first = policy[list][0];
  return {
    kind: "policy-isolates",
    policy: nameOf(policy),
    field: first ? `spec.${list}` : "spec.podSelector",
    location: { source: policy.source, offset: (first ?? policy.podSelector).offset },
  };
}

function nameOf(policy: NetworkPolicy): string {
  return `${policy.namespace}/${policy.name}`;
}
