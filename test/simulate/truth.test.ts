import { expect, test } from "vitest";
import { clusterOf } from "../../compiler/simulate/cluster.js";
import { judge, type Judgement } from "../../compiler/simulate/judge.js";
import { cellsOf, compileCase, truthCases, type Cell } from "./vectors.js";

const cases = truthCases();

test.skipIf(cases.length === 0)(
  "the judge gives every verdict of every table, and says which end refuses",
  () => {
    let cells = 0;
    const wrong: string[] = [];
    for (const name of cases) {
      const cluster = clusterOf(compileCase(name).objects);
      for (const cell of cellsOf(name, cluster)) {
        cells += 1;
        const verdict = letterOf(judge(cluster, cell));
        if (verdict !== cell.verdict && wrong.length < 10) wrong.push(`${show(name, cell)}: judged ${verdict}`);
      }
    }
    console.log(`${cells} cells of ${cases.length} tables compared with the judge`);
    expect(wrong).toEqual([]);
    expect(cells).toBeGreaterThan(1_000_000);
  },
  120_000,
);

function letterOf({ ingress, egress }: Judgement): string {
  if (ingress.verdict === "deny") return egress.verdict === "deny" ? "X" : "I";
  return egress.verdict === "deny" ? "E" : ".";
}

function show(name: string, { source, destination, protocol, port, verdict }: Cell): string {
  return `${name}: ${source.address} to ${destination.address} ${port}/${protocol} is ${verdict}`;
}
