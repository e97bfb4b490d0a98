import { execaSync } from "execa";
import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { loadText, type LoadSize } from "./load.js";
import { inSeconds, median, seconds, type Row } from "./measure.js";

/** netpol-analyzer's `list -o json` of 1,000 pods (measured once, vectors' README, speed/); of 3,000 it was not done after 670 s. */
const analyzerSeconds = 64;

/** `matrix -o json` as a whole process: at two sizes beside a peer, how it grows, and at 100,000 pods. */
export function benchMatrix(): Row[] {
  const folder = mkdtempSync(join(tmpdir(), "anpm-bench-"));
  try {
    return [...benchSizes(folder), benchGrowth(folder), benchManyPods(folder)];
  } finally {
    rmSync(folder, { recursive: true });
  }
}

function benchSizes(folder: string): Row[] {
  const small = measure(sharedLoad(1000) ?? write(folder, "1000.yaml", tenPodsAPolicy(1000)), 5);
  const large = measure(sharedLoad(3000) ?? write(folder, "3000.yaml", tenPodsAPolicy(3000)), 3);
  return [
    {
      what: "matrix -o json, whole process: 1,000 pods, 100 policies",
      reference: `netpol-analyzer list: ${analyzerSeconds} s (measured once on a similar machine)`,
      goal: "≥ 50 × faster, ≤ 1.3 s",
      measured: `${inSeconds(small.seconds)}, ${(analyzerSeconds / small.seconds).toFixed(0)} × faster`,
      met: small.seconds <= 1.3 && analyzerSeconds / small.seconds >= 50,
      figures: { ...small, referenceSeconds: analyzerSeconds, ratio: analyzerSeconds / small.seconds },
    },
    {
      what: "the same: 3,000 pods, 300 policies",
      reference: "netpol-analyzer list: not done after 670 s, > 11 GiB",
      goal: "≤ 5 s, ≤ 1 GB",
      measured: `${inSeconds(large.seconds)}, ${(large.bytes / 1e9).toFixed(2)} GB`,
      met: large.seconds <= 5 && large.bytes <= 1e9,
      figures: { ...large },
    },
  ];
}

/** A hundred namespaces with more and more pods of the same classes. */
function benchGrowth(folder: string): Row {
  const files = [100, 200, 400].map((podsEach) =>
    write(folder, `${podsEach}.yaml`, { namespaces: 100, podsEach, policiesEach: 5 }),
  );
  const [quarter, half, whole] = measureByTurns(files, 3) as [Measured, Measured, Measured];
  const growth = [half.seconds / quarter.seconds / 2, whole.seconds / half.seconds / 2];
  return {
    what: `the same, ${whole.classes} classes: 10,000, 20,000, 40,000 pods`,
    reference: "linear",
    goal: "≤ 10 % over",
    measured: [quarter, half, whole].map((each) => inSeconds(each.seconds)).join(", "),
    met: growth.every((ratio) => ratio <= 1.1),
    figures: { quarterSeconds: quarter.seconds, halfSeconds: half.seconds, wholeSeconds: whole.seconds },
  };
}

function benchManyPods(folder: string): Row {
  const found = measure(write(folder, "100000.yaml", { namespaces: 145, podsEach: 690, policiesEach: 5 }), 1);
  return {
    what: `the same: 100,000 pods, ${found.classes} classes`,
    reference: "-",
    goal: "1,000 classes in ≤ 2 GB",
    measured: `${inSeconds(found.seconds)}, ${(found.bytes / 1e9).toFixed(2)} GB`,
    met: found.classes >= 1000 && found.bytes <= 2e9,
    figures: { ...found },
  };
}

interface Measured {
  /** Of the whole process, the median of several. */
  readonly seconds: number;
  /** Largest resident size. */
  readonly bytes: number;
  /** Of pods that differ as sources or as destinations. */
  readonly classes: number;
}

function measure(file: string, rounds: number): Measured {
  return measureByTurns([file], rounds)[0]!;
}

/** Other work on the machine hits each of the files alike. */
function measureByTurns(files: readonly string[], rounds: number): Measured[] {
  const found = Array.from({ length: rounds }, () => files.map(measureOnce));
  return files.map((_, index) => {
    const measured = found.map((round) => round[index]!);
    return {
      seconds: median(measured.map(({ seconds: each }) => each)),
      bytes: Math.max(...measured.map(({ bytes }) => bytes)),
      classes: measured[0]!.classes,
    };
  });
}

/** Tells the largest resident size, in KiB, as the last line on standard error. */
const tellsSize = 'data:text/javascript,process.on("exit",()=>console.error(process.resourceUsage().maxRSS))';

function measureOnce(file: string): Measured {
  let output = { stdout: "", stderr: "" };
  const took = seconds(() => {
    const words = ["--import", tellsSize, "dist/src/main.js", "matrix", "-f", file, "-o", "json"];
    output = execaSync(process.execPath, words, { maxBuffer: 2 ** 30 });
  });
  const { reach } = JSON.parse(output.stdout) as { reach: readonly (readonly number[])[] };
  const bytes = Number(output.stderr.slice(output.stderr.lastIndexOf("\n") + 1)) * 1024;
  return { seconds: took, bytes, classes: Math.max(reach.length, reach[0]?.length ?? 0) };
}

/** The load of the vectors, where they lie beside the checkout. */
function sharedLoad(pods: number): string | undefined {
  const file = `../shared/vectors/speed/${pods}/manifests.yaml`;
  return existsSync(file) ? file : undefined;
}

/** Ten pods a namespace and a policy. */
function tenPodsAPolicy(pods: number): LoadSize {
  return { namespaces: pods / 10, podsEach: 10, policiesEach: 1 };
}

function write(folder: string, name: string, size: LoadSize): string {
  const file = join(folder, name);
  writeFileSync(file, loadText(size));
  return file;
}
