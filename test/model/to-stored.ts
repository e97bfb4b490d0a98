import type { LabelSelector, NetworkPolicy, Peer, PolicyPort, PolicyRule } from "../../compiler/model/objects.js";

/** An admitted policy in the shape the API server would show it. */
export function toStored(policy: NetworkPolicy): { namespace: string; name: string; spec: unknown } {
  return {
    namespace: policy.namespace,
    name: policy.name,
    spec: {
      podSelector: storedSelector(policy.podSelector),
      policyTypes: [...policy.policyTypes],
      ...(policy.ingress.length > 0 && { ingress: policy.ingress.map((rule) => storedRule(rule, "from")) }),
      ...(policy.egress.length > 0 && { egress: policy.egress.map((rule) => storedRule(rule, "to")) }),
    },
  };
}

function storedRule(rule: PolicyRule, peers: "from" | "to"): unknown {
  return {
    ...(rule.peers.length > 0 && { [peers]: rule.peers.map(storedPeer) }),
    ...(rule.ports.length > 0 && { ports: rule.ports.map(storedPort) }),
  };
}

function storedPort({ protocol, port, endPort }: PolicyPort): unknown {
  return { protocol, ...(port !== undefined && { port }), ...(endPort !== undefined && { endPort }) };
}

function storedPeer(peer: Peer): unknown {
  if (peer.kind === "ipBlock") {
    return { ipBlock: { cidr: peer.cidr, ...(peer.except.length > 0 && { except: [...peer.except] }) } };
  }
  return {
    ...(peer.podSelector && { podSelector: storedSelector(peer.podSelector) }),
    ...(peer.namespaceSelector && { namespaceSelector: storedSelector(peer.namespaceSelector) }),
  };
}

function storedSelector({ matchLabels, matchExpressions }: LabelSelector): unknown {
  return {
    ...(matchLabels.size > 0 && { matchLabels: Object.fromEntries(matchLabels) }),
    ...(matchExpressions.length > 0 && {
      matchExpressions: matchExpressions.map(({ key, operator, values }) => ({
        key,
        operator,
        ...(values.length > 0 && { values: [...values] }),
      })),
    }),
  };
}
