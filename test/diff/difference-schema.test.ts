import { Ajv2020 } from "ajv/dist/2020.js";
import fc from "fast-check";
import { readdir, readFile } from "node:fs/promises";
import { expect, test } from "vitest";
import { diff } from "../../compiler/diff/diff.js";
import { differenceJson } from "../../compiler/diff/formats/format-json.js";
import { portChanged } from "./formats/shop.js";
import { textOf, versionOf, versionPairs } from "./versions.js";

const validate = new Ajv2020({ strict: true, allErrors: true }).compile(
  JSON.parse(await readFile("dist/diff.schema.json", "utf8")) as object,
);

test("random differences are what the shipped schema describes", () => {
  const property = fc.property(versionPairs, ([before, after]) => {
    validate(JSON.parse(JSON.stringify(differenceJson(diff(versionOf(textOf(before)), versionOf(textOf(after)))))));
    expect(validate.errors ?? []).toEqual([]);
  });
  fc.assert(property, { numRuns: 10 });
}, 60_000);

test("so is the JSON of every golden case", async () => {
  const cases = await readdir("golden/diff");
  expect(cases.length).toBeGreaterThan(5);
  for (const name of cases) {
    validate(JSON.parse(await readFile(`golden/diff/${name}/json`, "utf8")));
    expect(validate.errors ?? [], name).toEqual([]);
  }
});

test("canary: the schema refuses an edit of a kind that there is not, and a key it does not know", () => {
  const value = JSON.parse(JSON.stringify(differenceJson(portChanged()))) as { edits: { kind: string }[] };
  expect(validate(value)).toBe(true);
  expect(validate({ ...value, surprise: 1 })).toBe(false);
  value.edits[0]!.kind = "guessed";
  expect(validate(value)).toBe(false);
});
