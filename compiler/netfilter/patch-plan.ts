import { memberByMember } from "./member-by-member.js";
import { chainsOf, ownSets, ownChains } from "./owned.js";
import type { Ownership } from "./ownership.js";
import { knownPlaces, placedHooks, type KnownPlaces, type PlacedHook } from "./placed-hooks.js";
import { diffTables, type SetDifference, type TablesDifference } from "./tables-difference.js";
import type { Chain, IpSet, Match, TableName, Tables } from "./tables.js";
import { withRules } from "./with-rules.js";

/** How to get from one state of an owner's rules and sets to another without a gap, decided before anything runs. */
export interface PatchPlan {
  /** The owner's sets before and after. */
  readonly before: readonly IpSet[];
  readonly after: readonly IpSet[];
  /** Of all its tables together. */
  readonly difference: TablesDifference;
  /** The owner's rules before, after each commit of a table, and afterwards; one state when no rule changes. */
  readonly states: readonly RuleState[];
  /** So many commits put new rules in force; those behind them move rules from copies of sets back to the sets themselves. */
  readonly firstCommits: number;
  /** Sets that only rules to come use, or none: they change before the first commit. */
  readonly ahead: { readonly added: readonly IpSet[]; readonly changed: readonly SetDifference[] };
  /** Sets that the rules in force use before and after. */
  readonly live: { readonly way: LiveWay; readonly changed: readonly SetDifference[] };
  /** Sets that only the old rules use: they change when these are gone. */
  readonly later: readonly SetDifference[];
  /** Sets that are copied under temporary names, in the order of the sets. */
  readonly copied: readonly string[];
  /** Sets to destroy in the end, lists of sets first. */
  readonly removed: readonly string[];
}

/**
 * How the sets change that rules use all the time: not at all; member by member, since every packet meets at most one of these changes; by
 * exchanging the only one for its copy; or with all rules on copies between two commits.
 */
export type LiveWay = "none" | "members" | "swap" | "copies";

/** By table, in the order of the ownership. */
export type RuleState = readonly TableState[];

export interface TableState {
  readonly table: TableName;
  /** The owner's. */
  readonly chains: readonly Chain[];
  readonly hooks: readonly PlacedHook[];
}

export function planPatch(before: Tables, after: Tables, ownership: Ownership): PatchPlan {
  const places = knownPlaces(before, after, ownership);
  const [first, last] = [before, after].map((tables) => ruleState(tables, places, ownership));
  const [old, young] = [before, after].map(({ sets }) => ownSets(sets, ownership));
  const difference = differenceOf(first!, last!, old!, young!);
  const { sets } = difference;

  const [usedBefore, usedAfter] = [usedSets(first!, old!), usedSets(last!, young!)];
  const changed = sets.changed.filter(({ name }) => usedBefore.has(name));
  const live = changed.filter(({ name }) => usedAfter.has(name));
  const rulesChange = first!.some((table, index) => differs(table, last![index]!));
  const way = wayOf(live, rulesChange, { chains: last!.flatMap(({ chains }) => chains), sets: young! });
  const copied = way === "copies" || way === "swap" ? copiedSets(live, young!, way) : [];
  const states = [first!];
  if (way === "copies") commitTables(states, onCopies(last!, copied, ownership), last!);
  const moves = states.length - 1;
  commitTables(states, last!, last!);
  return {
    before: old!,
    after: young!,
    difference,
    states,
    firstCommits: way === "copies" ? moves : states.length - 1,
    ahead: { added: sets.added, changed: sets.changed.filter(({ name }) => !usedBefore.has(name)) },
    live: { way, changed: live },
    later: changed.filter(({ name }) => !usedAfter.has(name)),
    copied,
    removed: [...sets.removed]
      .sort((a, b) => Number(b.type === "list:set") - Number(a.type === "list:set"))
      .map(nameOf),
  };
}

/** Name of the temporary set that stands for a set while a script runs. */
export function copyName(name: string, { setPrefix, temporarySetPrefixes }: Ownership): string {
  return temporarySetPrefixes[0] + name.slice(setPrefix.length);
}

