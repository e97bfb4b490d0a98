import type { Selector } from "../model/calico/selector.js";
import type { Origin } from "../text/origin.js";
import type { AddressSet, Direction, PairPort } from "./pair-group.js";
import type { IpVersion } from "../text/ip-version.js";

/**
 * What policies of every kind mean: beside those of Kubernetes (pair-group.ts), which are such pairs too, those that are looked at in
 * an order, deny as well as allow, and choose by more than labels of pods.
 */
export interface AnyPairs {
  /** `namespace/name`; for other kinds than Kubernetes' own with the kind before it. */
  readonly policy: string;
  readonly origin: Origin;
  readonly directions: readonly AnyDirection[];
  /** Where the policy stands among others; absent where they add up. */
  readonly rank?: Rank;
}

export interface Rank {
  readonly tier: TierRank;
  /** Absent: behind all that have one. */
  readonly order?: number;
  /** What is different about it: `never enforced`. */
  readonly remarks: readonly string[];
}

/** Policies that are looked at together; tiers and the policies in them come in the order in which they are looked at. */
export interface TierRank {
  /** `profiles`: those of an endpoint, which decide where no tier does. */
  readonly kind: "tier" | "profiles";
  readonly name: string;
  readonly order?: number;
  /** What becomes of a packet that policies of the tier look at, and none decides about. */
  readonly otherwise: "deny" | "pass";
}

export interface AnyDirection {
  readonly direction: Direction;
  readonly subjects: AnyExpression;
  readonly origin: Origin;
  /** In order; the first whose verdict is not `log` decides. */
  readonly groups: readonly AnyGroup[];
}

/** sources × destinations × ports, and what becomes of them. `pass`: the next tier decides. `log`: it is logged, and the next group decides. */
export interface AnyGroup {
  readonly verdict: "allow" | "disallow" | "deny" | "pass" | "log";
  readonly direction: Direction;
  /** The subjects come first, in the one of the two where they stand. */
  readonly sources: AnyExpression;
  readonly destinations: AnyExpression;
  /** Alternatives; never empty. */
  readonly ports: readonly AnyPort[];
  /** None of these. */
  readonly notPorts?: readonly AnyPort[];
  /** The same of the port that a packet comes from. */
  readonly sourcePorts?: readonly AnyPort[];
  readonly notSourcePorts?: readonly AnyPort[];
  /** It is about packets of this version of IP alone. */
  readonly ipVersion?: IpVersion;
  readonly origin: Origin;
}

/** A conjunction, as a `SetExpression`: of address sets, or of listed sets. */
export type AnyExpression = readonly AnyMatch[];

export interface AnyMatch {
  readonly set: AddressSet | ListedSet;
  readonly negated: boolean;
}

/** A set whose members somebody else knows. */
export type ListedSet =
  /** What meets a selector, of what can be meant where it stands. */
  | {
      readonly kind: "selected";
      readonly of: Selectable;
      readonly selector: Selector;
      members(): readonly Member[];
    }
  /** What words describe: `endpoints of service shop/web`. */
  | { readonly kind: "described"; readonly words: string; members(): readonly Member[] }
  /** Every address in one of the blocks. */
  | { readonly kind: "nets"; readonly nets: readonly string[] };

/** Pods; interfaces of hosts that policies can select; both; or whatever has labels, sets of networks too. */
export type Selectable = "pods" | "hosts" | "endpoints" | "anything";

export interface Member {
  readonly name: string;
  /** An address, or a block. */
  readonly net: string;
}

export type AnyPort =
  | PairPort
  /** A port by its name, with those that call one so: `10.0.0.1:8080`. */
  | (PairPort & { readonly kind: "named"; targets(): readonly string[] })
  /** Every packet of a protocol of IP: a name as its standard spells it, or a number. */
  | { readonly kind: "ip-protocol"; readonly protocol: string | number }
  /** Ports that words describe: `the ports that the service has`. */
  | { readonly kind: "described"; readonly words: string }
  | {
      readonly kind: "icmp";
      readonly protocol: string | number;
      readonly type: number;
      readonly code?: number;
    };

/** Whether an expression is one of listed sets. */
export function isListed(expression: AnyExpression): expression is readonly ListedMatch[] {
  return expression.length > 0 && expression.every(({ set }) => ["selected", "described", "nets"].includes(set.kind));
}

export interface ListedMatch {
  readonly set: ListedSet;
  readonly negated: boolean;
}
