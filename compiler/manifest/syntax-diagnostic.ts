import { diagnostic, type Diagnostic } from "../text/diagnostic.js";
import { lineStart } from "../text/lines.js";
import type { Source } from "../text/source.js";
import { openBracket, openQuote, type Opening } from "./find-opening.js";
import { maxDepth } from "./parse-events.js";

/** Where js-yaml stopped in a chunk, and its reason. */
export interface SyntaxProblem {
  readonly reason: string;
  readonly offset: number;
}

/** What is wrong with a chunk that is no YAML, in words for people who see the line and not a parser. `base` is its offset. */
export function syntaxDiagnostic(source: Source, base: number, text: string, problem: SyntaxProblem): Diagnostic {
  const { code, offset, parameters } = finding(text, problem);
  const location = { source, offset: Math.min(base + offset, source.text.length) };
  return diagnostic(code, parameters as never, { location });
}

type SyntaxCode =
  | "yaml-after-value"
  | "yaml-bracket-open"
  | "yaml-bracket-unexpected"
  | "yaml-character"
  | "yaml-colon-space"
  | "yaml-directive"
  | "yaml-escape"
  | "yaml-indentation"
  | "yaml-key-without-value"
  | "yaml-list-item"
  | "yaml-mapping-in-line"
  | "yaml-missing-comma"
  | "yaml-quote-open"
  | "yaml-reserved-character"
  | "yaml-syntax"
  | "yaml-tab"
  | "yaml-template"
  | "yaml-too-deep";

interface Finding {
  readonly code: SyntaxCode;
  readonly offset: number;
  readonly parameters: object;
}

function finding(text: string, { reason, offset }: SyntaxProblem): Finding {
  const of = (code: SyntaxCode, at = offset, parameters: object = {}): Finding => ({ code, offset: at, parameters });
  if (reason.startsWith("nesting exceeded")) return of("yaml-too-deep", offset, { limit: maxDepth });
  const line = lineAround(text, offset);
  const template = templateBefore(text, line);
  if (template >= 0) return of("yaml-template", template);
  if (reason.startsWith("tab characters")) return of("yaml-tab");
  const tab = tabInIndentation(text, line);
  if (reason.includes("escape sequence") || reason.startsWith("expected hexadecimal")) {
    const start = text.lastIndexOf("\\", offset);
    return of("yaml-escape", start, { escape: text.slice(start, Math.max(offset, start + 1) + 1) });
  }
  if (reason.includes("quoted scalar")) {
    const quote = openQuote(text, reason.includes("double") ? '"' : "'", offset);
    return of("yaml-quote-open", quote.offset, { quote: quote.character });
  }
  if (reason === "missed comma between flow collection entries" || isInBrackets(reason))
    return inBrackets(text, reason, offset, of);
  if (reason.startsWith("a whitespace character is expected after")) return of("yaml-colon-space", offset - 1);
  if (tab >= 0) return of("yaml-tab", tab);
  if (reason.includes("irective") || (reason.includes("YAML version") && text.includes("%")))
    return directive(text, of);
  if (reason.includes("expected ':'")) return of("yaml-key-without-value", line.solid);
  if (reason.includes("multiline key")) return of("yaml-key-without-value", solidLineBefore(text, line));
  if (reason.startsWith("bad indentation") || reason.startsWith("end of the stream or a document")) {
    return misplaced(text, offset, line, of);
  }
  return of("yaml-syntax", offset, { reason: SAID_BETTER.get(reason) ?? reason });
}

type Of = (code: SyntaxCode, at?: number, parameters?: object) => Finding;

/** js-yaml's reasons that only mean something to those who know how YAML is read. */
const SAID_BETTER = new Map([
  [
    "a line break is expected",
    "only + or - and a digit can follow | or > on its line, the text begins on the next one",
  ],
  [
    "name of an alias node must contain at least one character",
    "a name has to follow *, or quotes have to stand around it",
  ],
  [
    "name of an anchor node must contain at least one character",
    "a name has to follow &, or quotes have to stand around it",
  ],
  ["alias node should not have any properties", "an alias (*name) cannot have an anchor or a tag of its own"],
  ["duplication of an anchor property", "a value can have one anchor (&name) only"],
  ["duplication of a tag property", "a value can have one tag (!name) only"],
]);

