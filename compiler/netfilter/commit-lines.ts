import type { TableState } from "./patch-plan.js";
import type { PlacedHook } from "./placed-hooks.js";
import { printRule } from "./print-rule.js";
import { printChains } from "./print-iptables-save.js";
import { diffTables, type ChainDifference } from "./tables-difference.js";
import type { TableName } from "./tables.js";

/** What `iptables-restore --noflush` must read to get from one state of a table to another, all at once. */
export interface Commit {
  readonly table: TableName;
  /** Between `*TABLE` and `COMMIT`. */
  readonly lines: readonly string[];
  /** Hooks whose place only the node knows, `-I CHAIN n RULE` after these lines: the n-th behind the first rule that mentions a text. */
  readonly behind: readonly {
    readonly chain: string;
    readonly after: string;
    readonly nth: number;
    readonly text: string;
  }[];
  /** Names of chains that come, go or change, as the states list them. */
  readonly touched: readonly string[];
}

export function commitLines(from: TableState, to: TableState): Commit {
  const { chains } = diffTables({ chains: from.chains, sets: [] }, { chains: to.chains, sets: [] });
  const removed = chains.removed.map(({ name }) => name);
  const moved = movedHookChains(from, to);
  const leaving = from.hooks.filter(({ chain }) => moved.includes(chain));
  const coming = moved.map((chain) => to.hooks.filter((hook) => hook.chain === chain));
  return {
    table: from.table,
    lines: [
      ...printChains(chains.added)
        .split("\n")
        .filter((line) => line !== ""),
      ...leaving.map(({ chain, text }) => `-D ${chain} ${text}`),
      ...chains.changed.flatMap(editLines),
      ...coming.flatMap(placedLines),
      ...removed.map((name) => `-F ${name}`),
      ...removed.map((name) => `-X ${name}`),
    ],
    behind: coming.flatMap(behindLines),
    touched: [...chains.added, ...chains.changed, ...chains.removed].map(({ name }) => name),
  };
}

/** Other people's chains whose hooks are not the same in two states of a table. */
export function movedHookChains(from: TableState, to: TableState): readonly string[] {
  const names = [...new Set([...from.hooks, ...to.hooks].map(({ chain }) => chain))].sort();
  const of = ({ hooks }: TableState, name: string): string =>
    JSON.stringify(hooks.filter(({ chain }) => chain === name));
  return names.filter((name) => of(from, name) !== of(to, name));
}

/** The hooks of a chain that have left it, back in their places. */
function placedLines(hooks: readonly PlacedHook[]): string[] {
  const first = hooks.filter(({ meant }) => meant === "first");
  const last = hooks.filter(({ meant }) => meant === "last");
  const stray = hooks.find(({ meant }) => meant === undefined);
  if (stray) throw new Error(`a hook that should stand nowhere: ${stray.text}`);
  return [
    ...first.map(({ chain, text }, index) => `-I ${chain} ${index + 1} ${text}`),
    ...last.map(({ chain, text }) => `-A ${chain} ${text}`),
  ];
}

function behindLines(hooks: readonly PlacedHook[]): Commit["behind"] {
  let nth = 0;
  return hooks.flatMap(({ chain, text, meant }) => {
    if (typeof meant !== "object") return [];
    nth += 1;
    return [{ chain, after: meant.after, nth, text }];
  });
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
