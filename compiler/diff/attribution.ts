import type { Chain, IpSet, OtherTable, Tables } from "../netfilter/tables.js";
import { printRule } from "../netfilter/print-rule.js";
import { tracerOf } from "../simulate/tracer.js";
import type { TracePacket } from "../simulate/trace.js";

/** Names what can differ between nodes: `chain X`, `rule X -m …`, `set X`, `member X 10.0.0.4`, `packet …`. */
export type ItemKey = string;

export const itemKeys = {
  chain: (name: string): ItemKey => `chain ${name}`,
  rule: (chain: string, text: string): ItemKey => `rule ${chain} ${text}`,
  set: (name: string): ItemKey => `set ${name}`,
  member: (set: string, member: string): ItemKey => `member ${set} ${member}`,
  packet: ({ source, destination, protocol, port }: TracePacket): ItemKey =>
    `packet ${source} ${destination} ${protocol} ${port ?? ""}`,
};

/** Of another table than filter, with its name. */
export function chainName(name: string, table: OtherTable["name"] | undefined): string {
  return table ? `-t ${table} ${name}` : name;
}

/** Item → the ids of the edits that cause its difference, ascending. */
export type Attribution = ReadonlyMap<ItemKey, readonly number[]>;

/** A packet that passes in one of two versions only. */
export interface TurnedPacket {
  readonly what: "opened" | "closed";
  readonly packet: TracePacket;
}

/** What makes tables of mixtures, and how many of them are worth the time. */
export interface Mixing {
  /** The tables with just these edits made; undefined for a mixture that no server accepts. */
  readonly tablesWith: (made: ReadonlySet<number>) => Tables | undefined;
  /** Where there are many edits, no more mixtures than these are tried. */
  readonly most: number;
}

/**
 * For every item that differs between having made no edit and all of them, verdicts of packets included: the smallest set of edits without
 * which it does not. Of a few edits, single ones are tried first, then pairs; for what needs more, edits are taken out of the whole one by one, the last
 * first, so that none that is left is needless. Of many, halves are taken back (`bySides`). What no mixture tells has no cause.
 */
export function attribute(edits: readonly number[], packets: readonly TurnedPacket[], mixing: Mixing): Attribution {
  const found = new Map<ItemKey, readonly number[]>();
  const isMany = edits.length > fewEdits;
  const taken = takenBack(edits, packets, mixing, isMany);
  if (!taken) return found;
  const waiting = new Set(taken.of(edits));
  const settle = (keys: Iterable<ItemKey>, causes: readonly number[]): void => {
    for (const key of keys) if (waiting.delete(key)) found.set(key, causes);
  };
  if (isMany) {
    for (const [key, edit] of bySides(edits, waiting, (some) => taken.of(some))) settle([key], [edit]);
  } else {
    const trials = edits.map((edit) => [edit]);
    if (edits.length <= maxForPairs) {
      for (const [index, edit] of edits.entries())
        for (const other of edits.slice(index + 1)) trials.push([edit, other]);
    }
    for (const trial of trials) if (waiting.size > 0) settle(taken.of(trial), trial);
  }
  for (const key of waiting) {
    const needed = (isMany ? fewestOfMany : fewest)(edits, (reverted) => taken.of(reverted).has(key));
    if (taken.refused()) break;
    settle([key], needed);
  }
  return found;
}

/** Single edits of so many are each tried. */
const fewEdits = 24;

/** So many edits make as many pairs as are worth trying. */
const maxForPairs = 16;

interface TakenBack {
  /** Items that are as they were before when some edits are taken back. */
  of(reverted: readonly number[]): ReadonlySet<ItemKey>;
  /** Whether it was asked for more than is worth the time: answers are wrong from then on. */
  refused(): boolean;
}

