import { isError, type Diagnostic } from "../compiler/index.js";

/** 0 fine, 1 findings, 2 the input or the command line is wrong, 3 the environment failed. */
export const exitCodes = { fine: 0, findings: 1, wrongInput: 2, environment: 3 } as const;

const environmentCodes: ReadonlySet<string> = new Set([
  "file-unreadable",
  "cannot-write",
  "cannot-listen",
  "kernel-unavailable",
  "node-unreadable",
  "internal-error",
]);

/** The exit code that diagnostics ask for; wrong input counts more than a failed environment, for it can be mended here. */
export function exitCodeOf(diagnostics: readonly Diagnostic[]): number {
  const errors = diagnostics.filter(isError);
  if (errors.length === 0) return exitCodes.fine;
  return errors.every((found) => environmentCodes.has(found.code)) ? exitCodes.environment : exitCodes.wrongInput;
}
