import { execaSync } from "execa";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { loadText, referenceLoad } from "./load.js";
import { inSeconds, medians, times, type Row } from "./measure.js";

/** `anpm diff` as a whole process: one policy of a folder of 10,000, and ten of the reference load. */
export function benchDiff(): Row[] {
  const folder = mkdtempSync(join(tmpdir(), "anpm-bench-"));
  try {
    return [benchFolder(folder), benchReferenceLoad(folder)];
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** A file for each namespace with its pods and policies. */
function benchFolder(folder: string): Row {
  const documents = loadText({ namespaces: 2000, podsEach: 4, policiesEach: 5 }).split("---\n");
  const files = new Map<string, string[]>();
  for (const document of documents) {
    const name = /\bns-\d+/.exec(document)![0];
    files.set(name, [...(files.get(name) ?? []), document]);
  }
  for (const side of ["old", "new"]) {
    mkdirSync(join(folder, side));
    for (const [name, its] of files) {
      const edits = side === "new" && name === "ns-01000" ? 1 : 0;
      writeFileSync(join(folder, side, `${name}.yaml`), withOtherPorts(its, edits).join("---\n"));
    }
  }
  const { seconds, ratio, compiling } = measure(join(folder, "old"), join(folder, "new"), 5);
  return {
    what: "diff, whole process: one policy of 10,000 in 2,000 files, with 8,000 pods",
    reference: `compile of one side: ${inSeconds(compiling)}`,
    goal: "< 3 s",
    measured: `${inSeconds(seconds)}, ${times(ratio)}`,
    met: seconds < 3,
    figures: { seconds, referenceSeconds: compiling, ratio },
  };
}

function benchReferenceLoad(folder: string): Row {
  const documents = loadText(referenceLoad).split("---\n");
  const [old, young] = [join(folder, "old.yaml"), join(folder, "new.yaml")];
  writeFileSync(old, documents.join("---\n"));
  writeFileSync(young, withOtherPorts(documents, 10).join("---\n"));
  const { seconds, ratio, compiling } = measure(old, young, 1);
  return {
    what: "the same: ten policies of 75,000, with 100,000 pods, a file each side",
    reference: `compile of one side: ${inSeconds(compiling)}`,
    goal: "≤ 2.5 ×: little more than compiling both",
    measured: `${inSeconds(seconds)}, ${times(ratio)}`,
    met: ratio <= 2.5,
    figures: { seconds, referenceSeconds: compiling, ratio },
  };
}

/** With another port in so many policies, far from each other. */
function withOtherPorts(documents: readonly string[], edits: number): readonly string[] {
  const places = documents.flatMap((document, index) => (document.includes("{port: 80}") ? [index] : []));
  const chosen = new Set(Array.from({ length: edits }, (_, k) => places[Math.floor((k * places.length) / edits)]!));
  return documents.map((document, index) =>
    chosen.has(index) ? document.replace("{port: 80}", "{port: 81}") : document,
  );
}

function measure(old: string, young: string, rounds: number) {
  const run = (...words: readonly string[]) =>
    execaSync(process.execPath, ["dist/src/main.js", ...words], { maxBuffer: 2 ** 30 });
  const [seconds, compiling] = medians(
    rounds,
    () => run("diff", old, young, "--fail-on", "none"),
    () => run("compile", "-f", old),
  );
  return { seconds, compiling, ratio: seconds / compiling };
}
