import type { DeviationCode as NpmCode } from "../../engines/azure-npm/deviations.js";
import type { DeviationCode as CalicoCode } from "../../engines/calico/deviations.js";
import type { Location } from "../../text/source.js";

export type DeviationCode = NpmCode | CalicoCode;

/** A place in the cluster's objects where a deviation may show. */
export interface Occurrence {
  readonly code: DeviationCode;
  /** The part of an object that is read otherwise than the specification says: a policy, rule, peer, selector, port or pod. */
  readonly at: object;
  /** `namespace/name` of the object that holds the part. */
  readonly object: string;
  /** `spec.ingress[0].from[1]` */
  readonly field: string;
  readonly location: Location;
  /** The policies together are the cause: a finding names the one that has a part in the packet. */
  readonly together?: true;
  /** The address of the pod that it is about; it shows nowhere else. */
  readonly address?: string;
  /** It is about a policy, and shows at the pods that this may select. */
  readonly policy?: true;
}

/** What may keep an engine from a policy, or a part of it, and is told by the engine itself. */
export const stopCodes = [
  "npm-stops-at-rule",
  "npm-loses-block",
  "npm-gives-up-sets",
  "npm-never-comes-to-policy",
] as const;

/** That an engine gave a policy up, at one of its rules or as a whole, or lost one of its blocks, as it says itself. */
export interface Stop {
  readonly code: (typeof stopCodes)[number];
  /** `namespace/name` */
  readonly object: string;
  readonly field: string;
}

/** Which deviations are in force, and where. */
export interface Alterations {
  on(code: DeviationCode, at: object): boolean;
  /** Whether it is in force anywhere. */
  has(code: DeviationCode): boolean;
}

/** None: the specification as it is. */
export const unaltered: Alterations = { on: () => false, has: () => false };

export function alterationsOf(occurrences: Iterable<Occurrence>): Alterations {
  const places = new Map<object, Set<DeviationCode>>();
  const all = new Set<DeviationCode>();
  for (const { code, at } of occurrences) {
    all.add(code);
    const codes = places.get(at);
    if (codes) codes.add(code);
    else places.set(at, new Set([code]));
  }
  return { on: (code, at) => places.get(at)?.has(code) ?? false, has: (code) => all.has(code) };
}