/** Undefined when there are no two ends to compare. */
function takenBack(
  edits: readonly number[],
  packets: readonly TurnedPacket[],
  { tablesWith, most }: Mixing,
  isMany: boolean,
): TakenBack | undefined {
  // Nothing of many edits is known before so many mixtures.
  if (isMany && most < 2 + 2 * bitsOf(edits)) return undefined;
  const itemsWith = (made: readonly number[]): Items | undefined => {
    const tables = tablesWith(new Set(made));
    return tables && itemsOf(tables, packets);
  };
  const [before, after] = [itemsWith([]), itemsWith(edits)];
  if (!before || !after) return undefined;
  const differing = new Set([...before.keys(), ...after.keys()].filter((key) => before.get(key) !== after.get(key)));
  for (const { what, packet } of packets) {
    // Mixtures that have not all objects may judge it otherwise than the versions do.
    const key = itemKeys.packet(packet);
    if (before.get(key) !== `${what === "closed"}`) differing.delete(key);
  }
  const known = new Map<string, ReadonlySet<ItemKey>>([
    ["", nothing],
    [edits.join(), differing],
  ]);
  let refused = false;
  return {
    refused: () => refused,
    of(reverted) {
      const name = reverted.join();
      const already = known.get(name);
      if (already) return already;
      refused ||= isMany && known.size >= most;
      const without = new Set(reverted);
      const items = refused ? undefined : itemsWith(edits.filter((edit) => !without.has(edit)));
      const keys = items ? new Set([...differing].filter((key) => items.get(key) === before.get(key))) : nothing;
      known.set(name, keys);
      return keys;
    },
  };
}

const nothing: ReadonlySet<ItemKey> = new Set();

/**
 * Items of which one edit alone is the cause, found by halves: edits are numbered, and for each binary digit those that have it are taken back,
 * then the others. The side that takes an item back has its cause; where both sides do, or neither, several edits play together.
 */
function* bySides(
  edits: readonly number[],
  items: Iterable<ItemKey>,
  taken: (reverted: readonly number[]) => ReadonlySet<ItemKey>,
): Generator<readonly [ItemKey, number]> {
  const sides = Array.from({ length: bitsOf(edits) }, (_, bit) =>
    [0, 1].map((digit) => taken(edits.filter((_edit, index) => ((index >> bit) & 1) === digit))),
  );
  for (const key of items) {
    let index = 0;
    const isAlone = sides.every(([zero, one], bit) => {
      if (one!.has(key)) index |= 1 << bit;
      return zero!.has(key) !== one!.has(key);
    });
    if (isAlone && index < edits.length) yield [key, edits[index]!];
  }
}

function bitsOf(edits: readonly number[]): number {
  return Math.ceil(Math.log2(edits.length));
}

/** A smallest part of `edits` that suffices, in the sense that none of it can be left out. */
function fewest(edits: readonly number[], suffices: (some: readonly number[]) => boolean): readonly number[] {
  let needed = edits;
  for (const edit of edits.toReversed()) {
    const fewer = needed.filter((each) => each !== edit);
    if (fewer.length > 0 && suffices(fewer)) needed = fewer;
  }
  return needed;
}

/** The same with few questions where few edits suffice: the part that can be left out is sought by halving, the last edits first. */
function fewestOfMany(edits: readonly number[], suffices: (some: readonly number[]) => boolean): readonly number[] {
  const needed: number[] = [];
  let left = edits;
  for (;;) {
    // The shortest beginning of what is left that suffices with what is needed; its last edit is needed, too.
    let [low, high] = [0, left.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      const part = [...left.slice(0, middle), ...needed].sort((a, b) => a - b);
      if (part.length > 0 && suffices(part)) high = middle;
      else low = middle + 1;
    }
    if (high === 0) return needed.toSorted((a, b) => a - b);
    needed.push(left[high - 1]!);
    left = left.slice(0, high - 1);
  }
}

/** Item → what it is: how often a rule stands in its chain, of which kind a set is, whether a packet passes. */
type Items = ReadonlyMap<ItemKey, string>;

function itemsOf(tables: Tables, packets: readonly TurnedPacket[]): Items {
  const items = new Map<ItemKey, string>();
  for (const chain of tables.chains) addChain(items, chain, undefined);
  for (const { name, chains } of tables.others ?? []) for (const chain of chains) addChain(items, chain, name);
  for (const set of tables.sets) addSet(items, set);
  const tracer = tracerOf(tables);
  for (const { packet } of packets) items.set(itemKeys.packet(packet), `${tracer.trace(packet).verdict === "allow"}`);
  return items;
}

function addChain(items: Map<ItemKey, string>, chain: Chain, table: OtherTable["name"] | undefined): void {
  const { policy, rules } = chain;
  const name = chainName(chain.name, table);
  items.set(itemKeys.chain(name), policy ?? "");
  for (const rule of rules) {
    const key = itemKeys.rule(name, printRule(rule));
    items.set(key, `${Number(items.get(key) ?? 0) + 1}`);
  }
}

function addSet(items: Map<ItemKey, string>, { name, type, maxElements, members }: IpSet): void {
  items.set(itemKeys.set(name), `${type} ${maxElements ?? ""}`);
  for (const member of members) items.set(itemKeys.member(name, member), "");
}
