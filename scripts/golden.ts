import { execa } from "execa";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { goldenFiles, isInput, readCases } from "./golden-cases.js";
import { driftFiles, readDriftCases } from "./golden-drift.js";
import { diffFiles, readDiffCases, writtenDiffFiles } from "./golden-diff.js";
import { errorFiles, readErrorCases } from "./golden-errors.js";
import { findingFiles, readFindingCases } from "./golden-findings.js";
import { page, pagePath } from "./golden-page.js";
import { readStepsCases, stepsFiles, writtenFiles } from "./golden-steps.js";

/** `npm run golden`: shows what would change in golden/, then writes it; with `-- --check` it only shows. */

const changes = [
  ...compileChanges(),
  ...stepsChanges(),
  ...pageChanges(),
  ...findingChanges(),
  ...driftChanges(),
  ...diffChanges(),
  ...(await errorChanges()),
];
if (changes.length === 0) console.log("golden/ is up to date");
else {
  await show(changes);
  if (process.argv.includes("--check")) process.exitCode = 1;
  else write(changes);
}

interface Change {
  readonly path: string;
  readonly before: string | undefined;
  /** Undefined: nothing writes this file any more. */
  readonly after: string | undefined;
}

function compileChanges(): Change[] {
  return readCases().flatMap((golden) => {
    const stale = readdirSync(golden.folder).filter((name) => !isInput(name));
    return changesOf(golden.folder, goldenFiles(golden), stale);
  });
}

function stepsChanges(): Change[] {
  return readStepsCases().flatMap((golden) => changesOf(golden.folder, stepsFiles(golden), writtenFiles(golden)));
}

/** The parts of the page that quote what is found here. */
function pageChanges(): Change[] {
  const before = readFileSync(pagePath, "utf8");
  const after = page(before);
  return before === after ? [] : [{ path: pagePath, before, after }];
}

function driftChanges(): Change[] {
  return readDriftCases().flatMap((golden) => changesOf(golden.folder, driftFiles(golden), []));
}

function findingChanges(): Change[] {
  return readFindingCases().flatMap((golden) => changesOf(golden.folder, findingFiles(golden), []));
}

function diffChanges(): Change[] {
  return readDiffCases().flatMap((golden) => changesOf(golden.folder, diffFiles(golden), writtenDiffFiles(golden)));
}

async function errorChanges(): Promise<Change[]> {
  const changes: Change[] = [];
  for (const each of await readErrorCases()) changes.push(...changesOf(each.folder, await errorFiles(each), []));
  return changes;
}

function changesOf(folder: string, files: ReadonlyMap<string, string>, present: readonly string[]): Change[] {
  const names = [...new Set([...files.keys(), ...present])];
  return names
    .map((name) => join(folder, name))
    .map((path, index): Change => {
      const before = existsSync(path) ? readFileSync(path, "utf8") : undefined;
      return { path, before, after: files.get(names[index]!) };
    })
    .filter(({ before, after }) => before !== after);
}

/** The changes as git shows them. */
async function show(all: readonly Change[]): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), "anpm-golden-"));
  try {
    for (const { path, before, after } of all) {
      if (before !== undefined) put(join(folder, "before", path), before);
      if (after !== undefined) put(join(folder, "after", path), after);
    }
    mkdirSync(join(folder, "before"), { recursive: true });
    mkdirSync(join(folder, "after"), { recursive: true });
    const diff = ["--no-pager", "diff", "--no-index", "--no-prefix", "before", "after"];
    await execa("git", diff, { cwd: folder, stdio: "inherit", reject: false });
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function write(all: readonly Change[]): void {
  for (const { path, after } of all) {
    if (after === undefined) rmSync(path);
    else put(path, after);
  }
  console.log(`wrote ${all.length} files: review them before you commit them`);
}

function put(path: string, text: string): void {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, text);
}
