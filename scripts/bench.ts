import { writeFile } from "node:fs/promises";
import { cpus, totalmem } from "node:os";
import { benchNpm200, benchReferenceLoad } from "./bench/compiling.js";
import { benchDiff } from "./bench/diff.js";
import { benchKernel, benchPatch } from "./bench/kernel.js";
import { benchMatrix } from "./bench/matrix.js";
import type { Row } from "./bench/measure.js";
import { benchReading } from "./bench/reading.js";
import { benchStarting } from "./bench/starting.js";

/** `npm run bench [-- --json FILE]`: each figure beside its reference of the same run, as a table and as JSON. */

const rows: Row[] = [];
const show = (...found: readonly Row[]): void => {
  for (const row of found) {
    rows.push(row);
    const verdict = row.met === "not measured" ? "not measured" : row.met ? "met" : "MISSED";
    console.log(`| ${row.what} | ${row.reference} | ${row.goal} | ${row.measured} | ${verdict} |`);
  }
};

console.log("| what | reference | goal | measured | |\n|---|---|---|---|---|");
show(benchReading(), benchNpm200());
show(...(await benchReferenceLoad()));
show(...benchMatrix());
show(...benchDiff());
show(await benchKernel(), await benchPatch(), benchStarting());

const machine = { node: process.version, cpu: cpus()[0]?.model.trim(), cores: cpus().length, memoryBytes: totalmem() };
console.log(
  `\nNode ${machine.node}, ${machine.cores} × ${machine.cpu}, ${(machine.memoryBytes / 2 ** 30).toFixed(0)} GiB`,
);
const file = process.argv.indexOf("--json");
if (file > 0) await writeFile(process.argv[file + 1]!, `${JSON.stringify({ machine, rows }, null, 2)}\n`);