/**
 * Adds a state for each table that a commit must bring to the goal. Those that have another commit to come are first: so no state looks like
 * another, but for the last, which may look like the first. Where everything goes, what comes last on a packet's way goes first.
 */
function commitTables(states: RuleState[], goal: RuleState, end: RuleState): void {
  const indexes = goal.map((_, index) => index);
  if (end.every(({ chains }) => chains.length === 0)) indexes.reverse();
  const waits = (index: number): number => Number(differs(goal[index]!, end[index]!));
  for (const index of indexes.toSorted((a, b) => waits(b) - waits(a))) {
    const state = states.at(-1)!;
    if (differs(state[index]!, goal[index]!)) states.push(state.with(index, goal[index]!));
  }
}

function differs(a: TableState, b: TableState): boolean {
  if (JSON.stringify(a.hooks) !== JSON.stringify(b.hooks)) return true;
  return a.chains !== b.chains && !diffTables({ chains: a.chains, sets: [] }, { chains: b.chains, sets: [] }).same;
}

function ruleState(tables: Tables, places: KnownPlaces, ownership: Ownership): RuleState {
  return ownership.tables.map((table) => {
    const chains = chainsOf(tables, table);
    return {
      table,
      chains: ownChains(chains, ownership),
      hooks: placedHooks(table, chains, tables.hooks ?? ownership.hooks, places, ownership),
    };
  });
}

function differenceOf(
  first: RuleState,
  last: RuleState,
  old: readonly IpSet[],
  young: readonly IpSet[],
): TablesDifference {
  const tables = first.map(({ chains }, index) =>
    diffTables({ chains, sets: [] }, { chains: last[index]!.chains, sets: [] }),
  );
  const { sets, same } = diffTables({ chains: [], sets: old }, { chains: [], sets: young });
  return {
    same: same && tables.every((each) => each.same),
    sets,
    others: [],
    chains: {
      added: tables.flatMap(({ chains }) => chains.added),
      removed: tables.flatMap(({ chains }) => chains.removed),
      changed: tables.flatMap(({ chains }) => chains.changed),
    },
  };
}

/** Names of the sets that rules match, themselves or through a list of sets. */
function usedSets(state: RuleState, sets: readonly IpSet[]): ReadonlySet<string> {
  const used = new Set<string>();
  for (const { chains } of state) {
    for (const { rules } of chains) {
      for (const { matches } of rules) for (const match of matches) if (match.kind === "set") used.add(match.set);
    }
  }
  for (const { name, type, members } of sets) {
    if (type === "list:set" && used.has(name)) for (const member of members) used.add(member);
  }
  return used;
}

function wayOf(live: readonly SetDifference[], rulesChange: boolean, tables: Tables): LiveWay {
  if (live.length === 0) return "none";
  if (rulesChange) return "copies";
  if (memberByMember(live, tables)) return "members";
  const [only] = live;
  return live.length === 1 && only!.before.type === only!.after.type ? "swap" : "copies";
}

/** Those that change, and, where rules shall use copies, each list that holds one of them. */
function copiedSets(live: readonly SetDifference[], sets: readonly IpSet[], way: LiveWay): string[] {
  const copied = new Set(live.map(nameOf));
  if (way === "swap") return [...copied];
  for (const { name, type, members } of sets) {
    if (type === "list:set" && members.some((member) => copied.has(member))) copied.add(name);
  }
  return sets.map(nameOf).filter((name) => copied.has(name));
}

function onCopies(state: RuleState, copied: readonly string[], ownership: Ownership): RuleState {
  const names = new Set(copied);
  const isCopied = (match: Match): boolean => match.kind === "set" && names.has(match.set);
  const moved = (match: Match): Match =>
    match.kind === "set" && names.has(match.set) ? { ...match, set: copyName(match.set, ownership) } : match;
  return state.map((table) => {
    if (!table.chains.some(({ rules }) => rules.some(({ matches }) => matches.some(isCopied)))) return table;
    const chains = table.chains.map((chain) =>
      withRules(
        chain,
        chain.rules.map((rule) => (rule.matches.some(isCopied) ? { ...rule, matches: rule.matches.map(moved) } : rule)),
      ),
    );
    return { ...table, chains };
  });
}

function nameOf({ name }: { readonly name: string }): string {
  return name;
}
