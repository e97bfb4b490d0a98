import type { Origin } from "../text/origin.js";
import type { Protocol } from "../model/objects.js";

/**
 * A named set of addresses, by what it stands for. Engines give it a name of their own; `resolve` gives it addresses.
 */
export type AddressSet =
  | { readonly kind: "namespace"; readonly namespace: string }
  | { readonly kind: "all-namespaces" }
  /** Pods of the namespaces that carry the label; without `value`: the key, whatever its value. */
  | { readonly kind: "namespace-label"; readonly key: string; readonly value?: string }
  /** Pods, of all namespaces, that carry the label; without `value`: the key, whatever its value. */
  | { readonly kind: "pod-label"; readonly key: string; readonly value?: string }
  /** Pods, of all namespaces, that carry one of several values; the values as written, repetitions kept. */
  | {
      readonly kind: "pod-label-values";
      readonly policy: string;
      readonly key: string;
      readonly values: readonly string[];
    }
  /** A block of addresses less some; `rule` and `peer` are the 0-based indices in the policy. */
  | {
      readonly kind: "cidr";
      readonly namespace: string;
      readonly policy: string;
      readonly direction: Direction;
      readonly rule: number;
      readonly peer: number;
      readonly cidr: string;
      readonly except: readonly string[];
    };

export type Direction = "ingress" | "egress";

/** An address is in the set, or (negated) is not. */
export interface SetMatch {
  readonly set: AddressSet;
  readonly negated: boolean;
}

/** A conjunction: an address that meets every match. The empty one is every address there is. */
export type SetExpression = readonly SetMatch[];

export type PairPort =
  | { readonly kind: "any" }
  /** Every port of a protocol. */
  | { readonly kind: "protocol"; readonly protocol: Protocol }
  /** `first`..`last`, both included, 1..65535. */
  | { readonly kind: "range"; readonly protocol: Protocol; readonly first: number; readonly last: number }
  /** The port that the destination pod calls `name`. */
  | { readonly kind: "named"; readonly protocol: Protocol; readonly name: string };

/** sources × destinations × ports, allowed or disallowed. */
export interface PairGroup {
  readonly verdict: "allow" | "disallow";
  readonly direction: Direction;
  readonly sources: SetExpression;
  readonly destinations: SetExpression;
  /** Never empty. */
  readonly ports: readonly PairPort[];
  readonly origin: Origin;
}

/** What one policy says about one direction: its groups in order, the first that holds decides. */
export interface DirectionPairs {
  readonly direction: Direction;
  /** The pods the policy selects: the destinations of ingress, the sources of egress. */
  readonly subjects: SetExpression;
  /** `spec.podSelector` */
  readonly origin: Origin;
  /** The rules as written, in sets; what the groups are the products of. */
  readonly rules: readonly LoweredRule[];
  readonly groups: readonly PairGroup[];
}

/** One rule of a policy, its peers and ports still apart. */
export interface LoweredRule {
  /** In written order; none: everyone. */
  readonly peers: readonly LoweredPeer[];
  /** In written order; none: every port. */
  readonly ports: readonly PairPort[];
  readonly origin: Origin;
}

export type LoweredPeer =
  | { readonly kind: "block"; readonly block: Block; readonly origin: Origin }
  /** A peer with a namespaceSelector, a podSelector or both; of each the alternatives, absent where it was not written. */
  | {
      readonly kind: "pods";
      readonly namespaces?: readonly SetExpression[];
      readonly pods?: readonly SetExpression[];
      readonly origin: Origin;
    };

export type Block = Extract<AddressSet, { readonly kind: "cidr" }>;

/** One policy, lowered. */
export interface PolicyPairs {
  /** `namespace/name` */
  readonly policy: string;
  /** The policy as a whole. */
  readonly origin: Origin;
  /** In the order of the policy's policyTypes; one for each alternative where a reading makes several of the subjects. */
  readonly directions: readonly DirectionPairs[];
}
