import { printable } from "../text/printable.js";
import { formatLocation } from "../text/source.js";
import { countPairs } from "./connections/connection-rows.js";
import { machineName } from "../engines/machine-name.js";
import type { Difference } from "./diff.js";
import { describeConnections } from "./describe-connections.js";
import { describeEdit } from "./edits/describe-edit.js";
import { editNumber, type Edit, type Note } from "./edits/edit.js";
import type { NodeSize } from "./node-size.js";
import type { PairsChange } from "./pairs.js";
import type { RuleChange, SetChange } from "./table-changes.js";

/** A difference as people read it: a headline, and a section for each level. Text, Markdown and HTML print the same report. */
export interface Report {
  /** What the versions are called: `main → HEAD`; of IPv6 `main → HEAD, IPv6`. */
  readonly versions: string;
  /** `opens connections of 3 source-destination pairs; rules: 2 added, 1 removed; …` */
  readonly headline: string;
  /** What else has to be known at once, a sentence each. */
  readonly remarks: readonly string[];
  /** None is empty. */
  readonly sections: readonly ReportSection[];
}

export interface ReportSection {
  readonly level: "edits" | "notes" | "meaning" | "connections" | "rules" | "sets" | "log";
  readonly title: string;
  readonly lines: readonly ReportLine[];
  /** How many more lines there would be. */
  readonly omitted: number;
}

/** Whatever names hold, a text is one line without control characters. */
export interface ReportLine {
  /** What comes, what goes, what is another one, or none of these. */
  readonly mark: "+" | "-" | "~" | " ";
  readonly text: string;
  /** Ids of the edits that cause it; those of an edit itself are its own. */
  readonly edits: readonly number[];
}

/** Lines of a section; of more, the first are shown and the others counted. */
const maxLines = 50;

export function reportOf(difference: Difference): Report {
  const { edits, notes, lines, before, after, ipVersion } = difference;
  const sections = [
    section("edits", "Edits", edits, editLine),
    section("notes", "The same, written elsewhere or otherwise", notes, noteLine),
    section("meaning", "Meaning of the policies", pairItems(difference), pairLine),
    section("connections", "Connections", lines, connectionLine),
    section("rules", "Rules", ruleItems(difference), ruleLine),
    section("rules", "Rules and sets of two engines, not compared one by one", sizeLines(difference), (text) =>
      line(" ", text),
    ),
    section("sets", "Sets", setItems(difference), setLine),
    section("log", "The node's log would gain", difference.log(), (text) => line("+", text.trimEnd())),
  ];
  return {
    versions: printable(`${before.label} → ${after.label}${ipVersion === 6 ? ", IPv6" : ""}`),
    headline: headlineOf(difference),
    remarks: remarksOf(difference),
    sections: sections.filter((each) => each.lines.length > 0),
  };
}

/** `by #1 #3`: the edits that cause what a line says; empty where there is none, or where it tells of an edit itself. */
export function causesOf({ level }: ReportSection, { edits }: ReportLine): string {
  return level === "edits" || edits.length === 0 ? "" : `by ${edits.map((id) => `#${editNumber(id)}`).join(" ")}`;
}

function section<Item>(
  level: ReportSection["level"],
  title: string,
  items: readonly Item[],
  lineOf: (item: Item) => ReportLine,
): ReportSection {
  const lines = items.slice(0, maxLines).map(lineOf);
  return { level, title, lines, omitted: items.length - lines.length };
}

function line(mark: ReportLine["mark"], text: string, edits: readonly number[] = []): ReportLine {
  return { mark, text: printable(text), edits };
}

function headlineOf(difference: Difference): string {
  if (difference.same) return "no difference";
  const { changes, connections, edits, sizes } = difference;
  const parts = [
    pairsHeadline(countPairs(connections, "opened"), countPairs(connections, "closed")),
    ...(sizes
      ? ["rules and sets of two engines"]
      : [
          counted(
            "rule",
            changes.rules.added.length,
            changes.rules.removed.length,
            changes.rules.moved.length,
            "moved",
          ),
          counted(
            "set",
            changes.sets.added.length,
            changes.sets.removed.length,
            changes.sets.changed.length,
            "changed",
          ),
        ]),
    ...(edits.length > 0 ? [`${edits.length} ${edits.length === 1 ? "edit" : "edits"}`] : []),
  ];
  return parts.join("; ");
}

function pairsHeadline(opened: number, closed: number): string {
  if (opened + closed === 0) return "no connection opens or closes";
  const noun = `source-destination ${(opened || closed) === 1 ? "pair" : "pairs"}`;
  if (closed === 0) return `opens connections of ${opened} ${noun}`;
  if (opened === 0) return `closes connections of ${closed} ${noun}`;
  return `opens connections of ${opened} ${noun}, closes connections of ${closed}`;
}

function sizeLines({ sizes, before, after }: Difference): readonly string[] {
  return [before, after].flatMap(({ result: { machine } }, index) => {
    const size = sizes?.[index];
    return size ? `${machineName(machine)}: ${describeSize(size)}` : [];
  });
}

