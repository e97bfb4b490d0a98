import { writeSync } from "node:fs";
import { styleText } from "node:util";
import { formatDiagnostic, printDiagnosticsJson, type Diagnostic, type DiagnosticStyle } from "../compiler/index.js";

/** What a command says besides its result: on standard error, for people or (`--diagnostics json`) for programs. */
export interface Report {
  readonly diagnostics: readonly Diagnostic[];
  /** Lines for people; programs do not get them. */
  readonly summary: readonly string[];
}

export type DiagnosticsFormat = "text" | "json";

/** Writes a report to standard error: exactly one JSON document, or text with colours and excerpts on a terminal. */
export function writeReport(report: Report, format: DiagnosticsFormat): void {
  writeToStderr(format === "json" ? printDiagnosticsJson(report.diagnostics) : formatReport(report));
}

function formatReport(report: Report): string {
  const style = styleOf(process.stderr, process.env);
  const lines = [...report.diagnostics.map((found) => formatDiagnostic(found, style)), ...report.summary];
  return lines.map((line) => `${line}\n`).join("");
}

/** Excerpts on a terminal; colours too, unless NO_COLOR is set to anything or the terminal is too simple. */
export function styleOf(stream: { readonly isTTY?: boolean }, env: NodeJS.ProcessEnv): DiagnosticStyle {
  if (!stream.isTTY) return {};
  if (!showsColours(stream, env)) return { excerpt: true };
  const colours = { error: "red", warning: "yellow", place: "bold", caret: "red", fix: "green" } as const;
  return { excerpt: true, paint: (piece, text) => styleText(colours[piece], text, { validateStream: false }) };
}

/** On a terminal, unless NO_COLOR is set to anything or the terminal is too simple. */
export function showsColours(stream: { readonly isTTY?: boolean }, env: NodeJS.ProcessEnv): boolean {
  return stream.isTTY === true && !env["NO_COLOR"] && env["TERM"] !== "dumb";
}

/** Everything at once and in order, also when the reader is slow; a reader that has gone is no error. */
function writeToStderr(text: string): void {
  const bytes = Buffer.from(text);
  for (let written = 0; written < bytes.length;) {
    try {
      written += writeSync(process.stderr.fd, bytes, written);
    } catch (error) {
      const code = (error as NodeJS.ErrnoException).code;
      if (code !== "EAGAIN") return;
    }
  }
}
