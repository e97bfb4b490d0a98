import { positionOf } from "../../text/source.js";
import type { CheckedExpectations } from "./check-expectations.js";
import { describeExpectation, explainResult } from "./describe-result.js";
import { countLine } from "./format-text.js";
import { printable } from "./printable.js";

/** A workflow command for each failure, which GitHub shows at the line of the file, and the count for the log. */
export function formatGithub(checked: CheckedExpectations): string {
  const commands = checked.results.flatMap((result) => {
    if (result.failures.length === 0) return [];
    const { expectation } = result;
    const { line, column } = positionOf(expectation);
    const file = escapeProperty(printable(expectation.source.name));
    const message = [describeExpectation(expectation), ...explainResult(result, checked)].join("\n");
    const place = `file=${file},line=${line},col=${column},title=expectation failed`;
    return [`::error ${place}::${escapeData(message)}`];
  });
  return [...commands, countLine(checked), ""].join("\n");
}

function escapeData(text: string): string {
  return text.replaceAll("%", "%25").replaceAll("\r", "%0D").replaceAll("\n", "%0A");
}

function escapeProperty(text: string): string {
  return escapeData(text).replaceAll(":", "%3A").replaceAll(",", "%2C");
}
