import type { CheckedExpectations } from "./check-expectations.js";
import { formatGithub } from "./format-github.js";
import { formatJson } from "./format-json.js";
import { formatJunit } from "./format-junit.js";
import { formatTap } from "./format-tap.js";
import { formatText } from "./format-text.js";

/** One way to print what came of expectations. */
export interface ExpectationOutput {
  readonly name: string;
  readonly description: string;
  print(checked: CheckedExpectations): string;
}

/** The default first. */
export const expectationOutputs: readonly ExpectationOutput[] = [
  { name: "text", description: "what failed and why, for people", print: formatText },
  { name: "json", description: "every expectation with its failures, for programs", print: formatJson },
  { name: "junit", description: "JUnit XML, which most CI systems show", print: formatJunit },
  { name: "tap", description: "TAP 14, a line for each expectation", print: formatTap },
  {
    name: "github",
    description: "GitHub workflow commands: annotations at the lines of the file",
    print: formatGithub,
  },
];
