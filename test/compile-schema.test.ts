import { Ajv2020 } from "ajv/dist/2020.js";
import { readFileSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { describe, expect, test } from "vitest";
import { readCases } from "../scripts/golden-cases.js";
import { anpm } from "./cli/anpm.js";

const validate = new Ajv2020({ strict: true, allErrors: true }).compile(
  JSON.parse(await readFile("dist/compile.schema.json", "utf8")) as object,
);
const cases = readCases()
  .filter(({ name }) => !name.startsWith("calico-"))
  .slice(0, 8);
const ordered = ["tiers", "global-policies", "host-endpoints", "network-sets", "services", "many-ports"];

describe("compile -o json", () => {
  test.each(cases.map(({ name }) => name))("golden case %s is what the shipped schema describes", async (name) => {
    const { stdout } = await anpm(["compile", "-f", `golden/${name}/manifests.yaml`, "-o", "json"]);
    const valid = validate(JSON.parse(stdout));
    expect(validate.errors ?? []).toEqual([]);
    expect(valid).toBe(true);
  });

  test.each(ordered)("so is golden case calico-%s, whose policies are looked at in an order", async (name) => {
    const folder = `golden/calico-${name}`;
    const options = readFileSync(`${folder}/options`, "utf8").trim().split(/\s+/);
    const { stdout } = await anpm(["compile", "-f", `${folder}/manifests.yaml`, ...options, "-o", "json"]);
    validate(JSON.parse(stdout));
    expect(validate.errors ?? []).toEqual([]);
    expect(stdout).toContain('"rank"');
  });

  test("canary: the schema refuses a rule without text and a key it does not know", async () => {
    const { stdout } = await anpm(["compile", "-f", "golden/aks-1-deny/manifests.yaml", "-o", "json"]);
    const value = JSON.parse(stdout) as { chains: { rules: { text?: string }[] }[] };
    delete value.chains.find(({ rules }) => rules.length > 0)!.rules[0]!.text;
    expect(validate(value)).toBe(false);
    expect(validate({ ...(JSON.parse(stdout) as object), surprise: 1 })).toBe(false);
  });
});
