import type { Chain, IpSet, Tables } from "../netfilter/tables.js";
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

/** Item → the ids of the edits that cause its difference, ascending. */
export type Attribution = ReadonlyMap<ItemKey, readonly number[]>;

/**
 * For every item that differs between having made no edit and all of them, verdicts of packets included: the smallest set of edits without
 * which it does not. `tablesWith` makes the tables of any mixture, undefined where there is none that a server accepts. Single edits are tried first, then pairs;
 * for what needs more, edits are taken out of the whole one by one, the last first, so that none that is left is needless.
 */
export function attribute(
  edits: readonly number[],
  packets: readonly TracePacket[],
  tablesWith: (made: ReadonlySet<number>) => Tables | undefined,
): Attribution {
  const all = new Set(edits);
  const states = new Map<string, Items | undefined>();
  /** The items when all edits are made but these. */
  const without = (reverted: readonly number[]): Items | undefined => {
    const key = reverted.join();
    if (!states.has(key)) {
      const tables = tablesWith(new Set([...all].filter((edit) => !reverted.includes(edit))));
      states.set(key, tables && itemsOf(tables, packets));
    }
    return states.get(key);
  };
  const [before, after] = [without(edits), without([])];
  if (!before || !after) return new Map();
  const waiting = new Set([...before.keys(), ...after.keys()].filter((key) => before.get(key) !== after.get(key)));
  const found = new Map<ItemKey, readonly number[]>();
  const settle = (reverted: readonly number[]): void => {
    const items = waiting.size === 0 ? undefined : without(reverted);
    if (!items) return;
    for (const key of waiting) {
      if (items.get(key) !== before.get(key)) continue;
      found.set(key, reverted);
      waiting.delete(key);
    }
  };
  for (const edit of edits) settle([edit]);
  if (edits.length <= maxForPairs) {
    for (const [index, edit] of edits.entries()) for (const other of edits.slice(index + 1)) settle([edit, other]);
  }
  for (const key of waiting) {
    const needed = fewest(edits, (reverted) => without(reverted)?.get(key) === before.get(key));
    found.set(key, needed);
  }
  return found;
}

/** So many edits make as many pairs as are worth trying. */
const maxForPairs = 16;

/** A smallest part of `edits` that suffices, in the sense that none of it can be left out. */
function fewest(edits: readonly number[], suffices: (some: readonly number[]) => boolean): readonly number[] {
  let needed = edits;
  for (const edit of edits.toReversed()) {
    const fewer = needed.filter((each) => each !== edit);
    if (fewer.length > 0 && suffices(fewer)) needed = fewer;
  }
  return needed;
}

/** Item → what it is: how often a rule stands in its chain, of which kind a set is. */
type Items = ReadonlyMap<ItemKey, string>;

function itemsOf(tables: Tables, packets: readonly TracePacket[]): Items {
  const items = new Map<ItemKey, string>();
  for (const chain of tables.chains) addChain(items, chain);
  for (const set of tables.sets) addSet(items, set);
  const tracer = tracerOf(tables);
  for (const packet of packets) items.set(itemKeys.packet(packet), tracer.trace(packet).verdict);
  return items;
}

function addChain(items: Map<ItemKey, string>, { name, policy, rules }: Chain): void {
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
