import { describe, expect, test } from "vitest";
import { engineOf, isError, printIptablesSave, type Flavour, type Tables } from "../../compiler/index.js";
import { compileCase, readCases, type GoldenCase } from "../../scripts/golden-cases.js";
import { whyNoKernel } from "../../scripts/kernel/namespace.js";
import { assertKernelRoundTrip, assertRefused } from "./round-trip.js";

/** The golden cases in a kernel, as the generations with exactly these flavours, under the first. A file each, so that they run
 *  side by side. */
export function describeGoldenRoundTrips([flavour, ...others]: readonly [Flavour, ...Flavour[]]): void {
  const reason = whyNoKernel();
  if (reason) console.warn(`kernel tests are skipped: ${reason}`);
  const wanted = [flavour, ...others].toSorted().join(" ");
  const trials = readCases().flatMap((golden) =>
    golden.generations
      .filter((id) => flavoursOf(golden, id) === wanted)
      .map((generation) => ({ name: golden.name, golden, generation })),
  );

  test("there are cases for it", () => {
    expect(trials.length).toBeGreaterThan(50);
  });

  describe.skipIf(reason)(`with ${flavour} iptables a kernel prints back`, { timeout: 60_000 }, () => {
    test.each(trials)("$name, $generation", ({ golden, generation }) => {
      const { result, diagnostics } = compileCase(golden, generation, flavour);
      expect(result === undefined).toBe(diagnostics.some(isError));
      if (!result) return;
      const { tables, machine } = result;
      if (flavour === "nft" && matchesNothing(tables)) assertRefused(tables, machine.ownership, flavour);
      else assertKernelRoundTrip(tables, machine.ownership, flavour);
    });
  });
}

/** iptables-nft takes no network that is every address negated, and so the kernel does not under Felix before v3.31. */
function matchesNothing({ chains, others = [] }: Tables): boolean {
  return [chains, ...others.map((table) => table.chains)].some((table) =>
    / ! -[sd] 0\.0\.0\.0\/0 /.test(printIptablesSave({ chains: table })),
  );
}

/** `legacy`, `legacy nft` */
function flavoursOf({ options }: GoldenCase, generation: string): string {
  const { engine } = engineOf(options.engine);
  const known = (["legacy", "nft"] as const).filter(
    (flavour) => engine!.configure({ ...options, generation, flavour }).machine,
  );
  return known.join(" ");
}
