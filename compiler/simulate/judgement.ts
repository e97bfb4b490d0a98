import type { Location } from "../text/source.js";
import type { Circumstances } from "./circumstances.js";
import type { Endpoint } from "./cluster.js";

/** The first packet of a connection. */
export interface Packet {
  readonly source: Endpoint;
  readonly destination: Endpoint;
  /** `other` is any protocol without ports, such as ICMP. */
  readonly protocol: "tcp" | "udp" | "sctp" | "other";
  /** Destination port, 0..65535; without meaning for `other`. */
  readonly port: number;
  /** What else is known of it; as usual where nothing is said. Kubernetes's specification does not ask. */
  readonly circumstances?: Circumstances;
}

/** What the NetworkPolicy specification says of a packet. It passes when both directions allow it. */
export interface Judgement {
  readonly verdict: "allow" | "deny";
  /** By the policies that select the destination. */
  readonly ingress: DirectionJudgement;
  /** By the policies that select the source. */
  readonly egress: DirectionJudgement;
}

export interface DirectionJudgement {
  readonly verdict: "allow" | "deny";
  /** Why: one reason that nothing restricts the endpoint, or every rule that allows the packet, or every policy that does not. */
  readonly reasons: readonly Reason[];
}

export type Reason =
  /** The endpoint is no pod with an address of its own, so that policies do not select it. */
  | { readonly kind: "not-a-pod" }
  /** No policy with this direction selects the pod. */
  | { readonly kind: "not-isolated" }
  | AllowReason
  | RuleDenies
  | DenyReason
  /** Nothing that anybody wrote; `text` is a clause for people. */
  | { readonly kind: "by-default"; readonly text: string };

/** A rule allows the packet: the first of its peers and the first of its ports that match. */
export interface AllowReason {
  readonly kind: "rule-allows";
  /** `namespace/name`, or the name of a global one. */
  readonly policy: string;
  /** 0-based, in `spec.ingress` or `spec.egress`. */
  readonly rule: number;
  /** 0-based; absent when the rule has no list of peers, which means all. */
  readonly peer?: number;
  /** 0-based; absent when the rule has no list of ports, which means all. */
  readonly port?: number;
  /** `spec.ingress[0].from[1]`, the most exact place. */
  readonly field: string;
  readonly location: Location;
}

/** A rule that says so denies the packet. */
export interface RuleDenies extends Pick<AllowReason, "policy" | "rule" | "field" | "location"> {
  readonly kind: "rule-denies";
}

/** A policy selects the endpoint, and none of its rules decides about the packet. */
export interface DenyReason {
  readonly kind: "policy-isolates";
  /** `namespace/name`, or the name of a global one. */
  readonly policy: string;
  /** `spec.ingress`, or the field of its selector when the policy has no rule in this direction. */
  readonly field: string;
  readonly location: Location;
  /** Its tier, if that is not `default`. */
  readonly tier?: string;
}
