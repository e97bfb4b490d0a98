import { formatDiagnostic, type Diagnostic } from "../compiler/index.js";

interface Reported {
  readonly diagnostics: readonly Diagnostic[];
  readonly summary: readonly string[];
  readonly result?: unknown;
}

/** As the command line prints it without a terminal; "" when it is nothing but the counts. */
export function printStderr({ diagnostics, summary, result }: Reported): string {
  if (diagnostics.length === 0 && summary.length === 1) return "";
  const lines = [...diagnostics.map((found) => formatDiagnostic(found)), ...(result ? summary : [])];
  return lines.map((line) => `${line}\n`).join("");
}
