import { engineOrigin } from "../cluster/origins.js";
import { drop, goto, inInterface, outInterface } from "../felix/fragments.js";
import type { FelixChain, FelixRule } from "../felix/rule.js";
import { chainName } from "../hashes.js";

/** A tree that leads a packet to the chain of its interface. */
export interface Dispatch {
  /** Name of its root. */
  readonly name: string;
  readonly side: "in" | "out";
  /** Prefix of the endpoints' chains: `cali-fw-`. */
  readonly prefix: string;
  readonly interfaces: readonly string[];
  /** What becomes of packets of other interfaces: the last rules of the root, and of workloads' children. */
  readonly rest: readonly FelixRule[];
  readonly childrenRest: readonly FelixRule[];
}

/** The root and its children. Source: Calico 87c15906f, felix/rules/dispatch.go, buildSingleDispatchChains. */
export function dispatchChains(dispatch: Dispatch): readonly FelixChain[] {
  const { name, side, prefix, childrenRest, rest } = dispatch;
  const origin = engineOrigin("leads packets to the chain of their interface");
  const match = side === "in" ? inInterface : outInterface;
  const to = (each: string): FelixRule => ({ matches: [match(each)], action: goto(chainName(prefix, each)) });
  const children: FelixChain[] = [];
  const rules = [...binsOf(dispatch.interfaces)].flatMap(([key, its]): FelixRule[] => {
    if (its.length === 1) return [to(its[0]!)];
    const child = `${name}-${key.at(-1)}`;
    children.push({ name: child, rules: [...its.map(to), ...childrenRest], origin });
    return [{ matches: [match(`${key}+`)], action: goto(child) }];
  });
  return [{ name, rules: [...rules, ...rest], origin }, ...children];
}

/** Whether packets of an interface come to a child, because enough others begin like it. */
export function comesToChild(name: string, interfaces: readonly string[]): boolean {
  return [...binsOf(interfaces)].some(([key, its]) => its.length > 1 && name.startsWith(key));
}

/** What interfaces begin with, up to the first character that tells them apart, and whose names begin so. */
function binsOf(interfaces: readonly string[]): ReadonlyMap<string, readonly string[]> {
  const names = [...new Set(interfaces)].toSorted();
  const length = commonPrefix(names).length + 1;
  const bins = new Map<string, string[]>();
  for (const each of names) {
    const key = each.slice(0, length);
    bins.set(key, [...(bins.get(key) ?? []), each]);
  }
  return bins;
}

/** The last rule of the trees of workloads. */
export const unknownInterface: FelixRule = { comments: ["Unknown interface"], action: drop };

function commonPrefix(names: readonly string[]): string {
  const [first = "", last = ""] = [names[0], names.at(-1)];
  let length = 0;
  while (length < first.length && first[length] === last[length]) length++;
  return first.slice(0, length);
}
