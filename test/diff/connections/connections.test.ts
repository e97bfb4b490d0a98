import fc from "fast-check";
import { expect, test } from "vitest";
import { azureNpm } from "../../../compiler/engines/azure-npm/azure-npm.js";
import { connectionRows } from "../../../compiler/diff/connections/connection-rows.js";
import { diffConnections } from "../../../compiler/diff/connections/connections.js";
import { diffTables } from "../../../compiler/netfilter/tables-difference.js";
import type { DiffVersion } from "../../../compiler/diff/diff.js";
import { compileCase, readCases } from "../../../scripts/golden-cases.js";
import { lacking, matrixRows } from "./matrix-difference.js";
import { textOf, versionOf, versionPairs } from "../versions.js";

function expectDifferenceOfMatrices(before: Pick<DiffVersion, "result">, after: Pick<DiffVersion, "result">): number {
  const changes = diffConnections(before.result, after.result, diffTables(before.result.tables, after.result.tables));
  const [old, young] = [matrixRows(before), matrixRows(after)];
  const said = (what: "opened" | "closed") => {
    const { rows, omitted } = connectionRows(changes, what, 1_000_000);
    expect(omitted).toBe(0);
    const ofPods = rows.filter(({ source, destination }) => source.includes("/") && destination.includes("/"));
    return ofPods.map((row) => `${row.source} ${row.destination} ${row.protocol} ${row.ports}`).sort();
  };
  expect(said("opened")).toEqual(lacking(young, old));
  expect(said("closed")).toEqual(lacking(old, young));
  return changes.length;
}

test("what opens and closes is the difference of the two matrices, in random pairs of versions, of every generation", () => {
  let changed = 0;
  fc.assert(
    fc.property(versionPairs, fc.constantFrom(...azureNpm.generations), ([before, after], generation) => {
      const options = { generation };
      changed += Number(
        expectDifferenceOfMatrices(versionOf(textOf(before), options), versionOf(textOf(after), options)) > 0,
      );
    }),
    { numRuns: 300 },
  );
  expect(changed).toBeGreaterThan(200);
}, 120_000);

test("and between two generations", () => {
  fc.assert(
    fc.property(
      versionPairs,
      fc.constantFrom(...azureNpm.generations),
      fc.constantFrom(...azureNpm.generations),
      ([before], one, other) => {
        const text = textOf(before);
        expectDifferenceOfMatrices(versionOf(text, { generation: one }), versionOf(text, { generation: other }));
      },
    ),
    { numRuns: 100 },
  );
}, 120_000);

test("and between golden cases that share a cluster", () => {
  const byPods = new Map<string, DiffVersion["result"][]>();
  for (const golden of readCases().filter(({ options }) => options.engine === undefined)) {
    const { result } = compileCase(golden, golden.generations[0]!);
    if (!result) continue;
    const pods = result.objects.flatMap((object) =>
      object.kind === "Pod" ? [`${object.namespace}/${object.name} ${object.ip}`] : [],
    );
    if (pods.length === 0) continue;
    const key = pods.sort().join();
    byPods.set(key, [...(byPods.get(key) ?? []), result]);
  }
  let pairs = 0;
  for (const results of byPods.values()) {
    for (const before of results) {
      for (const after of results) {
        if (before === after) continue;
        expectDifferenceOfMatrices({ result: before }, { result: after });
        pairs += 1;
      }
    }
  }
  console.log(`${pairs} pairs of golden cases compared`);
  expect(pairs).toBeGreaterThanOrEqual(6);
}, 120_000);
