import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { printIpsetSave } from "../../../compiler/index.js";
import { outputs } from "../../../compiler/outputs.js";
import { leave } from "./leave.js";
import { cases, present, root } from "./vector-cases.js";

// What the real Felix left in a real kernel, in all four tables and the sets. `check.py` of the vectors compares whole processes.

describe.skipIf(!present).each(["calico", "calico-3.24", "calico-2019"])("%s leaves what Felix left", (generation) => {
  const known = cases.filter((path) => existsSync(join(root, path, "expected", generation)));

  test("there are cases", () => expect(known.length).toBeGreaterThan(50));

  test.each(known.sort())("%s", (path) => {
    const expected = join(root, path, "expected", generation);
    const result = leave(path, generation);
    const saved = outputs[0]!.files!(result, {});
    expect(saved.map(({ name }) => name)).toContain("iptables-save.mangle");
    for (const { name, text } of saved) {
      expect(canonicalChains(text), name).toEqual(canonicalChains(readFileSync(join(expected, name), "utf8")));
    }
    const sets = readFileSync(join(expected, "ipset-save"), "utf8");
    expect(canonicalSets(printIpsetSave(result.tables.sets))).toEqual(canonicalSets(sets));
  });
});

/** Chains by name, rules in order, no counters. */
function canonicalChains(text: string): readonly string[] {
  const lines = text.split("\n").map((line) => line.replace(/^\[\d+:\d+\] /, ""));
  const chains = lines.filter((line) => line.startsWith(":")).map((line) => line.split(" ").slice(0, 2).join(" "));
  const rules = lines
    .filter((line) => line.startsWith("-A "))
    .map((line, at) => ({ line, at, chain: line.split(" ")[1]! }));
  const sorted = rules.sort((a, b) => (a.chain < b.chain ? -1 : a.chain > b.chain ? 1 : a.at - b.at));
  return [...chains.sort(), ...sorted.map(({ line }) => line)];
}

/** Calico's sets, without what differs between runs of the kernel. */
function canonicalSets(text: string): readonly string[] {
  return text
    .split("\n")
    .filter((line) => line.split(" ")[1]?.startsWith("cali"))
    .map((line) => line.replace(/ (bucketsize|initval) \S+/g, "").replace(/hashsize \d+/, "hashsize 1024"))
    .sort();
}
