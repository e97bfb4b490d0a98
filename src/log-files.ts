import { readdirSync, statSync } from "node:fs";
import { join } from "node:path";
import { diagnostic, type Diagnostic } from "../compiler/index.js";
import { Failure } from "./failure.js";
import { unreadable } from "./read-sources.js";

/**
 * The files that paths name, `-` for standard input, a folder for the azure-npm.log files in it. Rotated files of one log come
 * oldest first: `azure-npm.log.2`, `azure-npm.log.1`, `azure-npm.log`. Throws a Failure with everything that is not there.
 */
export function logFiles(paths: readonly string[]): readonly string[] {
  const mistakes: Diagnostic[] = [];
  if (paths.filter((path) => path === "-").length > 1) mistakes.push(diagnostic("stdin-twice", {}));
  const files = paths.flatMap((path) => {
    try {
      if (path === "-" || !statSync(path).isDirectory()) return [path];
      const found = readdirSync(path).filter((name) => /^azure-npm\.log(\.\d+)?$/.test(name));
      if (found.length === 0) mistakes.push(diagnostic("folder-without-logs", { path }));
      return found.map((name) => join(path, name));
    } catch (error) {
      mistakes.push(unreadable(path, error));
      return [];
    }
  });
  if (mistakes.length > 0) throw new Failure(mistakes);
  return inOrder(files);
}

function inOrder(files: readonly string[]): readonly string[] {
  const logs = new Map<string, string[]>();
  for (const file of files) {
    const name = file.replace(/\.\d+$/, "");
    const known = logs.get(name);
    if (known) known.push(file);
    else logs.set(name, [file]);
  }
  return [...logs].flatMap(([name, rotated]) => {
    const age = (file: string) => Number(file.slice(name.length + 1));
    return rotated.toSorted((a, b) => age(b) - age(a));
  });
}
