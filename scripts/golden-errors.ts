import { execa } from "execa";
import { cp, mkdtemp, readFile, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";

/** A folder of golden/errors/: input that makes the command line say one code. */
export interface ErrorCase {
  /** The code. */
  readonly name: string;
  readonly folder: string;
}

/** The cases, by code. */
export async function readErrorCases(golden = "golden/errors"): Promise<readonly ErrorCase[]> {
  return (await readdir(golden)).toSorted().map((name) => ({ name, folder: join(golden, name) }));
}

/**
 * What the built command line says: `stderr` and `exit-code`. It runs in a copy of the folder, so that messages have paths
 * relative to it and nothing can change it: first the shell script `setup`, if there is one, for what no repository can hold,
 * then the words of `command`, by default `compile -f manifests.yaml`.
 */
export async function errorFiles({ folder }: ErrorCase): Promise<ReadonlyMap<string, string>> {
  const cwd = await mkdtemp(join(tmpdir(), "anpm-golden-"));
  try {
    await cp(folder, cwd, { recursive: true, verbatimSymlinks: true });
    const names = await readdir(cwd);
    if (names.includes("setup")) await execa("sh", ["setup"], { cwd });
    const command = names.includes("command") ? await readFile(join(cwd, "command"), "utf8") : defaultCommand;
    const words = command.split(/\s+/).filter((word) => word !== "");
    const ran = await execa(process.execPath, [resolve("dist/src/main.js"), ...words], {
      cwd,
      input: "",
      reject: false,
      stripFinalNewline: false,
    });
    return new Map([
      ["exit-code", `${ran.exitCode}\n`],
      ["stderr", ran.stderr],
    ]);
  } finally {
    await rm(cwd, { recursive: true, force: true });
  }
}

const defaultCommand = "compile -f manifests.yaml";
