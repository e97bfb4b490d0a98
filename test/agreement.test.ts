import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { compile } from "../compiler/compile.js";
import { azureNpm } from "../compiler/engines/azure-npm/azure-npm.js";
import { unexplained } from "../compiler/simulate/verify/findings.js";
import { verify } from "../compiler/simulate/verify/verify.js";
import { checkCases, compileManifests } from "./agreement/check-cases.js";
import { clusters } from "./agreement/clusters.js";

/** `node dist/scripts/agreement.js --cases 100000` checks more. */

describe("in random clusters with every feature", () => {
  test("the rules of every generation differ from the specification by named deviations only, and just as these say", () => {
    const { cases, found, failure } = checkCases({ cases: 120, seed: 20_241 });
    expect(failure).toBeUndefined();
    expect(cases).toBe(120);
    for (const generation of azureNpm.generations) expect(found.get(generation)?.get("any")).toBeGreaterThan(5);
  }, 60_000);

  test("so do those of releases for which no generation stands", () => {
    const generations = ["v1.0.9", "v1.0.27", "v1.0.28", "v1.0.29", "v1.0.32", "v1.1.1", "v1.4.4", "v1.4.20"];
    const { cases, failure } = checkCases({ cases: 40, seed: 20_242, generations });
    expect(failure).toBeUndefined();
    expect(cases).toBe(40);
  }, 60_000);

  test("canary: with any of its deviations unknown, something is not explained", () => {
    const [generation] = azureNpm.generations;
    for (const code of ["npm-skips-policy-ipv6", "npm-negation-means-everyone", "npm-ignores-deleted-pods"]) {
      const property = fc.property(clusters, (manifests) => {
        const result = compileManifests(manifests, generation!);
        const deviations = result.machine.deviations.filter((deviation) => deviation.code !== code);
        const { findings } = verify({ ...result, machine: { ...result.machine, deviations } });
        return findings.every((finding) => finding.code !== unexplained);
      });
      expect(fc.check(property, { numRuns: 500, seed: 1, endOnFailure: true }).failed, code).toBe(true);
    }
  }, 60_000);

  test("canary: a failure is shown as YAML, as small as it can be", () => {
    const generation = "v2";
    const { failure } = checkCases({
      cases: 500,
      seed: 1,
      generations: [generation],
      unknown: ["npm-ignores-deleted-pods"],
    });
    expect(failure).toMatch(
      /^v2: x\/p1 to x\/p0, 80\/tcp: \w+ by the specification, \w+ by .*\n(v2: .*\n)*---\napiVersion: v1\n/,
    );
    expect(failure?.match(/kind: Pod$/gm)).toHaveLength(2);
    expect(failure?.match(/kind: NetworkPolicy/g)).toHaveLength(1);
  }, 60_000);
});

/** The folder of random clusters beside the project. */
const folder = "../shared/vectors/cases/random";

/** Generations whose policies can't be understood one by one take ten times as long: of the vectors they get a few. */
const slow = azureNpm.deviations
  .filter(({ code }) => /^npm-(shares-peers|stacks-rules)/.test(code))
  .flatMap(({ generations }) => generations);

test.skipIf(!existsSync(folder))(
  "so do they in the random clusters of the vectors",
  () => {
    const names = readdirSync(folder);
    const found: string[] = [];
    names.forEach((name, index) => {
      const text = readFileSync(join(folder, name, "manifests.yaml"), "utf8");
      for (const generation of azureNpm.generations) {
        if (slow.includes(generation) && index % 20 !== 0) continue;
        const { result } = compile([{ name, text }], { generation });
        const { findings } = verify(result!, { alsoReadings: true });
        if (findings.some(({ code }) => code === unexplained)) found.push(`${name} ${generation}`);
      }
    });
    expect(names.length).toBeGreaterThan(20);
    expect(found).toEqual([]);
  },
  120_000,
);
if (!existsSync(folder)) console.warn(`skipped: ${folder} is not there`);
