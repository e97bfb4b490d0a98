import { expect, test } from "vitest";
import { azureNpm } from "../../compiler/index.js";
import { anpm } from "./anpm.js";

test("anpm generations lists each with its span and image tags, newest first", async () => {
  const { stdout, stderr, exitCode } = await anpm(["generations"]);
  const [head, ...rows] = stdout.trimEnd().split("\n");
  expect(head).toMatch(/^id +from +until +image tags +Kubernetes +iptables +what changed$/);
  expect(rows.map((row) => row.split(" ")[0])).toEqual(azureNpm.generations);
  expect(stdout).toMatch(/^v1-2019 +2019-03-01 +2019-08-29 +v1\.0\.18 to v1\.0\.26 +1\.12 +legacy +\S/m);
  expect(stderr).toBe("");
  expect(exitCode).toBe(0);
});

test("an image tag stands for its generation", async () => {
  const { stdout } = await anpm(["generations", "v1.0.22"]);
  expect(stdout).toMatch(/^v1-2019: .*\n {2}releases {4}v1\.0\.18 to v1\.0\.26; emulated: v1\.0\.22$/m);
  expect(stdout).toMatch(/^ {14}labels-or$/m);
});

test.each(azureNpm.generations)("each quirk of %s has a consequence, an example and a source", async (id) => {
  const { stdout } = await anpm(["generations", id, "--quirks"]);
  const { generations } = JSON.parse((await anpm(["generations", id, "-o", "json"])).stdout) as {
    generations: readonly { id: string; quirks: readonly Record<string, string>[] }[];
  };
  expect(generations.map((each) => each.id)).toEqual([id]);
  const { quirks } = generations[0]!;
  expect(quirks.length).toBeGreaterThan(4);
  expect(new Set(quirks.map(({ name }) => name)).size).toBe(quirks.length);
  for (const { name, consequence, example, source } of quirks) {
    expect(stdout).toContain(
      `\n  ${name}\n    what happens  ${consequence}\n    for example   ${example}\n    source        ${source}\n`,
    );
  }
});

test("--quirks without a generation explains those of all", async () => {
  const { stdout } = await anpm(["generations", "--quirks"]);
  expect(stdout.match(/^v[12]\S*(?=:)/gm)).toEqual(azureNpm.generations);
});

test.each([
  ["v1.3.0", "no-generation", "v1-2020 or v1"],
  ["v3", "unknown-generation", "did you mean v2?"],
])("anpm generations %s: %s, exit 2", async (version, code, fix) => {
  const { stdout, stderr, exitCode } = await anpm(["generations", version]);
  expect(stdout).toBe("");
  expect(stderr).toContain(`error ${code}:`);
  expect(stderr).toContain(fix);
  expect(exitCode).toBe(2);
});
