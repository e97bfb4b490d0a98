import { build } from "esbuild";
import { mkdir } from "node:fs/promises";
import { resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { parseArgs } from "node:util";
import { whyNoKernel } from "./kernel/namespace.js";

/**
 * `node dist/scripts/patches.js --cases N --seed S [--kill-every K]`: patches between N random pairs of clusters in the kernel, all
 * generations and their flavours by turns, each K-th pair also killed at every step. The generator is the one of the test: test/agreement/.
 * Exit codes: 0 fine, 1 a promise broken, 3 no kernel to try it in.
 */
const { values } = parseArgs({
  options: {
    cases: { type: "string", default: "1000" },
    seed: { type: "string", default: "1" },
    "kill-every": { type: "string", default: "20" },
  },
});

const reason = whyNoKernel();
if (reason) {
  console.error(`patches: ${reason}`);
  process.exit(3);
}

const outfile = resolve("dist/agreement/check-patches.js");
await mkdir("dist/agreement", { recursive: true });
await build({
  entryPoints: ["test/kernel/check-patches.ts"],
  outfile,
  bundle: true,
  packages: "external",
  platform: "node",
  format: "esm",
  logLevel: "warning",
});
interface Checked {
  readonly cases: number;
  readonly commits: Readonly<Record<string, number>>;
  readonly kills: number;
  readonly failure?: string;
}
const { checkPatches, allNodes } = (await import(pathToFileURL(outfile).href)) as {
  checkPatches: (options: object) => Checked;
  allNodes: object;
};

const began = performance.now();
let shown = began;
const { cases, commits, kills, failure } = checkPatches({
  cases: Number(values.cases),
  seed: Number(values.seed),
  nodes: allNodes,
  killEvery: Number(values["kill-every"]),
  progress(checked: number) {
    if (performance.now() - shown < 30_000) return;
    shown = performance.now();
    console.error(`${checked} pairs`);
  },
});
const seconds = ((performance.now() - began) / 1000).toFixed(0);
console.log(
  `${cases} pairs (commits: ${commits["none"]} none, ${commits["one"]} one, ${commits["two"]} two), ` +
    `${kills} kills and failed commands, seed ${values.seed}, ${seconds} s: ${failure === undefined ? "every promise kept" : "failed"}`,
);
if (failure !== undefined) {
  console.error(failure);
  process.exitCode = 1;
}
