import type { NetworkPolicy, PolicyType } from "../../model/objects.js";
import { keyOf } from "../../model/objects.js";
import type { Alterations, Stop } from "./alterations.js";
import { sortedByLetters } from "./line-parts.js";
import type { Line, Lines } from "./lines.js";

/** A policy, or two in one, as it is written into lines. */
export interface Written extends NetworkPolicy {
  /** Directions in which it refuses what nothing accepts. */
  readonly isolates: readonly PolicyType[];
}

export const bothTypes: readonly PolicyType[] = ["Ingress", "Egress"];

export interface Writing {
  /** The lines of a policy, in NPM's order. */
  readonly translate: (policy: Written) => readonly Line[];
  /** Whether iptables does not understand a line, where the release says that it gave its policy up. */
  readonly fails: (line: Line, stop: Stop) => boolean;
  readonly altered: Alterations;
  readonly stops: readonly Stop[];
  /** Policies of one selector become one. */
  readonly merging: boolean;
}

/** Writes policies into lines, one after the other; a policy is given up at the first of its lines that iptables does not understand. */
export function writePolicies(policies: readonly NetworkPolicy[], lines: Lines, writing: Writing): void {
  const { translate, fails, altered, stops, merging } = writing;
  const merged = new Map<string, Written>();
  const inForce = new Set(
    policies.filter((policy) => altered.on("npm-stops-at-rule", policy)).map((policy) => keyOf(policy)),
  );
  /** The lines that come to be, and whether these are all. */
  const linesOf = (policy: Written): { readonly written: readonly Line[]; readonly complete: boolean } => {
    const all = translate(policy);
    const stop = stops.find(
      ({ code, object }) => code === "npm-stops-at-rule" && object === keyOf(policy) && inForce.has(object),
    );
    const end = stop ? all.findIndex((line) => fails(line, stop)) : -1;
    return end < 0 ? { written: all, complete: true } : { written: all.slice(0, end), complete: false };
  };
  const write = (policy: Written): void => {
    for (const line of linesOf(policy).written) lines.add(line);
  };
  for (const given of policies) {
    const both = altered.on("npm-isolates-both-directions", given);
    const policy: Written = { ...given, isolates: both ? bothTypes : given.policyTypes };
    const key = selectorKey(policy);
    const other = merging ? merged.get(key) : undefined;
    if (!other) {
      merged.set(key, policy);
      write(policy);
      continue;
    }
    const { written, complete } = linesOf(other);
    for (const line of written) lines.remove(line);
    // The first two are merged, the third begins anew.
    if (complete) merged.delete(key);
    write(merge(other, policy));
  }
}

function merge(old: Written, added: Written): Written {
  const egressOnly = [old, added].every(({ policyTypes }) => policyTypes.length === 1 && policyTypes[0] === "Egress");
  const policyTypes = egressOnly ? (["Egress"] as const) : bothTypes;
  return {
    ...old,
    policyTypes,
    isolates: [...policyTypes, ...old.isolates],
    ingress: [...old.ingress, ...added.ingress],
    egress: [...old.egress, ...added.egress],
  };
}

/** What decides whether two policies are merged: the namespace and the selector as written, its expressions in NPM's order. */
export function selectorKey({ namespace, podSelector: { matchLabels, matchExpressions } }: NetworkPolicy): string {
  const expressions = sortedByLetters(matchExpressions).map(({ key, operator, values }) => [
    key,
    operator,
    values.toSorted(),
  ]);
  return JSON.stringify([namespace, [...matchLabels], expressions]);
}
