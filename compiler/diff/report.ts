import { formatLocation } from "../text/source.js";
import { describeTraffic } from "../simulate/traffic-words.js";
import { countPairs } from "./connections/connection-rows.js";
import { describeEndList } from "./connections/connection-lines.js";
import type { Difference } from "./diff.js";
import type { Edit, EditSide, Note } from "./edits/edit.js";
import type { RuleChange, SetChange } from "./table-changes.js";

/** A difference as people read it: a headline, and a section for each level. Text, Markdown and HTML print the same report. */
export interface Report {
  /** `opens 3 connections, closes 1; rules: 2 added, 1 removed; …` */
  readonly headline: string;
  /** What else has to be known at once, a sentence each. */
  readonly remarks: readonly string[];
  /** None is empty. */
  readonly sections: readonly ReportSection[];
}

export interface ReportSection {
  readonly title: string;
  readonly lines: readonly ReportLine[];
  /** How many more lines there would be. */
  readonly omitted: number;
}

export interface ReportLine {
  /** What comes, what goes, what is another one, or a heading. */
  readonly mark: "+" | "-" | "~" | " ";
  readonly text: string;
  /** Ids of the edits that cause it; those of an edit itself are its own. */
  readonly edits: readonly number[];
}

/** Lines of a section; of more, the first are shown and the others counted. */
const maxLines = 50;

export function reportOf(difference: Difference): Report {
  const sections = [
    section("Edits", difference.edits.map(editLine)),
    section("The same, written elsewhere or otherwise", difference.notes.map(noteLine)),
    section("Meaning of the policies", pairLines(difference)),
    section("Connections", connectionReportLines(difference)),
    section("Rules", ruleLines(difference)),
    section("Sets", setLines(difference)),
    section(
      "The node's log would gain",
      difference.log().map((text) => line("+", text.trimEnd())),
    ),
  ];
  return {
    headline: headlineOf(difference),
    remarks: remarksOf(difference),
    sections: sections.filter(({ lines }) => lines.length > 0),
  };
}

function section(title: string, lines: readonly ReportLine[]): ReportSection {
  return { title, lines: lines.slice(0, maxLines), omitted: Math.max(lines.length - maxLines, 0) };
}

function line(mark: ReportLine["mark"], text: string, edits: readonly number[] = []): ReportLine {
  return { mark, text, edits };
}

