import { positionOf, type Diagnostic } from "../../../compiler/index.js";
import type { Problem } from "../views.js";

export function viewProblem({ severity, code, message, fix, location }: Diagnostic): Problem {
  return { severity, code, message, fix, ...(location && positionOf(location)) };
}
