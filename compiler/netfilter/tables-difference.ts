import { printRule } from "./print-rule.js";
import { longestCommonOrder } from "./longest-common-order.js";
import type { Origin } from "../text/origin.js";
import type { Chain, IpSet, OtherTable, Rule, Tables } from "./tables.js";

/** What turns one state of a node into another. Chains and sets are told by name, in the order of the tables that hold them. */
export interface TablesDifference {
  /** Nothing differs. */
  readonly same: boolean;
  /** Of the filter table. */
  readonly chains: ChainsDifference;
  /** Of other tables, those that differ. */
  readonly others: readonly { readonly table: OtherTable["name"]; readonly chains: ChainsDifference }[];
  readonly sets: {
    readonly added: readonly IpSet[];
    readonly removed: readonly IpSet[];
    readonly changed: readonly SetDifference[];
  };
}

export interface ChainsDifference {
  readonly added: readonly Chain[];
  readonly removed: readonly Chain[];
  readonly changed: readonly ChainDifference[];
}

/** A chain that is there before and after, with other rules or another policy. */
export interface ChainDifference {
  readonly name: string;
  readonly before: Chain;
  readonly after: Chain;
  /** As few as turn one list of rules into the other, from the first rule to the last; at one place, deletions come first. */
  readonly edits: readonly RuleEdit[];
}

export interface RuleEdit {
  readonly kind: "delete" | "insert";
  /**
   * 1-based place in the chain at that moment, all earlier edits being done: `iptables -D CHAIN n` or `-I CHAIN n RULE`.
   * Of an insertion, this is also its place in the chain afterwards.
   */
  readonly position: number;
  /** 1-based place of a deleted rule in the chain before, of an inserted one in the chain after. */
  readonly place: number;
  /** The one that goes, or the one that comes; with its origin, where its tables have them. */
  readonly rule: Rule;
  /** The rule as iptables-save prints it, without `-A CHAIN`. */
  readonly text: string;
}

export type SetDifference =
  /** The same set with other members. `added` and `removed` stand in the order of the set that holds them. */
  | {
      readonly kind: "members";
      readonly name: string;
      readonly before: IpSet;
      readonly after: IpSet;
      readonly added: readonly string[];
      readonly removed: readonly string[];
    }
  /** Another type, family or `maxelem`, which the kernel can't change: a new set under the old name. */
  | { readonly kind: "replaced"; readonly name: string; readonly before: IpSet; readonly after: IpSet };

/**
 * Compares two states. Rules are equal when they print the same, sets when type, family, `maxelem` and members are the same in any order; origins
 * and readable names say nothing. Takes time in proportion to what is compared. What follows from an origin that `saysSame` on both sides is not read.
 */
export function diffTables(
  before: Tables,
  after: Tables,
  saysSame: (origin: Origin) => boolean = () => false,
): TablesDifference {
  const compare = (left: Chain, right: Chain) => {
    const object = fixedBy(left, saysSame);
    const isSame = object !== undefined && object === fixedBy(right, saysSame);
    return isSame ? undefined : diffChain(left, right, saysSame);
  };
  const chains = compareByName(before.chains, after.chains, compare);
  const others = otherTables.flatMap((table) => {
    const [old, young] = [before, after].map(
      ({ others: its = [] }) => its.find(({ name }) => name === table)?.chains ?? [],
    );
    const difference = compareByName(old!, young!, compare);
    return isNone(difference) ? [] : [{ table, chains: difference }];
  });
  const sets = compareByName(before.sets, after.sets, diffSet);
  return { same: isNone(chains) && others.length === 0 && isNone(sets), chains, others, sets };
}

const otherTables: readonly OtherTable["name"][] = ["raw", "mangle", "nat"];

function isNone({
  added,
  removed,
  changed,
}: Readonly<Record<"added" | "removed" | "changed", readonly unknown[]>>): boolean {
  return added.length + removed.length + changed.length === 0;
}

/** Of one chain; undefined when nothing differs. */
export function diffChain(
  before: Chain,
  after: Chain,
  saysSame: (origin: Origin) => boolean = () => false,
): ChainDifference | undefined {
  if (before === after) return undefined;
  const edits = diffRules(before.rules, after.rules, saysSame);
  if (edits.length === 0 && before.policy === after.policy) return undefined;
  return { name: after.name, before, after, edits };
}

/** Of one set; undefined when nothing differs. */
export function diffSet(before: IpSet, after: IpSet): SetDifference | undefined {
  if (before === after) return undefined;
  const { name } = after;
  if (before.type !== after.type || before.family !== after.family || before.maxElements !== after.maxElements) {
    return { kind: "replaced", name, before, after };
  }
  if (sameList(before.members, after.members)) return undefined;
  const [old, young] = [new Set(before.members), new Set(after.members)];
  const added = after.members.filter((member) => !old.has(member));
  const removed = before.members.filter((member) => !young.has(member));
  if (added.length + removed.length === 0) return undefined;
  return { kind: "members", name, before, after, added, removed };
}

function compareByName<T extends { readonly name: string }, D>(
  before: readonly T[],
  after: readonly T[],
  compare: (before: T, after: T) => D | undefined,
): { added: T[]; removed: T[]; changed: D[] } {
  const old = new Map(before.map((item) => [item.name, item]));
  const added: T[] = [];
  const changed: D[] = [];
  const kept = new Set<string>();
  for (const item of after) {
    const earlier = old.get(item.name);
    if (!earlier) {
      added.push(item);
      continue;
    }
    kept.add(item.name);
    const difference = compare(earlier, item);
    if (difference !== undefined) changed.push(difference);
  }
  return { added, removed: before.filter(({ name }) => !kept.has(name)), changed };
}

function diffRules(before: readonly Rule[], after: readonly Rule[], saysSame: (origin: Origin) => boolean): RuleEdit[] {
  const keyOf = (rule: Rule): string => {
    const { target } = rule;
    const object = target?.kind === "jump" ? fixedBy(rule, saysSame) : undefined;
    // No printed rule begins like this.
    return target?.kind === "jump" && object !== undefined ? `\0${target.to} ${object}` : printRule(rule);
  };
  const [old, young] = [before.map(keyOf), after.map(keyOf)];
  if (sameList(old, young)) return [];
  const edits: RuleEdit[] = [];
  let [from, to] = [0, 0];
  const editUpTo = (oldEnd: number, youngEnd: number): void => {
    for (; from < oldEnd; from += 1) {
      edits.push({
        kind: "delete",
        position: to + 1,
        place: from + 1,
        rule: before[from]!,
        text: printRule(before[from]!),
      });
    }
    for (; to < youngEnd; to += 1) {
      edits.push({ kind: "insert", position: to + 1, place: to + 1, rule: after[to]!, text: printRule(after[to]!) });
    }
  };
  for (const [oldIndex, youngIndex] of longestCommonOrder(old, young)) {
    editUpTo(oldIndex, youngIndex);
    from += 1;
    to += 1;
  }
  editUpTo(old.length, young.length);
  return edits;
}

/** The object that a chain or a rule follows from, where that says the same on both sides. */
function fixedBy(
  { followsOrigin, origin }: Pick<Rule, "followsOrigin" | "origin">,
  saysSame: (origin: Origin) => boolean,
): string | undefined {
  return followsOrigin && origin?.kind === "field" && saysSame(origin) ? origin.object : undefined;
}

function sameList(a: readonly string[], b: readonly string[]): boolean {
  return a.length === b.length && a.every((item, index) => item === b[index]);
}
