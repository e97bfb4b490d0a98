import { describe, expect, test } from "vitest";
import { azureNpm, isError, type Flavour } from "../../compiler/index.js";
import { compileCase, readCases } from "../../scripts/golden-cases.js";
import { whyNoKernel } from "../../scripts/kernel/namespace.js";
import { assertKernelRoundTrip } from "./round-trip.js";

/** The golden cases in a kernel, as the generations with exactly these flavours, under the first. A file each, so that they run
 *  side by side. */
export function describeGoldenRoundTrips([flavour, ...others]: readonly [Flavour, ...Flavour[]]): void {
  const reason = whyNoKernel();
  if (reason) console.warn(`kernel tests are skipped: ${reason}`);
  const wanted = [flavour, ...others].toSorted().join(" ");
  const trials = readCases().flatMap((golden) =>
    golden.generations
      .filter((id) => flavoursOf(id) === wanted)
      .map((generation) => ({ name: golden.name, golden, generation })),
  );

  test("there are cases for it", () => {
    expect(trials.length).toBeGreaterThan(50);
  });

  describe.skipIf(reason)(`with ${flavour} iptables a kernel prints back`, { timeout: 60_000 }, () => {
    test.each(trials)("$name, $generation", ({ golden, generation }) => {
      const { result, diagnostics } = compileCase(golden, generation, flavour);
      expect(result === undefined).toBe(diagnostics.some(isError));
      if (result) assertKernelRoundTrip(result.tables, result.machine.ownership, flavour);
    });
  });
}

/** `legacy`, `legacy nft` */
function flavoursOf(generation: string): string {
  const known = (["legacy", "nft"] as const).filter((flavour) => azureNpm.configure({ generation, flavour }).machine);
  return known.join(" ");
}