interface Line {
  readonly start: number;
  /** The first character that is no space or tab. */
  readonly solid: number;
}

function lineAround(text: string, offset: number): Line {
  const start = lineStart(text, offset);
  let solid = start;
  while (text.charAt(solid) === " " || text.charAt(solid) === "\t") solid++;
  return { start, solid };
}

function tabInIndentation(text: string, line: Line): number {
  const tab = text.slice(line.start, line.solid).indexOf("\t");
  return tab < 0 ? -1 : line.start + tab;
}

/** The place of a `{{` on the line, or of one that begins a line before it; -1 when there is none. */
function templateBefore(text: string, line: Line): number {
  const lineEnd = text.indexOf("\n", line.start);
  const inLine = text.slice(line.start, lineEnd < 0 ? undefined : lineEnd).indexOf("{{");
  if (inLine >= 0) return line.start + inLine;
  const before = /^[ \t]*\{\{/m.exec(text.slice(0, line.start));
  return before ? before.index + before[0].length - 2 : -1;
}

function isInBrackets(reason: string): boolean {
  return (
    reason === "deficient indentation" ||
    reason === "unexpected end of the stream within a flow collection" ||
    reason === "expected the node content, but found ','"
  );
}

/** A bracket that is never closed explains more than the place where reading failed. */
function inBrackets(text: string, reason: string, offset: number, of: Of): Finding {
  const open: Opening | undefined = openBracket(text, offset);
  const found = text.charAt(offset);
  if (!open) return of("yaml-indentation", offset, { indent: undefined });
  const close = open.character === "[" ? "]" : "}";
  if (!open.closed) return of("yaml-bracket-open", open.offset, { open: open.character, close });
  if (reason === "deficient indentation") return of("yaml-indentation", offset, { indent: undefined });
  if (found === "]" || found === "}") return of("yaml-bracket-unexpected", offset, { close: found });
  if (found === ",") return of("yaml-syntax", offset, { reason: "nothing stands before this comma" });
  return of("yaml-missing-comma", offset, { open: open.character });
}

function directive(text: string, of: Of): Finding {
  const start = text.startsWith("%") ? 0 : Math.max(0, text.indexOf("\n%") + 1);
  return of("yaml-directive", start);
}

/** Something that does not belong where it stands: by indentation, or after the end of a value. */
function misplaced(text: string, offset: number, line: Line, of: Of): Finding {
  const found = text.charAt(offset);
  if (found === "]" || found === "}") return of("yaml-bracket-unexpected", offset, { close: found });
  if (found === "@" || found === "`" || found === "%")
    return of("yaml-reserved-character", offset, { character: found });
  if (found === ":") {
    const before = text.slice(line.solid, offset);
    if (/: ./.test(before)) return of("yaml-mapping-in-line", offset);
    const above = solidLineBefore(text, line);
    return /:[^ \t\r\n]/.test(text.slice(above, line.start))
      ? of("yaml-colon-space", above + text.slice(above, line.start).search(/:[^ \t\r\n]/))
      : of("yaml-indentation", line.solid, { indent: indentOf(text, above) });
  }
  if (offset > line.solid)
    return of(/^-\s/.test(text.slice(offset, offset + 2)) ? "yaml-list-item" : "yaml-after-value");
  return of("yaml-indentation", offset, { indent: indentOf(text, solidLineBefore(text, line)) });
}

/** Spaces before the line that a character stands on, undefined when the line begins with a list item. */
function indentOf(text: string, offset: number): number | undefined {
  if (offset < 0 || text.charAt(offset) === "-") return undefined;
  return offset - lineStart(text, offset);
}

/** The first character of the nearest line above that holds more than a comment; the line itself when there is none. */
function solidLineBefore(text: string, line: Line): number {
  for (let above = line; above.start > 0;) {
    above = lineAround(text, above.start - 1);
    if (!"#\r\n".includes(text.charAt(above.solid))) return above.solid;
  }
  return line.solid;
}
