import { closeSync, openSync, readdirSync, readFileSync, realpathSync, statSync, type Dirent } from "node:fs";
import { extname, join } from "node:path";
import { diagnostic, isError, type Diagnostic, type Source } from "../compiler/index.js";
import { decodeUtf8, maxByteLength, type Decoded } from "./decode-utf8.js";
import { Failure } from "./failure.js";
import { readStream } from "./read-stream.js";

export interface Read {
  readonly sources: readonly Source[];
  /** Warnings. */
  readonly diagnostics: readonly Diagnostic[];
}

/**
 * Reads what `-f` names, in that order: files of any name, folders (recursively their .yaml, .yml and .json files, sorted by
 * path), `-` for standard input. Throws a Failure with everything that cannot be read.
 */
export function readSources(paths: readonly string[]): Read {
  if (paths.filter((path) => path === "-").length > 1) throw new Failure([diagnostic("stdin-twice", {})]);
  const found = paths.map(findFiles);
  const read = found.flatMap(({ files }) => files.map(readFile));
  const diagnostics = [
    ...found.flatMap((each) => each.diagnostics),
    ...read.flatMap((each) => ("error" in each ? [each.error] : [])),
  ];
  if (diagnostics.some(isError)) throw new Failure(diagnostics);
  return { sources: read.flatMap((each) => ("source" in each ? [each.source] : [])), diagnostics };
}

/** What a source is called that came from standard input. */
export const standardInput = "<stdin>";

/** Reads one file, or standard input (`-`). */
export function readFile(path: string): Decoded {
  try {
    if (path === "-") return decodeUtf8(standardInput, readStream(0, maxByteLength));
    return decodeUtf8(path, statSync(path).isFile() ? readFileSync(path) : readPipe(path));
  } catch (error) {
    return { error: unreadable(path === "-" ? "standard input" : path, error) };
  }
}

function readPipe(path: string): Buffer {
  const file = openSync(path, "r");
  try {
    return readStream(file, maxByteLength);
  } finally {
    closeSync(file);
  }
}

interface Found {
  readonly files: readonly string[];
  readonly diagnostics: readonly Diagnostic[];
}

function findFiles(path: string): Found {
  if (path === "-") return { files: [path], diagnostics: [] };
  try {
    if (!statSync(path).isDirectory()) return { files: [path], diagnostics: [] };
  } catch (error) {
    return { files: [], diagnostics: [unreadable(path, error)] };
  }
  const found = findFilesBelow(path);
  if (found.files.length > 0 || found.diagnostics.some(isError)) return found;
  return { files: [], diagnostics: [...found.diagnostics, diagnostic("folder-without-manifests", { path })] };
}

/** Manifest files of a folder and of the folders in it. What links reach a second time is left out, with a warning. */
function findFilesBelow(root: string): Found {
  const files: string[] = [];
  const diagnostics: Diagnostic[] = [];
  /** Real path → the path it was reached by. */
  const reached = new Map<string, string>();

  /** `real` is absent where a link may lead elsewhere. */
  function visit(path: string, entry?: Dirent, real?: string): void {
    try {
      const status = entry?.isSymbolicLink() === false ? entry : statSync(path);
      if (!status.isDirectory() && !isManifestName(path)) return;
      real ??= realpathSync(path);
      const target = reached.get(real);
      if (target !== undefined) diagnostics.push(diagnostic("read-already", { path, target }));
      else if (status.isDirectory()) visitFolder(path, real);
      else if (status.isFile()) files.push(reachedBy(path, real));
      else diagnostics.push(diagnostic("file-unreadable", { path, reason: "it is not a regular file" }));
    } catch (error) {
      if (isManifestName(path) || (error as NodeJS.ErrnoException).code !== "ENOENT")
        diagnostics.push(unreadable(path, error));
    }
  }

  function visitFolder(path: string, real: string): void {
    reachedBy(path, real);
    const entries = readdirSync(path, { withFileTypes: true });
    for (const entry of entries.toSorted((a, b) => (a.name < b.name ? -1 : 1))) {
      visit(join(path, entry.name), entry, entry.isSymbolicLink() ? undefined : join(real, entry.name));
    }
  }

  function reachedBy(path: string, real: string): string {
    reached.set(real, path);
    return path;
  }

  visit(root);
  return { files: files.toSorted(), diagnostics };
}

function isManifestName(path: string): boolean {
  return [".yaml", ".yml", ".json"].includes(extname(path));
}

/** Why a file cannot be read, from what Node says. */
export function unreadable(path: string, error: unknown): Diagnostic {
  const { code, message } = error as NodeJS.ErrnoException;
  if (code === "ENOENT" || code === "ENOTDIR") return diagnostic("file-not-found", { path });
  if (code === "EISDIR") return diagnostic("folder-not-a-file", { path });
  if (code === "ERR_FS_FILE_TOO_LARGE") return diagnostic("file-too-large", { path });
  return diagnostic("file-unreadable", { path, reason: reasonOf(code, message) });
}

function reasonOf(code: string | undefined, message: string): string {
  const reasons: Readonly<Record<string, string>> = {
    EACCES: "permission denied",
    EPERM: "permission denied",
    ELOOP: "its symbolic links lead in a circle",
  };
  return (code === undefined ? undefined : reasons[code]) ?? message;
}
