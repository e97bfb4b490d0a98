import { codes, type Code, type ParametersOf } from "./codes/index.js";
import type { Location } from "./source.js";

/** Something that is wrong (error) or deserves a look (warning), what it is, and what to write instead. */
export interface Diagnostic {
  readonly severity: "error" | "warning";
  readonly code: Code;
  readonly message: string;
  readonly fix: string;
  readonly location?: Location;
  /** `namespace/name`, or the name of an object without a namespace. */
  readonly object?: string;
  /** Field path as the API server spells it. */
  readonly field?: string;
}

export interface Where {
  readonly location?: Location;
  readonly object?: string;
  readonly field?: string;
}

/** A diagnostic of the code table, its message and fix filled in. */
export function diagnostic<C extends Code>(code: C, parameters: ParametersOf<C>, where: Where = {}): Diagnostic {
  const entry = codes[code] as {
    severity: "error" | "warning";
    message: (p: never) => string;
    fix: (p: never) => string;
  };
  return {
    severity: entry.severity,
    code,
    message: entry.message(parameters as never),
    fix: entry.fix(parameters as never),
    ...where,
  };
}

export function isError(found: Diagnostic): boolean {
  return found.severity === "error";
}

/** By file, line, column; those without a place last; equal places keep their order. */
export function sortDiagnostics(diagnostics: readonly Diagnostic[]): Diagnostic[] {
  return [...diagnostics].sort((a, b) => {
    if (!a.location || !b.location) return Number(!a.location) - Number(!b.location);
    const [left, right] = [a.location.source.name, b.location.source.name];
    if (left !== right) return left < right ? -1 : 1;
    return a.location.offset - b.location.offset;
  });
}
