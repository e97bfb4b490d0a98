import type { Origin } from "../text/origin.js";
import { formatLocation } from "../text/source.js";
import { wrap } from "../text/wrap.js";
import type { Explained, ExplainedKind } from "./explanation.js";
import type { View } from "./views.js";

/** What may have a colour of its own. */
export type Piece = "title" | "trap" | "quirk" | "place" | "added" | "removed";

/** How a text for people looks. */
export interface ExplanationStyle {
  /** Columns of the terminal; lines are not broken without it. */
  readonly width?: number;
  /** Colours a piece; left as it is without it. */
  readonly paint?: (piece: Piece, text: string) => string;
}

/** A view for people: things below each other, what they consist of indented. */
export function formatExplanation({ rulesOf, things }: View, style: ExplanationStyle = {}): string {
  const lines: string[] = [];
  const paint = style.paint ?? ((_, text) => text);
  const write = (indent: number, words: string, as: (line: string) => string = (line) => line): void => {
    for (const line of wrap(words, style.width, indent)) lines.push(" ".repeat(indent) + as(line));
  };
  const visit = (thing: Explained, indent: number, told = new Set<string>(), around?: Explained): void => {
    const { kind, parts } = thing;
    const title = headOf(thing);
    // A rule below the part that makes it needs no place, and none below a chain that was made for the same reason.
    const isKnown = kind === "rule" && (indent > 2 || around?.origins[0] === thing.origins[0]);
    const place = isKnown ? "" : placeOf(thing);
    const text = untold(thing, told).join(" ");
    if (inLine.has(kind)) {
      const words = `${title}${joint(thing)}${text}${place === "" ? "" : `  (${place})`}`;
      write(indent, words, (line) => (kind === "trap" || kind === "quirk" ? paint(kind, line) : line));
    } else {
      write(indent, `${title}${place === "" ? "" : `  (${place})`}`, (line) => paint("title", line));
      if (text !== "") write(indent + 2, text);
    }
    const below = new Set<string>();
    for (const part of parts) {
      if (part.kind === "direction" || (part.kind === "set" && indent === 0)) lines.push("");
      visit(part, indent + 2, kind === "chain" ? below : undefined, thing);
    }
  };
  for (const thing of things) {
    visit(thing, 0);
    lines.push("");
  }
  lines.push(paint("place", `rules of ${rulesOf}`));
  return `${lines.join("\n")}\n`;
}

/** The same as Markdown: a heading for each thing, lists below it. */
export function markdownExplanation({ rulesOf, things }: View): string {
  const lines: string[] = [];
  const visit = (thing: Explained, depth: number, told = new Set<string>()): void => {
    const place = placeOf(thing);
    const text = untold(thing, told).map(escapeMarkdown).join(" ");
    const title = escapeMarkdown(headOf(thing));
    const where = place === "" ? "" : ` (${escapeMarkdown(place)})`;
    lines.push(`${"  ".repeat(depth)}- **${title}**${joint(thing)}${text}${where}`);
    for (const part of thing.parts) visit(part, depth + 1);
  };
  for (const thing of things) {
    lines.push(`## ${escapeMarkdown(headOf(thing))}`, "");
    const place = placeOf(thing);
    const text = thing.text.map(escapeMarkdown).join(" ");
    lines.push(`${text}${place === "" ? "" : ` (${escapeMarkdown(place)})`}`, "");
    const below = new Set<string>();
    for (const part of thing.parts) visit(part, 0, thing.kind === "chain" ? below : undefined);
    if (thing.parts.length > 0) lines.push("");
  }
  lines.push(`Rules of ${escapeMarkdown(rulesOf)}.`);
  return `${lines.join("\n")}\n`;
}

/** What a thing says, but for meanings of marks that a rule above it in its chain has told. These are told now. */
function untold({ text }: Explained, told: Set<string>): readonly string[] {
  const left = text.filter((sentence) => !sentence.startsWith("Mark 0x") || !told.has(sentence));
  for (const sentence of left) told.add(sentence);
  return left;
}

/** Between the title and the text. */
function joint({ kind, text }: Explained): string {
  if (text.length === 0) return "";
  return kind === "trap" || kind === "quirk" ? ". " : ": ";
}

/** Kinds that are one sentence each. */
const inLine: ReadonlySet<ExplainedKind> = new Set(["member", "trap", "quirk", "rule", "port"]);

/** What a thing is called: `rule AZURE-NPM 2`, `mind: Policies add up`. */
export function headOf({ kind, title, id }: Explained): string {
  switch (kind) {
    case "set": {
      const name = id.slice("set ".length);
      return name === title ? `set ${name}` : `set ${title} = ${name}`;
    }
    case "trap":
      return `mind: ${title}`;
    case "quirk":
      return `not as specified: ${title}`;
    case "chain":
    case "rule":
    case "port":
      return `${kind} ${title}`;
    default:
      return title;
  }
}

/** Where a thing was written; nothing for those whose title says it, and for what the engine makes itself. */
function placeOf({ kind, origins }: Explained): string {
  if (kind === "trap" || kind === "port") return "";
  const [first] = origins;
  if (!first || first.kind === "engine") return kind === "set" && first ? first.reason : "";
  if (kind === "rule") return describeOrigin(first);
  return kind === "set" || kind === "member"
    ? `${first.object}, ${formatLocation(first.location)}`
    : formatLocation(first.location);
}

function describeOrigin(origin: Origin): string {
  if (origin.kind === "engine") return origin.reason;
  return `from ${origin.object} ${origin.field}, ${formatLocation(origin.location)}`;
}

function escapeMarkdown(text: string): string {
  return text.replace(/[\\`*_[\]<>#|]/g, "\\$&");
}
