import type { Location } from "../text/source.js";
import type { Difference } from "./diff.js";
import type { Edit } from "./edits/edit.js";

/** An edit with what it causes. Several edits may cause one thing together; it is told at each. */
export interface Consequences {
  readonly edit: Edit;
  readonly connections: readonly Difference["lines"][number][];
  /** How many rules come, go or move, and how many sets come, go or change. */
  readonly rules: number;
  readonly sets: number;
}

/** A difference by its edits, in their order. */
export function consequencesOf({ edits, lines, changes: { rules, sets } }: Difference): readonly Consequences[] {
  const found = edits.map((edit) => ({ edit, connections: [] as Difference["lines"][number][], rules: 0, sets: 0 }));
  for (const line of lines) for (const id of line.edits) found[id]!.connections.push(line);
  for (const rule of [...rules.added, ...rules.removed, ...rules.moved])
    for (const id of rule.edits) found[id]!.rules += 1;
  for (const set of [...sets.added, ...sets.removed, ...sets.changed]) for (const id of set.edits) found[id]!.sets += 1;
  return found;
}

/** Where an edit is best shown: in the new version, unless it has nothing of it. */
export function placeOf({ before, after }: Edit): Location | undefined {
  return after?.location ?? before?.location;
}

/** `changes 2 rules and 1 set`, `changes no rules and no sets of IPv6` */
export function describeTables(
  { rules, sets }: Pick<Consequences, "rules" | "sets">,
  { ipVersion }: Pick<Difference, "ipVersion">,
): string {
  return `changes ${counted(rules, "rule")} and ${counted(sets, "set")}${ipVersion === 6 ? " of IPv6" : ""}`;
}

function counted(count: number, noun: string): string {
  return `${count === 0 ? "no" : count} ${noun}${count === 1 ? "" : "s"}`;
}
