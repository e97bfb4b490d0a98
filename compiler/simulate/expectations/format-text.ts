import { formatLocation } from "../../text/source.js";
import type { CheckedExpectations } from "./check-expectations.js";
import { describeExpectation, explainResult } from "./describe-result.js";
import { printable } from "../../text/printable.js";

/** What failed and why; the last line counts. */
export function formatText(checked: CheckedExpectations): string {
  const failed = checked.results.filter(({ failures }) => failures.length > 0);
  const lines = failed.flatMap((result) => [
    `${printable(formatLocation(result.expectation))}: failed: ${describeExpectation(result.expectation)}`,
    ...explainResult(result).map((line) => `  ${line}`),
    "",
  ]);
  return [...lines, countLine(checked), ""].join("\n");
}

/** `2 of 7 expectations failed` */
export function countLine({ results }: CheckedExpectations): string {
  const failed = results.filter(({ failures }) => failures.length > 0).length;
  const all = `${results.length} ${results.length === 1 ? "expectation" : "expectations"}`;
  if (failed > 0) return `${failed} of ${all} failed`;
  const pairs = results.reduce((sum, result) => sum + result.pairs, 0);
  return `${all} met (${pairs} ${pairs === 1 ? "pair" : "pairs"})`;
}
