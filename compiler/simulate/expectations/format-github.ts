import { workflowCommand } from "../../text/workflow-command.js";
import type { CheckedExpectations } from "./check-expectations.js";
import { describeExpectation, explainResult } from "./describe-result.js";
import { countLine } from "./format-text.js";

/** A workflow command for each failure, which GitHub shows at the line of the file, and the count for the log. */
export function formatGithub(checked: CheckedExpectations): string {
  const commands = checked.results.flatMap((result) => {
    if (result.failures.length === 0) return [];
    const { expectation } = result;
    const message = [describeExpectation(expectation), ...explainResult(result)].join("\n");
    return [workflowCommand({ level: "error", title: "expectation failed", location: expectation }, message)];
  });
  return [...commands, countLine(checked), ""].join("\n");
}
