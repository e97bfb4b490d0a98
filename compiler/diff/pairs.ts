import type { DirectionPairs, PairGroup, PolicyPairs } from "../pairs/pair-group.js";
import { describeExpression, describePort } from "../pairs/describe.js";

/** A pair group that only one of two versions has. */
export interface PairsChange {
  readonly policy: string;
  readonly group: PairGroup;
  /** `allow ingress from pods labelled app=web to all pods in namespace shop on 80/tcp` */
  readonly text: string;
}

export interface PairsDifference {
  /** In the order of the policies and their groups. */
  readonly vanished: readonly PairsChange[];
  readonly appeared: readonly PairsChange[];
}

/** What policies mean in one version and not in the other; groups are equal when they say the same of the same policy. */
export function diffPairs(before: readonly PolicyPairs[], after: readonly PolicyPairs[]): PairsDifference {
  const [old, young] = [byPolicy(before), byPolicy(after)];
  return { vanished: lacking(old, young), appeared: lacking(young, old) };
}

function byPolicy(pairs: readonly PolicyPairs[]): ReadonlyMap<string, PolicyPairs> {
  return new Map(pairs.map((each) => [each.policy, each]));
}

function lacking(
  these: ReadonlyMap<string, PolicyPairs>,
  those: ReadonlyMap<string, PolicyPairs>,
): readonly PairsChange[] {
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

function countsOf(pairs: PolicyPairs | undefined): Map<string, number> {
  const counts = new Map<string, number>();
  for (const { text } of pairs ? groupsOf(pairs) : []) counts.set(text, (counts.get(text) ?? 0) + 1);
  return counts;
}

function groupsOf({ directions }: PolicyPairs): readonly { readonly group: PairGroup; readonly text: string }[] {
  return directions.flatMap((direction) =>
    direction.groups.map((group) => ({ group, text: describeGroup(group, direction) })),
  );
}

function describeGroup(
  { verdict, sources, destinations, ports }: PairGroup,
  { direction, groups }: DirectionPairs,
): string {
  const [from, to] = [describeExpression(sources), describeExpression(destinations)];
  if (verdict === "disallow") {
    const everything = `everything${groups.length > 1 ? " else" : ""}`;
    return `disallow ${direction}: ${everything} ${direction === "ingress" ? `to ${to}` : `from ${from}`}`;
  }
  return `allow ${direction}: from ${from} to ${to} on ${ports.map(describePort).join(", ")}`;
}