function headlineOf(difference: Difference): string {
  if (difference.same) return "no difference";
  const { changes, connections, edits } = difference;
  const [opened, closed] = [countPairs(connections, "opened"), countPairs(connections, "closed")];
  const parts = [
    opened + closed === 0
      ? "no connection opens or closes"
      : [opened > 0 && `opens connections of ${opened} pairs`, closed > 0 && `closes connections of ${closed} pairs`]
          .filter((part) => part !== false)
          .join(", "),
    counted("rule", changes.rules.added.length, changes.rules.removed.length, changes.rules.moved.length, "moved"),
    counted("set", changes.sets.added.length, changes.sets.removed.length, changes.sets.changed.length, "changed"),
    ...(edits.length > 0 ? [`${edits.length} ${edits.length === 1 ? "edit" : "edits"}`] : []),
  ];
  return parts.map((part) => part.replace(/\b1 (pair|rule|set)s\b/, "1 $1")).join("; ");
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

function remarksOf({ edits, tables, connections, notes, same }: Difference): readonly string[] {
  const remarks: string[] = [];
  if (!same && !tables.same && connections.length === 0) remarks.push("Rules or sets change, no connection does.");
  if (edits.length > 0 && edits.every(({ kind }) => kind === "renamed"))
    remarks.push("Policies are renamed, what they mean stays the same.");
  if (edits.length > 0 && tables.same && connections.length === 0)
    remarks.push("The edits change nothing on the node.");
  if (same && notes.length > 0) remarks.push("Files changed, what they mean did not.");
  return remarks;
}

function editLine(edit: Edit): ReportLine {
  const { kind, object, field, before, after } = edit;
  const places = [before, after].flatMap((side) => (side?.location ? formatLocation(side.location) : []));
  const where = `(${[...new Set(places)].join(" → ")})`;
  const marks = { added: "+", removed: "-" } as const;
  const mark = kind === "added" || kind === "removed" ? marks[kind] : "~";
  return line(mark, `#${edit.id + 1} ${describeEdit(kind, object, field, before, after)}  ${where}`, [edit.id]);
}

/** `NetworkPolicy shop/api: spec.ingress[0].ports[0].port 80 → 443`, without places. */
export function describeEdit(
  kind: Edit["kind"],
  object: string,
  field: string | undefined,
  before: EditSide | undefined,
  after: EditSide | undefined,
): string {
  switch (kind) {
    case "reordered":
      return `${object}: applied in another order`;
    case "renamed":
      return `${object}: renamed, it was ${before?.text ?? ""}`;
    case "moved":
      return `${object}: ${field ?? ""} moved, still ${short(after?.text ?? "")}`;
    case "added":
      return field === undefined ? `${object} added` : `${object}: ${field} added, ${short(after?.text ?? "")}`;
    case "removed":
      return field === undefined
        ? `${object} removed`
        : `${object}: ${field} removed, it was ${short(before?.text ?? "")}`;
    case "changed":
      return `${object}: ${field ?? ""} ${short(before?.text ?? "")} → ${short(after?.text ?? "")}`;
  }
}

function noteLine({ kind, object, before, after }: Note): ReportLine {
  const what = kind === "moved-file" ? "moved to another file" : "written otherwise (order, spelling or defaults)";
  return line(" ", `${object}: ${what}  (${formatLocation(before)} → ${formatLocation(after)})`);
}

function pairLines({ pairs }: Difference): readonly ReportLine[] {
  const policies = new Set([...pairs.vanished, ...pairs.appeared].map(({ policy }) => policy));
  return [...policies].flatMap((policy) => [
    line(" ", policy),
    ...pairs.vanished.filter((each) => each.policy === policy).map(({ text }) => line("-", text)),
    ...pairs.appeared.filter((each) => each.policy === policy).map(({ text }) => line("+", text)),
  ]);
}

function connectionReportLines({ lines }: Difference): readonly ReportLine[] {
  return lines.map(({ what, sources, destinations, traffic, example, edits }) => {
    const verb = what === "opened" ? "opens" : "closes";
    const ends = `${describeEndList(sources)} → ${describeEndList(destinations)}`;
    const { source, destination, packet } = example;
    const port = packet.port === undefined ? packet.protocol : `${packet.protocol} ${packet.port}`;
    const such = sources.length * destinations.length > 1 ? `, for example ${source} → ${destination} on ${port}` : "";
    return line(what === "opened" ? "+" : "-", `${verb} ${ends} on ${describeTraffic(traffic)}${such}`, edits);
  });
}

function ruleLines({ changes: { rules } }: Difference): readonly ReportLine[] {
  const text = ({ text: rule, place, policy }: RuleChange) =>
    `${rule}  (rule ${place}${policy === undefined ? "" : ` of ${policy}`})`;
  return [
    ...rules.removed.map((rule) => line("-", text(rule), rule.edits)),
    ...rules.added.map((rule) => line("+", text(rule), rule.edits)),
    ...rules.moved.map((rule) => line("~", `${text(rule)} moved`, rule.edits)),
  ];
}

function setLines({ changes: { sets } }: Difference): readonly ReportLine[] {
  const name = (set: SetChange) => (set.readableName === undefined ? set.name : `${set.name} ${set.readableName}`);
  const members = (list: readonly string[]) =>
    list.length > 5 ? `${list.slice(0, 5).join(", ")} and ${list.length - 5} more` : list.join(", ");
  const withMembers = (set: SetChange, list: readonly string[]) =>
    list.length === 0 ? `${name(set)} (empty)` : `${name(set)}: ${members(list)}`;
  return [
    ...sets.removed.map((set) => line("-", withMembers(set, set.removed), set.edits)),
    ...sets.added.map((set) => line("+", withMembers(set, set.added), set.edits)),
    ...sets.changed.map((set) => {
      const parts = [
        set.added.length > 0 ? `gains ${members(set.added)}` : "",
        set.removed.length > 0 ? `loses ${members(set.removed)}` : "",
      ];
      return line("~", `${name(set)} ${parts.filter((part) => part !== "").join(", ")}`, set.edits);
    }),
  ];
}

function short(text: string): string {
  return text.length > 120 ? `${text.slice(0, 117)}…` : text;
}
