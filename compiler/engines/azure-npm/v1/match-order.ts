import type { Direction } from "../../../pairs/pair-group.js";

export type PortKind = "none" | "number" | "named";
export type PeerKind = "none" | "block" | "namespaces" | "pods" | "both";

/**
 * The order of matches in an allow rule: T the policy's pods, N namespaces, P pods, C a block; `port` is `-p TCP --dport 80`,
 * `protocol` the `-p TCP` of a named port, `name` its set. NPM has no system in it.
 * Source: Azure NPM v1.4.9, npm/translatePolicy.go, translateIngress and translateEgress.
 */
export function matchOrder(direction: Direction, peer: PeerKind, port: PortKind): readonly string[] {
  return orders[direction][peer][port].split(" ");
}

const orders: Record<Direction, Record<PeerKind, Record<PortKind, string>>> = {
  ingress: {
    none: { none: "T", number: "port T", named: "T protocol name" },
    block: { none: "T C", number: "T C port", named: "T protocol C name" },
    namespaces: { none: "N T", number: "T N port", named: "T N name" },
    pods: { none: "P T", number: "T P port", named: "T protocol P name" },
    both: { none: "T N P", number: "N P T port", named: "N protocol P T name" },
  },
  egress: {
    none: { none: "T", number: "port T", named: "T protocol name" },
    block: { none: "T C", number: "port T C", named: "T protocol C name" },
    namespaces: { none: "T N", number: "N port T", named: "N T name" },
    pods: { none: "T P", number: "P port T", named: "P T protocol name" },
    both: { none: "T N P", number: "T N P port", named: "T N P protocol name" },
  },
};
