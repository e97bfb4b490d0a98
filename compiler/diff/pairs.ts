import type { AnyDirection, AnyGroup, AnyPairs } from "../pairs/any-pairs.js";
import { describeExpression, describePorts } from "../pairs/describe.js";

/** A pair group that only one of two versions has. */
export interface PairsChange {
  readonly policy: string;
  readonly group: AnyGroup;
  /** `allow ingress from pods labelled app=web to all pods in namespace shop on 80/tcp` */
  readonly text: string;
}

export interface PairsDifference {
  /** In the order of the policies and their groups. */
  readonly vanished: readonly PairsChange[];
  readonly appeared: readonly PairsChange[];
}

/** What policies mean in one version and not in the other; groups are equal when they say the same of the same policy. */
export function diffPairs(before: readonly AnyPairs[], after: readonly AnyPairs[]): PairsDifference {
  const [old, young] = [byPolicy(before), byPolicy(after)];
  return { vanished: lacking(old, young), appeared: lacking(young, old) };
}

function byPolicy(pairs: readonly AnyPairs[]): ReadonlyMap<string, AnyPairs> {
  return new Map(pairs.map((each) => [each.policy, each]));
}

function lacking(these: ReadonlyMap<string, AnyPairs>, those: ReadonlyMap<string, AnyPairs>): readonly PairsChange[] {
  return [...these.values()].flatMap((pairs) => {
    const others = those.get(pairs.policy);
    if (others === pairs) return [];
    const left = countsOf(others);
    return groupsOf(pairs).flatMap(({ group, text }): PairsChange[] => {
      const count = left.get(text) ?? 0;
      if (count > 0) left.set(text, count - 1);
      return count > 0 ? [] : [{ policy: pairs.policy, group, text }];
    });
  });
}

function countsOf(pairs: AnyPairs | undefined): Map<string, number> {
  const counts = new Map<string, number>();
  for (const { text } of pairs ? groupsOf(pairs) : []) counts.set(text, (counts.get(text) ?? 0) + 1);
  return counts;
}

function groupsOf({ directions }: AnyPairs): readonly { readonly group: AnyGroup; readonly text: string }[] {
  return directions.flatMap((direction) =>
    direction.groups.map((group) => ({ group, text: describeGroup(group, direction) })),
  );
}

function describeGroup(group: AnyGroup, { direction, groups }: AnyDirection): string {
  const { verdict, sources, destinations } = group;
  const [from, to] = [describeExpression(sources), describeExpression(destinations)];
  if (verdict === "disallow") {
    const everything = `everything${groups.length > 1 ? " else" : ""}`;
    return `disallow ${direction}: ${everything} ${direction === "ingress" ? `to ${to}` : `from ${from}`}`;
  }
  return `${verdict} ${direction}: from ${from} to ${to} on ${describePorts(group)}`;
}
