import { formatLocation } from "../../text/source.js";
import type { CheckedExpectations } from "./check-expectations.js";
import { describeExpectation, explainResult } from "./describe-result.js";
import { printable } from "../../text/printable.js";

/** TAP version 14 (testanything.org): a test point for each expectation, those that failed with a block of YAML. */
export function formatTap(checked: CheckedExpectations): string {
  const { results } = checked;
  const points = results.flatMap((result, index) => {
    const { expectation, failures } = result;
    const point = `ok ${index + 1} - ${escapeDescription(describeExpectation(expectation))}`;
    if (failures.length === 0) return [point];
    const block = {
      at: printable(formatLocation(expectation)),
      ...(expectation.because !== "" && { because: printable(expectation.because) }),
      message: explainResult(result).join("\n"),
    };
    // JSON's strings are strings of YAML, too.
    const entries = Object.entries(block).map(([key, value]) => `  ${key}: ${JSON.stringify(value)}`);
    return [`not ${point}`, "  ---", ...entries, "  ..."];
  });
  return ["TAP version 14", `1..${results.length}`, ...points, ""].join("\n");
}

/** `#` would begin a directive. */
function escapeDescription(text: string): string {
  return text.replaceAll("\\", "\\\\").replaceAll("#", "\\#");
}
