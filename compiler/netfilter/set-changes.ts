import type { PatchPlan } from "./patch-plan.js";
import { printIpsetSave } from "./print-ipset-save.js";
import type { SetDifference } from "./tables-difference.js";
import type { IpSet } from "./tables.js";

/** What a patch does to sets, as texts that its script carries. */
export interface SetChanges {
  /**
   * `ahead`, `live` and `later`: lines `del SET MEMBER`, `renew SET` (destroy it), `create …`, `add SET MEMBER`, and, for the reader and the
   * check, `was …` with each line of a set that is renewed. `copied_sets` and `removed_sets`: names.
   */
  readonly documents: Readonly<Record<"ahead" | "live" | "later" | "copied_sets" | "removed_sets", string>>;
  /** Names of the sets that change or come, and of lists that must let go of one for a moment. */
  readonly touched: readonly string[];
  /** Their lines that the patch does not change, sorted, as `ipset save` prints them without `hashsize`. */
  readonly kept: string;
  /** All their lines afterwards, likewise. */
  readonly after: string;
}

export function setChanges(plan: PatchPlan): SetChanges {
  const changes = (differences: readonly SetDifference[]): string[] =>
    differences.flatMap((difference) => changeLines(difference, plan));
  const ahead = [...plan.ahead.added.flatMap(savedLines), ...changes(plan.ahead.changed)];
  const [live, later] = [changes(plan.live.changed), changes(plan.later)];

  const all = [...ahead, ...live, ...later];
  const removed = new Set(plan.removed);
  const touched = new Set(all.map(setOf).filter((name) => !removed.has(name)));
  const ours = new Set(all.map(savedForm));
  const saved = (sets: readonly IpSet[]): string[] =>
    sets
      .filter(({ name }) => touched.has(name))
      .flatMap(savedLines)
      .map(savedForm)
      .sort();
  return {
    documents: {
      ahead: text(ahead),
      live: text(live),
      later: text(later),
      copied_sets: text(plan.copied),
      removed_sets: text(plan.removed),
    },
    touched: [...touched].sort(),
    kept: text(saved(plan.before).filter((line) => !ours.has(line))),
    after: text(saved(plan.after)),
  };
}

function changeLines(difference: SetDifference, { before, after }: PatchPlan): string[] {
  const { name } = difference;
  if (difference.kind === "members") {
    return [
      ...difference.removed.map((member) => `del ${name} ${member}`),
      ...difference.added.map((member) => `add ${name} ${member}`),
    ];
  }
  // The kernel destroys no set that a list holds.
  const holding = (sets: readonly IpSet[]): string[] =>
    sets.filter(({ type, members }) => type === "list:set" && members.includes(name)).map((list) => list.name);
  const holders = holding(before);
  const stay = new Set(holding(after));
  return [
    ...savedLines(difference.before).map((line) => `was ${line}`),
    ...holders.map((list) => `del ${list} ${name}`),
    `renew ${name}`,
    ...savedLines(difference.after),
    ...holders.filter((list) => stay.has(list)).map((list) => `add ${list} ${name}`),
  ];
}

function savedLines(set: IpSet): string[] {
  return printIpsetSave([set]).trimEnd().split("\n");
}

function setOf(line: string): string {
  return line.replace(/^was /, "").split(" ", 2)[1]!;
}

/** The line of `ipset save` that a change is about, without `hashsize`; a script makes the same of what the kernel prints. */
function savedForm(line: string): string {
  return line
    .replace(/^was /, "")
    .replace(/^del /, "add ")
    .replace(/^(create .*) hashsize \d+/, "$1");
}

function text(lines: readonly string[]): string {
  return lines.map((line) => `${line}\n`).join("");
}
