import type { Diagnostic } from "./diagnostic.js";
import { displayWidth } from "./display-width.js";
import { formatLocation, lineOf, positionOf, type Location } from "./source.js";

/** How a diagnostic is decorated; the default is plain text of two lines. */
export interface DiagnosticStyle {
  /** Show the line of the source with a caret below the place. */
  readonly excerpt?: boolean;
  /** Colours a piece of the text. */
  readonly paint?: (piece: "error" | "warning" | "place" | "caret" | "fix", text: string) => string;
}

/**
 * `file:line:column: error code: message`, the excerpt if asked for, and `  fix: …`; lines joined by "\n", no line end.
 * Control characters of names and excerpts are shown as `\x1b`, so that input never steers a terminal.
 */
export function formatDiagnostic(found: Diagnostic, style: DiagnosticStyle = {}): string {
  const paint = style.paint ?? ((_, text) => text);
  const place = found.location ? `${paint("place", visible(formatLocation(found.location)))}: ` : "";
  const subject = found.location || found.object === undefined ? "" : `${visible(found.object)}: `;
  return [
    `${place}${paint(found.severity, `${found.severity} ${found.code}:`)} ${subject}${visible(found.message)}`,
    ...(style.excerpt && found.location ? excerptOf(found.location, paint) : []),
    `  ${paint("fix", "fix:")} ${visible(found.fix)}`,
  ].join("\n");
}

/** A diagnostic for programs. Every key is always there: "" or 0 where a diagnostic has no such thing. */
export interface DiagnosticJson {
  readonly severity: "error" | "warning";
  readonly code: string;
  readonly message: string;
  readonly fix: string;
  readonly file: string;
  /** 1-based, as `column`; 0 without a place. */
  readonly line: number;
  readonly column: number;
  /** `namespace/name` */
  readonly object: string;
  /** Field path as the API server spells it. */
  readonly field: string;
}

/** The document of `--diagnostics json`, one line with a line end. */
export function printDiagnosticsJson(diagnostics: readonly Diagnostic[]): string {
  return `${JSON.stringify({ diagnostics: diagnostics.map(diagnosticJson) })}\n`;
}

/** A diagnostic as `--diagnostics json` and `-o json` show it. */
export function diagnosticJson(found: Diagnostic): DiagnosticJson {
  const { line, column } = found.location ? positionOf(found.location) : { line: 0, column: 0 };
  return {
    severity: found.severity,
    code: found.code,
    message: found.message,
    fix: found.fix,
    file: found.location?.source.name ?? "",
    line,
    column,
    object: found.object ?? "",
    field: found.field ?? "",
  };
}

const maxExcerptLength = 100;

/** The line and a caret below the place. Of a long line only the part around the place is shown. */
function excerptOf(location: Location, paint: NonNullable<DiagnosticStyle["paint"]>): string[] {
  const { line, column } = positionOf(location);
  const text = lineOf(location);
  const at = Math.min(column - 1, text.length);
  const first = text.length <= maxExcerptLength ? 0 : wholeCharacter(text, Math.max(0, at - maxExcerptLength / 2));
  const end = wholeCharacter(text, Math.min(text.length, first + maxExcerptLength));
  const before = visible(text.slice(first, at));
  const after = visible(text.slice(at, end));
  const margin = `  ${line} | `;
  const [head, tail] = [first > 0 ? "…" : "", end < text.length ? "…" : ""];
  return [
    `${margin}${head}${before}${after}${tail}`,
    `${" ".repeat(margin.length + head.length + displayWidth(before))}${paint("caret", "^")}`,
  ];
}

/** An offset that does not fall between the halves of a surrogate pair. */
function wholeCharacter(text: string, offset: number): number {
  const code = text.charCodeAt(offset);
  return offset > 0 && code >= 0xdc00 && code <= 0xdfff ? offset - 1 : offset;
}

/** Text in which control characters and those that reorder text are spelled out; a tab becomes one space. */
export function visible(text: string): string {
  return text.replaceAll("\t", " ").replace(/[\u0000-\u001f\u007f-\u009f\u2028-\u202e\u2066-\u2069\ufeff]/gu, (c) => {
    const code = c.codePointAt(0)!;
    if (c === "\n") return "\\n";
    return code < 0x100 ? `\\x${code.toString(16).padStart(2, "0")}` : `\\u${code.toString(16)}`;
  });
}
