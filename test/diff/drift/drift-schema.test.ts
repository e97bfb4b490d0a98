import { Ajv2020 } from "ajv/dist/2020.js";
import { readdir, readFile } from "node:fs/promises";
import { expect, test } from "vitest";
import { anpm } from "../../cli/anpm.js";

const validate = new Ajv2020({ strict: true, allErrors: true }).compile(
  JSON.parse(await readFile("dist/drift.schema.json", "utf8")) as object,
);

test("the JSON of every golden case of drift is what the shipped schema describes, with findings and notes", async () => {
  let [findings, notes] = [0, 0];
  for (const name of await readdir("golden/drift")) {
    const folder = `golden/drift/${name}`;
    const dumps = ["--rules", `${folder}/node.rules`, "--sets", `${folder}/node.sets`];
    const value = await driftJson("-f", `${folder}/manifests.yaml`, ...dumps);
    validate(value);
    expect(validate.errors ?? [], name).toEqual([]);
    findings += value.findings.length;
    notes += value.notes.length;
  }
  expect([findings, notes].every((count) => count > 0)).toBe(true);
});

test("canary: the schema refuses a key it does not know", async () => {
  const folder = "golden/drift/pod-was-renumbered";
  const dumps = ["--rules", `${folder}/node.rules`, "--sets", `${folder}/node.sets`];
  const value = await driftJson("-f", `${folder}/manifests.yaml`, ...dumps);
  expect(validate(value)).toBe(true);
  expect(validate({ ...value, surprise: 1 })).toBe(false);
});

async function driftJson(...words: readonly string[]) {
  const { stdout } = await anpm(["drift", ...words, "-o", "json"]);
  return JSON.parse(stdout) as { readonly findings: readonly unknown[]; readonly notes: readonly unknown[] };
}
