import type { Origin } from "../text/origin.js";

/** Kinds of things that can be explained. */
export type ExplainedKind =
  /** A NetworkPolicy, and what it is made of. */
  | "policy"
  | "selector"
  | "direction"
  | "policy-rule"
  | "peer"
  | "port"
  /** What stands on the node. */
  | "set"
  | "member"
  | "chain"
  | "rule"
  /** What readers of a policy often expect, and is not so. */
  | "trap"
  /** Where the rules do otherwise than the specification says. */
  | "quirk";

/**
 * One thing, said in sentences; things it consists of below it. Ids are stable: they depend on what the thing is called, not on what is
 * around it. Those of a policy's parts are `policy NAMESPACE/NAME` and a field path, of a node's parts `chain NAME`, `rule CHAIN NUMBER`, `set NAME`.
 */
export interface Explained {
  readonly id: string;
  readonly kind: ExplainedKind;
  readonly title: string;
  /** Sentences, the most important first. */
  readonly text: readonly string[];
  /** Why it is there, the most exact first; never empty. */
  readonly origins: readonly Origin[];
  /** Ids of things that it makes, or is used by. */
  readonly links: readonly string[];
  readonly parts: readonly Explained[];
}

/** A compilation, explained. What belongs to one thing is worked out when it is asked for. */
export interface Explanation {
  /** `azure-npm v2 (v1.8.12)` */
  readonly rulesOf: string;
  /** In order of application. */
  readonly policies: readonly Explained[];
  /** In the order of the tables. */
  readonly chains: readonly Explained[];
  readonly sets: readonly Explained[];
  /** The members of a set, by its kernel name; none for an unknown one. */
  members(set: string): readonly Explained[];
  /** Where the rules are known to do otherwise than the specification says, found by comparing the two for all packets. */
  quirks(): readonly Explained[];
}

/** Why something is there that was on the node before the engine came. */
export const before: Origin = { kind: "engine", reason: "stood on the node before" };
