import { describe, expect, test } from "vitest";
import { outputs } from "../../../../compiler/outputs.js";
import { expectedLog, hasVectors, loggedCases, resultOf } from "../log-cases.js";

// What the real NPM logged. The order of labels, and so of lines and words about them, is random in NPM: the lines of one
// event are compared in sorted order. `check.py` of the vectors compares more strictly.
if (!hasVectors) console.log("skipped: ../shared/vectors/cases is not there");

describe.skipIf(!hasVectors).each(["v2", "v2-fnv", "v2-2022"])("%s logs what the real NPM logged", (generation) => {
  const logged = loggedCases(generation);

  test("there are cases", () => expect(logged.length).toBeGreaterThan(40));

  test.each(logged)("%s", (path) => {
    const found = outputs.find(({ name }) => name === "log")!.print(resultOf(path, generation), {});
    expect(withoutChance(found)).toEqual(withoutChance(expectedLog(path, generation)));
  });
});

/** Without times, process ids, addresses in memory, uids, the drawn resync period, a line that races and the order of labels. */
function withoutChance(log: string): readonly string[] {
  const lines = log
    .replace(/^([IWE])\d{4} \d\d:\d\d:\d\d\.\d+ +\d+ /gm, "$1 ")
    .replace(/^\d{4}\/\d\d\/\d\d \d\d:\d\d:\d\d \[\d+\] /gm, "")
    .replace(/0x[0-9a-f]{8,}/g, "POINTER")
    .replace(/(POD CREATING: \[|newUid:)[-0-9a-z]*/g, "$1UID")
    .replace(/(Resync period for NPM pod is set to) \d+/, "$1 N")
    .split("\n")
    .filter((line) => !/^\[Telemetry\]|Starting NPM HTTP API/.test(line))
    .map((line) => (/match-set|-AND-|stale chains/.test(line) ? sortedWords(line) : line));
  const events: string[][] = [[]];
  for (const line of lines) {
    events.at(-1)!.push(line);
    if (/Successfully synced|starting NPM - /.test(line)) events.push([]);
  }
  return events.flatMap((event) => event.toSorted());
}

function sortedWords(line: string): string {
  return line
    .split(/-AND-|-TO-|-FROM-|[ [\]]/)
    .toSorted()
    .join(" ");
}
