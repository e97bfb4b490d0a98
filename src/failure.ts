import type { Diagnostic } from "../compiler/index.js";

/** Ends a command: there is nothing to print but these diagnostics, at least one of them an error. */
export class Failure extends Error {
  readonly diagnostics: readonly Diagnostic[];

  constructor(diagnostics: readonly Diagnostic[]) {
    super(diagnostics.map((found) => found.message).join("; "));
    this.diagnostics = diagnostics;
  }
}
