import type { Finding } from "./finding.js";

/** One line that says what is wrong. */
export function titleOf({ deviation }: Finding): string {
  return deviation?.title ?? "The rules do otherwise than the specification says, and nothing known explains it";
}

export function causeOf({ deviation }: Finding): string {
  return deviation?.cause ?? "nothing known: either the rules or the specification are misunderstood here";
}

/** What to write instead. */
export function adviceOf({ deviation }: Finding): string {
  return deviation?.advice ?? "this is a fault of anpm: please report it with the manifests";
}