function describeSize({ chains, rules, sets, members, rulesMet }: NodeSize): string {
  const met = rulesMet
    ? `; of ${rulesMet.packets} packets between pods, each is held against ${rulesMet.mean} rules of the filter table on average, ${rulesMet.most} at the most`
    : "";
  return `${rules} rules in ${chains} chains, ${sets} sets with ${members} members${met}`;
}

function counted(noun: string, added: number, removed: number, others: number, word: string): string {
  const parts = [
    [added, "added"],
    [removed, "removed"],
    [others, word],
  ] as const;
  const some = parts.filter(([count]) => count > 0).map(([count, what]) => `${count} ${what}`);
  return some.length === 0 ? `no ${noun} changes` : `${noun}s: ${some.join(", ")}`;
}

function remarksOf(difference: Difference): readonly string[] {
  const { edits, tables, connections, notes, same, before, after, ipVersion } = difference;
  const remarks: string[] = [];
  if ([before, after].some(({ result }) => result.tables.interfaces))
    remarks.push(
      "Connections are those that begin or end at a pod of the node that is shown, as its filter table decides.",
    );
  if (!same && !tables.same && connections.length === 0) remarks.push("Rules or sets change, no connection does.");
  if (edits.length > 0 && edits.every(({ kind }) => kind === "renamed"))
    remarks.push("Policies are renamed, what they mean stays the same.");
  if (edits.length > 0 && tables.same && connections.length === 0)
    remarks.push(`The edits change nothing ${ipVersion === 6 ? "of IPv6 " : ""}on the node.`);
  if (same && notes.length > 0) remarks.push("Files changed, what they mean did not.");
  return remarks;
}

function editLine(edit: Edit): ReportLine {
  const { kind, before, after } = edit;
  const places = [before, after].flatMap((side) => (side?.location ? formatLocation(side.location) : []));
  const where = `(${[...new Set(places)].join(" → ")})`;
  const marks = { added: "+", removed: "-" } as const;
  const mark = kind === "added" || kind === "removed" ? marks[kind] : "~";
  return line(mark, `#${editNumber(edit.id)} ${describeEdit(edit)}  ${where}`, [edit.id]);
}

function noteLine({ kind, object, before, after }: Note): ReportLine {
  const what = kind === "moved-file" ? "moved to another file" : "written otherwise (order, spelling or defaults)";
  return line(" ", `${object}: ${what}  (${formatLocation(before)} → ${formatLocation(after)})`);
}

/** By policy: what each means no more, then what it newly means. */
function pairItems({ pairs }: Difference): readonly Marked<PairsChange>[] {
  const policies = new Map<string, Marked<PairsChange>[]>();
  const all = [...marked("-", pairs.vanished), ...marked("+", pairs.appeared)];
  for (const each of all) {
    const known = policies.get(each.change.policy);
    if (known) known.push(each);
    else policies.set(each.change.policy, [each]);
  }
  return [...policies.values()].flat();
}

function pairLine({ mark, change: { policy, text } }: Marked<PairsChange>): ReportLine {
  return line(mark, `${policy}: ${text}`);
}

function connectionLine(connections: Difference["lines"][number]): ReportLine {
  return line(connections.what === "opened" ? "+" : "-", describeConnections(connections), connections.edits);
}

interface Marked<Change> {
  readonly mark: "+" | "-" | "~";
  readonly change: Change;
}

function ruleItems({ changes: { rules } }: Difference): readonly Marked<RuleChange>[] {
  return [...marked("-", rules.removed), ...marked("+", rules.added), ...marked("~", rules.moved)];
}

function setItems({ changes: { sets } }: Difference): readonly Marked<SetChange>[] {
  return [...marked("-", sets.removed), ...marked("+", sets.added), ...marked("~", sets.changed)];
}

function marked<Change>(mark: "+" | "-" | "~", changes: readonly Change[]): readonly Marked<Change>[] {
  return changes.map((change) => ({ mark, change }));
}

function ruleLine({ mark, change: { text, place, policy, edits } }: Marked<RuleChange>): ReportLine {
  const whose = policy === undefined ? "" : `of ${policy}, `;
  return line(mark, `${text}  (${whose}${mark === "~" ? "moved to " : ""}place ${place} in its chain)`, edits);
}

function setLine({ mark, change }: Marked<SetChange>): ReportLine {
  const { name, readableName, added, removed, edits } = change;
  const whole = readableName === undefined ? name : `${name} ${readableName}`;
  if (mark === "~") {
    const gains = added.length > 0 ? [`gains ${members(added)}`] : [];
    const loses = removed.length > 0 ? [`loses ${members(removed)}`] : [];
    return line(mark, `${whole} ${[...gains, ...loses].join(", ")}`, edits);
  }
  const list = mark === "+" ? added : removed;
  return line(mark, list.length === 0 ? `${whole} (empty)` : `${whole}: ${members(list)}`, edits);
}

function members(list: readonly string[]): string {
  return list.length > 5 ? `${list.slice(0, 5).join(", ")} and ${list.length - 5} more` : list.join(", ");
}
