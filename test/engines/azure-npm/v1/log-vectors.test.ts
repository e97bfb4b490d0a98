import { describe, expect, test } from "vitest";
import { outputs } from "../../../../compiler/outputs.js";
import { expectedLog, hasVectors, loggedCases, resultOf } from "../log-cases.js";

// What the real NPM logged, line by line. Maps came by key there, so that nothing has to be sorted.
if (!hasVectors) console.log("skipped: ../shared/vectors/cases is not there");

const generations = ["v1", "v1-2020", "v1-2019b", "v1-2019", "v1-2018"];

describe.skipIf(!hasVectors).each(generations)("%s logs what the real NPM logged", (generation) => {
  const logged = loggedCases(generation);

  test("there are cases", () => expect(logged.length).toBeGreaterThan(70));

  test.each(logged)("%s", (path) => {
    const found = outputs.find(({ name }) => name === "log")!.print(resultOf(path, generation), {});
    expect(withoutChance(found)).toEqual(withoutChance(expectedLog(path, generation)));
  });
});

/** Without times, process ids, addresses in memory, uids, versions of objects, the drawn resync period and a line that races. */
function withoutChance(log: string): string[] {
  return log
    .replace(/\n+$/, "")
    .replace(/^([IWE])\d{4} \d\d:\d\d:\d\d\.\d+ +\d+ /gm, "$1 ")
    .replace(/^\d{4}\/\d\d\/\d\d \d\d:\d\d:\d\d( \[\d+\])?/gm, "TIME$1")
    .replace(/0x[0-9a-f]{8,}/g, "POINTER")
    .replace(/[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}/g, "UID")
    .replace(/\b(UID|ResourceVersion):[-0-9a-z]*/gi, "$1:N")
    .replace(/(Resync period for NPM pod is set to) \d+/, "$1 N")
    .split("\n")
    .filter((line) => !/\[Telemetry\]|Starting NPM HTTP API/.test(line));
}
