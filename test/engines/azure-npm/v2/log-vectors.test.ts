import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { parseIptablesSave } from "../../../../compiler/netfilter/parse-iptables-save.js";
import type { CompileOptions, CompileResult } from "../../../../compiler/compile.js";
import { compile } from "../../../../compiler/compile.js";
import { outputs } from "../../../../compiler/outputs.js";
import { replay } from "../../../../compiler/replay.js";
import type { ReplayStep } from "../../../../compiler/replay-events.js";

// What the real NPM logged. The order of labels, and so of lines and words about them, is random in NPM: the lines of one
// event are compared in sorted order. `check.py` of the vectors compares more strictly.
const root = join(import.meta.dirname, "../../../../../shared/vectors/cases");
const present = existsSync(root);
if (!present) console.log("skipped: ../shared/vectors/cases is not there");
const cases = present
  ? readdirSync(root, { recursive: true, encoding: "utf8" }).filter((path) => existsSync(join(root, path, "expected")))
  : [];

describe.skipIf(!present).each(["v2", "v2-fnv", "v2-2022"])("%s logs what the real NPM logged", (generation) => {
  const logged = cases.filter((path) => existsSync(join(root, path, "expected", generation, "azure-npm.log")));

  test("there are cases", () => expect(logged.length).toBeGreaterThan(40));

  test.each(logged.toSorted())("%s", (path) => {
    const expected = readFileSync(join(root, path, "expected", generation, "azure-npm.log"), "utf8");
    const found = outputs.find(({ name }) => name === "log")!.print(resultOf(join(root, path), generation), {});
    expect(withoutChance(found)).toEqual(withoutChance(expected));
  });
});

function resultOf(folder: string, generation: string): CompileResult {
  const text = (name: string) => (existsSync(join(folder, name)) ? readFileSync(join(folder, name), "utf8") : "");
  const options: CompileOptions = {
    generation,
    lite: text("options").includes("--lite"),
    ...(text("options").includes("--place-first") && { placement: "first" }),
    ...(text("existing") && { existing: { chains: parseIptablesSave(text("existing")).chains, sets: [] } }),
  };
  if (!existsSync(join(folder, "steps")))
    return compile([{ name: "manifests.yaml", text: text("manifests.yaml") }], options).result!;
  const steps = readdirSync(join(folder, "steps")).toSorted();
  return replay(
    steps.map((name): ReplayStep => {
      const action = name.split(/[-.]/)[1] as ReplayStep["action"];
      return { name, action, sources: [{ name, text: text(join("steps", name)) }] };
    }),
    options,
  ).result!.whole;
}

/** Without times, process ids, addresses in memory, uids, the drawn resync period, a line that races and the order of labels. */
function withoutChance(log: string): readonly string[] {
  const lines = log
    .replace(/^([IWE])\d{4} \d\d:\d\d:\d\d\.\d+ +\d+ /gm, "$1 ")
    .replace(/^\d{4}\/\d\d\/\d\d \d\d:\d\d:\d\d \[\d+\] /gm, "")
    .replace(/0x[0-9a-f]{8,}/g, "POINTER")
    .replace(/(POD CREATING: \[|newUid:)[-0-9a-z]*/g, "$1UID")
    .replace(/(Resync period for NPM pod is set to) \d+/, "$1 N")
    .split("\n")
    .filter((line) => !/^\[Telemetry\]|Starting NPM HTTP API/.test(line))
    .map((line) => (/match-set|-AND-|stale chains/.test(line) ? sortedWords(line) : line));
  const events: string[][] = [[]];
  for (const line of lines) {
    events.at(-1)!.push(line);
    if (/Successfully synced|starting NPM - /.test(line)) events.push([]);
  }
  return events.flatMap((event) => event.toSorted());
}

function sortedWords(line: string): string {
  return line
    .split(/-AND-|-TO-|-FROM-|[ [\]]/)
    .toSorted()
    .join(" ");
}
