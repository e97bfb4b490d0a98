import type { NetworkPolicy, Peer } from "../model/objects.js";
import { lowerNamespaceSelector, lowerPodSelector } from "./lower-selector.js";
import type { Direction, SetExpression } from "./pair-group.js";
import type { Reading } from "./reading.js";

/** Where a peer stands; indices are 0-based. */
export interface PeerPlace {
  readonly policy: NetworkPolicy;
  readonly direction: Direction;
  readonly rule: number;
  readonly peer: number;
}

/** The alternatives of a peer: an address is the peer's when one of the expressions holds. */
export function lowerPeer(peer: Peer, place: PeerPlace, reading: Reading): readonly SetExpression[] {
  const { policy, direction, rule } = place;
  if (peer.kind === "ipBlock") {
    if (reading.ipBlockPeers === "first-peer" && place.peer > 0) return [];
    if (reading.ipBlock === "everything") return [[]];
    const { cidr, except } = peer;
    const set = {
      kind: "cidr",
      namespace: policy.namespace,
      policy: policy.name,
      direction,
      rule,
      peer: place.peer,
      cidr,
      except,
    } as const;
    return [[{ set, negated: false }]];
  }
  const pods = peer.podSelector ? lowerPodSelector(peer.podSelector, policy) : [];
  if (!peer.namespaceSelector) {
    return [[...pods, { set: { kind: "namespace", namespace: policy.namespace }, negated: false }]];
  }
  return lowerNamespaceSelector(peer.namespaceSelector).map((namespaces) => [...namespaces, ...pods]);
}
