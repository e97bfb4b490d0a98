import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { azureNpm } from "../compiler/engines/azure-npm/azure-npm.js";
import { engines } from "../compiler/engines/engines.js";
import { unexplained } from "../compiler/simulate/verify/findings.js";
import { verify } from "../compiler/simulate/verify/verify.js";
import { compileCase, readCases } from "../scripts/golden-cases.js";
import { findingFiles, readFindingCases } from "../scripts/golden-findings.js";

/** `npm run golden` shows what differs and writes it. */

describe("the deviations", () => {
  const cases = readFindingCases();

  test.each(cases)("$name: $title", (golden) => {
    const { name, title, folder } = golden;
    const text = findingFiles(golden).get("findings")!;
    expect(text).toBe(readFileSync(`${folder}/findings`, "utf8"));
    expect(text).toContain(`${name}: ${title}\n`);
    expect(text).not.toContain(unexplained);
  });

  test("each has a golden case", () => {
    const codes = engines.flatMap(({ deviations }) => deviations.map(({ code }) => code));
    expect(cases.map(({ name }) => name)).toEqual(codes.toSorted());
  });

  test("the generation that a case is compiled as is among those that have the deviation", () => {
    const plain = cases.filter(
      ({ options }) => options.engine === undefined && !options.lite && options.kubernetes === undefined,
    );
    const asked = plain
      .map(({ name, generations: [generation] }) => ({ name, generation: generation! }))
      .filter(({ generation }) => azureNpm.generations.includes(generation));
    const having = (code: string) => azureNpm.deviations.find((deviation) => deviation.code === code)!.generations;
    expect(asked.filter(({ name, generation }) => !having(name).includes(generation))).toEqual([]);
    expect(asked.length).toBeGreaterThan(30);
  });
});

describe("the golden cases", () => {
  test.each(readCases())("$name: every finding of every generation has a name", (golden) => {
    for (const generation of golden.generations) {
      const { result } = compileCase(golden, generation);
      // --lite and the older generations exclude each other.
      if (!result) continue;
      const codes = verify(result, { alsoReadings: true }).findings.map(({ code }) => code);
      expect(codes, generation).not.toContain(unexplained);
    }
  });
});
