import { build } from "esbuild";
import { mkdir } from "node:fs/promises";
import { resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { parseArgs } from "node:util";

/**
 * `node dist/scripts/packets.js --clusters N --seed S [--npm v2]…`: sends real packets through the rules of N random clusters, each as
 * one of all generations or of those named, in network namespaces. Fails on the first packet that the kernel takes otherwise than the
 * tracer, shrunk, as YAML. The generator is the one of the tests. Exit codes: 0 fine, 1 a packet differs, 3 no kernel to try it in.
 */

const { values } = parseArgs({
  options: {
    clusters: { type: "string", default: "50" },
    seed: { type: "string", default: "1" },
    npm: { type: "string", multiple: true },
  },
});

const outfile = resolve("dist/packets/check-packets.js");
await mkdir("dist/packets", { recursive: true });
await build({
  entryPoints: ["test/kernel/check-packets.ts"],
  outfile,
  bundle: true,
  packages: "external",
  platform: "node",
  format: "esm",
  logLevel: "warning",
});
interface Checked {
  readonly clusters: number;
  readonly asWhat: ReadonlyMap<string, number>;
  readonly packets: ReadonlyMap<string, number>;
  readonly arrived: number;
  readonly deviating: number;
  readonly leftOut: ReadonlyMap<string, number>;
  readonly unavailable?: string;
  readonly failure?: string;
}
const { checkPackets } = (await import(pathToFileURL(outfile).href)) as {
  checkPackets: (options: object) => Promise<Checked>;
};

const began = performance.now();
let shown = began;
const { clusters, asWhat, packets, arrived, deviating, leftOut, unavailable, failure } = await checkPackets({
  clusters: Number(values.clusters),
  seed: Number(values.seed),
  ...(values.npm && { generations: values.npm }),
  progress(checked: number) {
    if (performance.now() - shown < 30_000) return;
    shown = performance.now();
    console.error(`${checked} clusters`);
  },
});
if (unavailable !== undefined) {
  console.error(`packets: ${unavailable}`);
  process.exit(3);
}
const list = (counts: ReadonlyMap<string, number>): string =>
  [...counts].map(([key, count]) => `  ${`${count}`.padStart(7)} ${key}\n`).join("");
const seconds = ((performance.now() - began) / 1000).toFixed(0);
const sum = [...packets.values()].reduce((a, b) => a + b, 0);
console.log(`clusters as\n${list(asWhat)}packets\n${list(packets)}not tried, in so many clusters\n${list(leftOut)}`);
console.log(
  `${clusters} clusters, seed ${values.seed}, ${seconds} s: ${sum} packets, ${arrived} arrived, ${deviating} otherwise than the ` +
    `specification says, ${failure === undefined ? "all as the tracer says" : "failed"}`,
);
if (failure !== undefined) {
  console.error(failure);
  process.exitCode = 1;
}
