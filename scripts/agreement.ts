import { build } from "esbuild";
import { mkdir } from "node:fs/promises";
import { resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { parseArgs } from "node:util";

/**
 * `node dist/scripts/agreement.js --cases N --seed S [--engine calico] [--generation v2]…`: verifies N random clusters, as all generations or those named, and
 * prints how often each deviation was found. Fails on the first difference that none explains, shrunk, as YAML. The generator is the one of
 * the test: test/agreement/.
 */

const { values } = parseArgs({
  options: {
    cases: { type: "string", default: "100000" },
    seed: { type: "string", default: "1" },
    engine: { type: "string", default: "azure-npm" },
    generation: { type: "string", multiple: true },
  },
});

const outfile = resolve("dist/agreement/check-cases.js");
await mkdir("dist/agreement", { recursive: true });
await build({
  entryPoints: ["test/agreement/check-cases.ts"],
  outfile,
  bundle: true,
  packages: "external",
  platform: "node",
  format: "esm",
  logLevel: "warning",
});
interface Checked {
  readonly cases: number;
  readonly found: ReadonlyMap<string, ReadonlyMap<string, number>>;
  readonly failure?: string;
}
const { checkCases } = (await import(pathToFileURL(outfile).href)) as { checkCases: (options: object) => Checked };

const began = performance.now();
let shown = began;
const { cases, found, failure } = checkCases({
  cases: Number(values.cases),
  seed: Number(values.seed),
  engine: values.engine,
  ...(values.generation && { generations: values.generation }),
  progress(checked: number) {
    if (performance.now() - shown < 30_000) return;
    shown = performance.now();
    console.error(`${checked} clusters`);
  },
});
for (const [generation, counts] of found) {
  console.log(generation);
  for (const [code, count] of [...counts].sort(([, a], [, b]) => b - a))
    console.log(`  ${`${count}`.padStart(7)} ${code}`);
}
const seconds = ((performance.now() - began) / 1000).toFixed(0);
console.log(
  `${cases} clusters, seed ${values.seed}, ${seconds} s: ${failure === undefined ? "all explained" : "failed"}`,
);
if (failure !== undefined) {
  console.error(failure);
  process.exitCode = 1;
}
