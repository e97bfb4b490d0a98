import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { azureNpm } from "../compiler/engines/azure-npm/azure-npm.js";
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
    expect(cases.map(({ name }) => name)).toEqual(azureNpm.deviations.map(({ code }) => code).toSorted());
  });

  test("those of a case whose generations have it say so", () => {
    for (const { name, options } of cases) {
      const { generations } = azureNpm.deviations.find(({ code }) => code === name)!;
      const asked = options.generation ?? azureNpm.generations[0]!;
      if (azureNpm.generations.includes(asked) && !options.lite && !options.kubernetes)
        expect(generations).toContain(asked);
    }
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
