import { describe, expect, test } from "vitest";
import { outputs } from "../../../compiler/outputs.js";
import { printIpsetSave } from "../../../compiler/netfilter/print-ipset-save.js";
import { printIptablesSave } from "../../../compiler/netfilter/print-iptables-save.js";
import { compileCase, readCases } from "../../../scripts/golden-cases.js";
import { readWhole } from "../read-back.js";

const log = outputs.find(({ name }) => name === "log")!;

describe.each(["v1", "v1-2020", "v1-2019b", "v1-2019", "v1-2018"])("the exact voice of %s, read back", (generation) => {
  test("is understood to the last line and tells of the emitted rules, and sets since v1.0.23", () => {
    const cases = readCases().filter((golden) => golden.generations.includes(generation));
    expect(cases.length).toBeGreaterThan(20);
    for (const golden of cases) {
      const { result } = compileCase(golden, generation);
      if (!result) continue;
      const reader = readWhole(log.print(result, {}), golden.options.existing);
      const { chains, sets } = reader.tables();
      expect(reader.summary().unknownLines, golden.name).toEqual([]);
      // Up to v1.0.22 NPM puts its jump first; where somebody asks anpm for another place, the log does not tell it.
      if (reader.gaps().length > 0 && golden.options.placement === "after-kube-services") continue;
      expect(printIptablesSave({ chains }), golden.name).toBe(printIptablesSave(result.tables));
      if (reader.gaps().length === 0)
        expect(printIpsetSave(sets), golden.name).toBe(printIpsetSave(result.tables.sets));
    }
  });
});

test("the exact voice of v2 is understood to the last line", () => {
  const read = ["v2", "v2-fnv", "v2-2022"].flatMap((generation) =>
    readCases()
      .filter((golden) => golden.generations.includes(generation))
      .flatMap((golden) => compileCase(golden, generation).result ?? [])
      .map((result) => readWhole(log.print(result, {})).summary()),
  );
  expect(read.length).toBeGreaterThan(100);
  expect(read.flatMap(({ unknownLines }) => unknownLines)).toEqual([]);
});
