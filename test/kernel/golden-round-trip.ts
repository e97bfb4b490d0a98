import { describe, expect, test } from "vitest";
import { azureNpm, type Flavour } from "../../compiler/index.js";
import { compileCase, readCases } from "../../scripts/golden-cases.js";
import { whyNoKernel } from "../../scripts/kernel/namespace.js";
import { assertKernelRoundTrip } from "./round-trip.js";

/** The tests of one flavour; a file each, so that they run side by side. */
export function describeGoldenRoundTrips(flavour: Flavour): void {
  const reason = whyNoKernel();
  if (reason) console.warn(`kernel tests are skipped: ${reason}`);
  const trials = readCases().flatMap((golden) =>
    golden.generations
      .filter((id) => knows(id, flavour))
      .map((generation) => ({ name: golden.name, golden, generation })),
  );

  test("there are cases for it", () => {
    expect(trials.length).toBeGreaterThan(100);
  });

  describe.skipIf(reason)(`with ${flavour} iptables a kernel prints back`, { timeout: 60_000 }, () => {
    test.each(trials)("$name, $generation", ({ golden, generation }) => {
      const { result } = compileCase(golden, generation, flavour);
      if (result) assertKernelRoundTrip(result.tables, result.machine.ownership, flavour);
    });
  });
}

function knows(generation: string, flavour: Flavour): boolean {
  return azureNpm.configure({ generation, flavour }).machine !== undefined;
}
