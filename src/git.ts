import { execaSync } from "execa";
import { extname } from "node:path";
import { diagnostic, isError, type Diagnostic } from "../compiler/index.js";
import { decodeUtf8 } from "./decode-utf8.js";
import { Failure } from "./failure.js";
import type { Read } from "./read-sources.js";

/**
 * Reads paths (files, or the .yaml, .yml and .json files below folders) as they are at two git revisions, without touching the work tree. Names
 * of sources are paths below the current folder. A path that only one of the revisions has is none in the other. With `fromFork` the first
 * side is the commit where the second began to differ from the first.
 */
export function readRevisions(
  revisions: readonly [string, string],
  paths: readonly string[],
  fromFork = false,
): readonly [Read, Read] {
  git(["rev-parse", "--git-dir"], ({ missing, reason }) =>
    missing ? diagnostic("git-missing", {}) : diagnostic("git-no-repository", { reason }),
  );
  const commits = revisions.map(commitOf);
  const mistakes = commits.flatMap((each) => ("error" in each ? [each.error] : []));
  if (mistakes.length > 0) throw new Failure(mistakes);
  const [left, right] = commits.flatMap((each) => ("commit" in each ? [each.commit] : [])) as [string, string];
  const listed = [fromFork ? forkOf(left, right, revisions) : left, right].map((commit) =>
    paths.map((path) => ({ path, files: filesAt(commit, path) })),
  );
  const absent = paths.filter((_, index) => listed.every((each) => each[index]!.files.length === 0));
  if (absent.length > 0) {
    throw new Failure(
      absent.map((path) => diagnostic("git-path-absent", { path, left: revisions[0], right: revisions[1] })),
    );
  }
  const reads = listed.map((each) => readFiles(each.flatMap(({ files }) => files)));
  const errors = reads.flatMap(({ diagnostics }) => diagnostics.filter(isError));
  if (errors.length > 0) throw new Failure(errors);
  return [reads[0]!, reads[1]!];
}

/** The best common ancestor. */
function forkOf(left: string, right: string, [one, other]: readonly [string, string]): string {
  return text(
    git(["merge-base", left, right], () => diagnostic("git-no-common-commit", { left: one, right: other })),
  ).trim();
}

function commitOf(revision: string): { readonly commit: string } | { readonly error: Diagnostic } {
  try {
    const words = ["rev-parse", "--verify", "--quiet", "--end-of-options", `${revision}^{commit}`];
    return { commit: text(git(words, () => diagnostic("git-unknown-revision", { revision }))).trim() };
  } catch (error) {
    if (error instanceof Failure) return { error: error.diagnostics[0]! };
    throw error;
  }
}

interface GitFile {
  readonly name: string;
  /** `COMMIT:./path` */
  readonly object: string;
  /** Bytes. */
  readonly size: number;
  readonly isLink: boolean;
}

function filesAt(commit: string, path: string): readonly GitFile[] {
  const listing = text(
    git(["ls-tree", "-r", "-l", "-z", commit, "--", path], ({ reason }) =>
      diagnostic("file-unreadable", { path, reason }),
    ),
  );
  const clean = path.replace(/^(\.\/)+/, "").replace(/\/+$/, "");
  return listing.split("\0").flatMap((line): GitFile[] => {
    const [, mode, size, name] = /^(\d+) blob \S+ +(\d+)\t(.*)$/s.exec(line) ?? [];
    if (mode === undefined || name === undefined) return [];
    if (name !== clean && ![".yaml", ".yml", ".json"].includes(extname(name))) return [];
    return [{ name, object: `${commit}:./${name}`, size: Number(size), isLink: mode === "120000" }];
  });
}

/** With `git show`, many files at a time. */
function readFiles(files: readonly GitFile[]): Read {
  const unique = [...new Map(files.map((file) => [file.name, file])).values()];
  const links = unique.filter(({ isLink }) => isLink);
  const regular = unique.filter(({ isLink }) => !isLink);
  const sources: Read["sources"][number][] = [];
  const diagnostics: Diagnostic[] = links.map(({ name }) => diagnostic("git-link-skipped", { path: name }));
  for (let first = 0; first < regular.length; first += filesPerCall) {
    const batch = regular.slice(first, first + filesPerCall);
    const shown = git(["show", "--no-textconv", ...batch.map(({ object }) => object)], ({ reason }) =>
      diagnostic("file-unreadable", { path: batch[0]!.name, reason }),
    );
    let at = 0;
    for (const { name, size } of batch) {
      const decoded = decodeUtf8(name, shown.subarray(at, at + size));
      at += size;
      if ("error" in decoded) diagnostics.push(decoded.error);
      else sources.push(decoded.source);
    }
  }
  return { sources, diagnostics };
}

/** A command line holds so many names of any length that files have. */
const filesPerCall = 200;

interface GitFailure {
  /** There is no git. */
  readonly missing: boolean;
  /** First line of what git says. */
  readonly reason: string;
}

function git(words: readonly string[], explain: (failure: GitFailure) => Diagnostic): Buffer {
  const { failed, code, stdout, stderr } = execaSync("git", words, {
    reject: false,
    encoding: "buffer",
    stripFinalNewline: false,
    stdin: "ignore",
    maxBuffer: 2 ** 31,
    env: { LC_ALL: "C", GIT_LITERAL_PATHSPECS: "1" },
  });
  if (!failed) return Buffer.from(stdout);
  const [reason = ""] = text(Buffer.from(stderr ?? [])).split("\n");
  throw new Failure([explain({ missing: code === "ENOENT", reason: reason.replace(/^fatal: /, "") })]);
}

function text(bytes: Buffer): string {
  return bytes.toString("utf8");
}
