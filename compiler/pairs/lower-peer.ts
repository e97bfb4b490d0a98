import type { NetworkPolicy, Peer } from "../model/objects.js";
import { keyOf } from "../model/objects.js";
import type { Origin } from "../text/origin.js";
import { lowerNamespaceSelector, lowerPodSelector } from "./lower-selector.js";
import type { Direction, LoweredPeer, SetExpression } from "./pair-group.js";
import type { Reading } from "./reading.js";

/** Where a peer stands; indices are 0-based. */
export interface PeerPlace {
  readonly policy: NetworkPolicy;
  readonly direction: Direction;
  readonly rule: number;
  readonly peer: number;
  readonly origin: Origin;
}

/** A peer's selectors as sets, each on its own; a podSelector without labels stands for the policy's namespace. */
export function lowerPeer(peer: Peer, place: PeerPlace, reading: Reading): LoweredPeer {
  const { policy, direction, rule, origin } = place;
  if (peer.kind === "ipBlock") {
    const { cidr, except } = peer;
    const { namespace, name } = policy;
    const block = { kind: "cidr", namespace, policy: name, direction, rule, peer: place.peer, cidr, except } as const;
    return { kind: "block", block, origin };
  }
  const pods = peer.podSelector && lowerPodSelector(peer.podSelector, keyOf(policy), reading);
  const namespaces = peer.namespaceSelector && lowerNamespaceSelector(peer.namespaceSelector, reading);
  return { kind: "pods", origin, ...(namespaces && { namespaces }), ...(pods && { pods }) };
}

/** The alternatives of a peer: an address is the peer's when one of the expressions holds. */
export function alternativesOf(peer: LoweredPeer, namespace: string, reading: Reading): readonly SetExpression[] {
  if (peer.kind === "block") {
    if (reading.ipBlockPeers === "first-peer" && peer.block.peer > 0) return [];
    return reading.ipBlock === "everything" ? [[]] : [[{ set: peer.block, negated: false }]];
  }
  const pods = peer.pods?.map((expression) => inNamespace(expression, namespace, reading)) ?? [];
  if (!peer.namespaces) return pods;
  if (!peer.pods) return peer.namespaces;
  switch (reading.bothSelectors) {
    case "ignored":
      return [];
    case "or":
      return [...peer.namespaces, ...pods];
    case "and":
      return peer.namespaces.flatMap((found) => peer.pods!.map((expression) => [...found, ...expression]));
  }
}

/** A podSelector that stands alone: limited to the policy's namespace, unless the reading lets labels reach further. */
export function inNamespace(expression: SetExpression, namespace: string, reading: Reading): SetExpression {
  if (reading.podSelector === "every-namespace" && expression.length > 0) return expression;
  return [...expression, { set: { kind: "namespace", namespace }, negated: false }];
}
