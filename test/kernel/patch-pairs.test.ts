import { describe, expect, test } from "vitest";
import { azureNpm, engineOf, type Flavour } from "../../compiler/index.js";
import { compileCase, readCases } from "../../scripts/golden-cases.js";
import { allNodes, assertPatch, checkIpv6Patches, checkPatches, checkUpgrades, killPatch } from "./check-patches.js";
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

/** Cases of engines with several tables, each with the one before it, as the generations by turns. */
const cases = readCases().filter(({ options }) => engineOf(options.engine).engine!.id !== azureNpm.id);
const pairs = cases.slice(1).map((golden, index) => {
  const before = cases[index]!;
  const shared = golden.generations.filter((id) => before.generations.includes(id));
  // nft takes no network that is every address negated.
  const nftCan = [before, golden].every(
    ({ sources }) => !sources.some(({ text }) => /notNets:.*\b0\.0\.0\.0\/0/.test(text)),
  );
  const flavour: Flavour = nftCan && index % 2 === 1 ? "nft" : "legacy";
  return { before, golden, generation: shared[index % shared.length]!, flavour };
});

describe.skipIf(reason)(
  "a patch from one golden case to the next is exact, there and back",
  { timeout: 60_000 },
  () => {
    test("there are pairs", () => expect(pairs.length).toBeGreaterThan(15));

    test.each(pairs)(
      "$before.name → $golden.name, $generation, $flavour",
      ({ before, golden, generation, flavour }) => {
        const [old, young] = [before, golden].map(
          ({ options, ...each }) =>
            compileCase({ ...each, options: { ...options, ipv6: true } }, generation, flavour).result!,
        );
        assertPatch(old!, young!, flavour);
        assertPatch(old!, young!, flavour, 6);
      },
    );
  },
);

test.skipIf(reason)(
  "between random clusters with Calico, a patch of IPv6 makes what a fresh apply makes, leaves IPv4 alone, can be run again, and undone",
  { timeout: 120_000 },
  () => {
    const { cases, failure } = checkIpv6Patches(8, 1);
    expect(failure).toBeUndefined();
    expect(cases).toBe(8);
  },
);

test.skipIf(reason)(
  "killed or disturbed at any step, a patch of IPv6 leaves the old or the new rules of each table, and the next run ends it",
  { timeout: 120_000 },
  () => {
    const [old, young] = ["calico-ipv6", "calico-host-endpoints"].map((name) => {
      const { options, ...golden } = readCases().find((each) => each.name === name)!;
      return compileCase({ ...golden, options: { ...options, ipv6: true } }, "calico", "nft").result!;
    });
    const { steps, failures } = killPatch(old!, young!, "nft", 6);
    expect(failures).toEqual([]);
    expect(steps).toBeGreaterThan(10);
  },
);

test.skipIf(reason).each(["nft", "legacy"] as const)(
  "from one generation to another, both on iptables-%s, a patch makes what a fresh apply makes, and is undone",
  { timeout: 120_000 },
  (flavour) => {
    const { cases, failure } = checkUpgrades(6, 1, flavour);
    expect(failure).toBeUndefined();
    expect(cases).toBe(6);
  },
);
