import type { Ownership } from "./ownership.js";
import type { PlacedJump, RuleState } from "./patch-plan.js";
import { printRule } from "./print-rule.js";
import { printChains } from "./print-iptables-save.js";
import { diffTables, type ChainDifference } from "./tables-difference.js";

/** What `iptables-restore --noflush` must read to get from one state of the rules to another, all at once. */
export interface Commit {
  /** Between `*filter` and `COMMIT`. */
  readonly lines: readonly string[];
  /** The owner's jump is to be put in its place, which only the node knows: `-I CHAIN n RULE` after these lines. */
  readonly insertsJump: boolean;
  /** Names of chains that come, go or change, as the states list them. */
  readonly touched: readonly string[];
}

export function commitLines(from: RuleState, to: RuleState, ownership: Ownership): Commit {
  const { chains } = diffTables({ chains: from.chains, sets: [] }, { chains: to.chains, sets: [] });
  const removed = chains.removed.map(({ name }) => name);
  const jumps = moveJumps(from.jumps, to.jumps, ownership);
  return {
    lines: [
      ...printChains(chains.added)
        .split("\n")
        .filter((line) => line !== ""),
      ...jumps.removed.map((jump) => `-D ${jump.from} ${jump.text}`),
      ...chains.changed.flatMap(editLines),
      ...removed.map((name) => `-F ${name}`),
      ...removed.map((name) => `-X ${name}`),
    ],
    insertsJump: jumps.inserted,
    touched: [...chains.added, ...chains.changed, ...chains.removed].map(({ name }) => name),
  };
}

/** The edits one by one, or, where that is shorter, the whole chain anew. */
function editLines({ name, before, after, edits }: ChainDifference): string[] {
  if (edits.length > after.rules.length) {
    return [`-F ${name}`, ...after.rules.map((rule) => ruleLine(`-A ${name}`, printRule(rule)))];
  }
  let length = before.rules.length;
  return edits.map(({ kind, position, text }) => {
    if (kind === "delete") {
      length -= 1;
      return `-D ${name} ${position}`;
    }
    length += 1;
    return position === length ? ruleLine(`-A ${name}`, text) : ruleLine(`-I ${name} ${position}`, text);
  });
}

function ruleLine(command: string, text: string): string {
  return text === "" ? command : `${command} ${text}`;
}

/** Which jumps go by their text. One may come or move: the owner's own. */
function moveJumps(
  before: readonly PlacedJump[],
  after: readonly PlacedJump[],
  { jump }: Ownership,
): { removed: PlacedJump[]; inserted: boolean } {
  const text = printRule(jump.rule);
  const isTheJump = (its: PlacedJump): boolean => its.from === jump.from && its.text === text;
  const key = (its: PlacedJump): string => JSON.stringify([its.from, its.text, its.inPlace]);
  const removed = without(before, after, key);
  const added = without(after, before, key);
  if (added.length > 1 || !added.every(isTheJump)) throw new Error(`unknown jumps: ${JSON.stringify(added)}`);
  return { removed, inserted: added.length > 0 };
}

/** The items of a list that another does not have, each counted as often as it occurs. */
function without<T>(items: readonly T[], others: readonly T[], key: (item: T) => string): T[] {
  const count = new Map<string, number>();
  for (const other of others) count.set(key(other), (count.get(key(other)) ?? 0) + 1);
  return items.filter((item) => {
    const left = count.get(key(item)) ?? 0;
    count.set(key(item), left - 1);
    return left <= 0;
  });
}
