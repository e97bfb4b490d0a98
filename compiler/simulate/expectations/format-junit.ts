import { positionOf } from "../../text/source.js";
import type { CheckedExpectations } from "./check-expectations.js";
import type { ExpectationResult } from "./check-expectation.js";
import { describeExpectation, explainResult } from "./describe-result.js";
import { printable } from "../../text/printable.js";

/** JUnit XML: a suite for each file, a case for each expectation. Without times, so that the same input gives the same bytes. */
export function formatJunit(checked: CheckedExpectations): string {
  const byFile = new Map<string, ExpectationResult[]>();
  for (const result of checked.results) {
    const { name } = result.expectation.source;
    const others = byFile.get(name);
    if (others) others.push(result);
    else byFile.set(name, [result]);
  }
  return [
    `<?xml version="1.0" encoding="UTF-8"?>`,
    `<testsuites name="anpm test"${counts(checked.results)}>`,
    ...[...byFile].flatMap(([file, results]) => [
      `  <testsuite name="${escape(file)}"${counts(results)} skipped="0">`,
      ...results.flatMap((result) => testCase(result)),
      "  </testsuite>",
    ]),
    "</testsuites>",
    "",
  ].join("\n");
}

function counts(results: readonly ExpectationResult[]): string {
  const failed = results.filter(({ failures }) => failures.length > 0).length;
  return ` tests="${results.length}" failures="${failed}" errors="0"`;
}

function testCase(result: ExpectationResult): readonly string[] {
  const { expectation, failures } = result;
  const file = escape(expectation.source.name);
  const name = escape(describeExpectation(expectation));
  const { line } = positionOf(expectation);
  const start = `    <testcase name="${name}" classname="${file}" file="${file}" line="${line}"`;
  if (failures.length === 0) return [`${start}/>`];
  const explained = explainResult(result);
  const message = escape(expectation.because === "" ? explained[0]! : expectation.because);
  return [
    `${start}>`,
    `      <failure type="expectation" message="${message}">${explained.map(escape).join("\n")}</failure>`,
    "    </testcase>",
  ];
}

function escape(text: string): string {
  return printable(text)
    .replaceAll("&", "&amp;")
    .replaceAll("<", "&lt;")
    .replaceAll(">", "&gt;")
    .replaceAll('"', "&quot;");
}
