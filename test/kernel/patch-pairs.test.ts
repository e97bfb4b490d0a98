import { expect, test } from "vitest";
import { allNodes, checkPatches } from "./check-patches.js";
import { whyNoKernel } from "../../scripts/kernel/namespace.js";

const reason = whyNoKernel();
if (reason) console.warn(`kernel tests are skipped: ${reason}`);

/** `node dist/scripts/patches.js --cases 1000` checks more. */
test.skipIf(reason)(
  "between random clusters, a patch makes what a fresh apply makes, can be run again, killed anywhere, and undone",
  { timeout: 120_000 },
  () => {
    const { cases, commits, kills, failure } = checkPatches({
      cases: 12,
      seed: 1,
      nodes: allNodes,
      killEvery: 6,
    });
    expect(failure).toBeUndefined();
    expect(cases).toBe(12);
    expect(commits.one + commits.two).toBeGreaterThan(8);
    expect(kills).toBeGreaterThan(20);
  },
);
