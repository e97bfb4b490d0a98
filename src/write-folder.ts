import {
  chmodSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  renameSync,
  rmSync,
  rmdirSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { dirname, join, normalize } from "node:path";
import { diagnostic } from "../compiler/index.js";
import { Failure } from "./failure.js";

export interface OutputFile {
  /** A path inside the folder. */
  readonly name: string;
  readonly text: string;
  readonly executable: boolean;
}

/**
 * Writes files into a folder, made when missing: all of them or, when something fails, none, and what was there before is
 * there again. Other files of the folder are not touched. A file is never seen half-written: it is written to a folder
 * inside, which has the same file system, and renamed.
 */
export function writeFolder(folder: string, files: readonly OutputFile[]): void {
  const made = [...makeFolder(folder)];
  let staging: string | undefined;
  const undo: (() => void)[] = [];
  try {
    staging = mkdtempSync(join(folder, ".anpm-"));
    for (const below of new Set(files.map(({ name }) => dirname(name)))) {
      made.unshift(...makeFolder(join(folder, below)));
      mkdirSync(join(staging, below), { recursive: true });
    }
    for (const file of files) stage(staging, file, join(folder, file.name));
    for (const file of files) undo.push(moveIntoPlace(staging, file, join(folder, file.name)));
  } catch (error) {
    for (const step of undo.toReversed()) step();
    if (staging !== undefined) rmSync(staging, { recursive: true, force: true });
    for (const each of made) rmdirSync(each);
    throw error instanceof Failure ? error : cannotWrite(folder, error);
  }
  rmSync(staging, { recursive: true, force: true });
}

/** The folders that had to be made, innermost first. One by one: where none can be made, as in /proc, Node's `recursive` tries for ever. */
function makeFolder(folder: string): readonly string[] {
  const path = normalize(folder);
  const missing: string[] = [];
  for (let at = path; !existsSync(at) && at !== dirname(at); at = dirname(at)) missing.push(at);
  const made: string[] = [];
  try {
    for (const each of missing.toReversed()) {
      mkdirSync(each);
      made.unshift(each);
    }
    if (!statSync(path).isDirectory()) throw Object.assign(new Error(), { code: "EEXIST" });
  } catch (error) {
    for (const each of made) rmdirSync(each);
    throw cannotWrite(folder, error);
  }
  return made;
}

function stage(staging: string, file: OutputFile, target: string): void {
  if (existsSync(target)) {
    if (statSync(target).isDirectory()) throw new Error(`${file.name} is a folder there`);
    copyFileSync(target, join(staging, `${file.name}.before`));
  }
  const staged = join(staging, file.name);
  writeFileSync(staged, file.text);
  if (file.executable) chmodSync(staged, 0o777 & ~process.umask());
}

/** Returns what takes it back. */
function moveIntoPlace(staging: string, file: OutputFile, target: string): () => void {
  const before = join(staging, `${file.name}.before`);
  const existed = existsSync(before);
  renameSync(join(staging, file.name), target);
  return () => (existed ? renameSync(before, target) : rmSync(target));
}

function cannotWrite(path: string, error: unknown): Failure {
  const { code, message } = error as NodeJS.ErrnoException;
  const reasons: Readonly<Record<string, string>> = {
    EACCES: "permission denied",
    ENOENT: "no folder can be made there",
    EROFS: "the file system is read-only",
    ENOSPC: "no space is left",
    EEXIST: "it is a file",
    ENOTDIR: "a part of its path is a file",
  };
  const reason = (code === undefined ? undefined : reasons[code]) ?? message;
  return new Failure([diagnostic("cannot-write", { path, reason })]);
}
