import { networkOf } from "../../../netfilter/set-members.js";
import { ipsetError } from "./voices/program-errors.js";

/** One run of `ipset restore`. */
export interface RestoreAttempt {
  /** Its input. */
  readonly lines: readonly string[];
  /** What ipset refused; absent when it took everything. */
  readonly refusal?: Refusal;
}

export interface Refusal {
  /** 0-based, in the lines of the attempt. */
  readonly line: number;
  /** Kernel name of the set that NPM says it gives something up of: the one line, or (`whole`) all that is left to tell of it. */
  readonly set: string;
  readonly whole: boolean;
}

export interface Restored {
  readonly attempts: readonly RestoreAttempt[];
  /** Lines that add a member, and did not. */
  readonly undone: readonly string[];
  /** Those of them that ipset would take: it was never told, or forgot. */
  readonly lost: readonly string[];
  /** The last attempt that NPM makes went wrong, too. */
  readonly gaveUp: boolean;
}

/**
 * How NPM gets a file through `ipset restore`: behind a line that is refused it goes on with the rest, `maxTries` times at most. Until v1.4.23
 * it takes the number of the line for one of the first file, whatever has been left out since; when a set is created there, it gives up
 * all lines of that set. Source: Azure NPM v1.4.23, npm/pkg/dataplane/ioutil/restore.go, and its logs in the vectors.
 */
export function restoreFile(
  lines: readonly string[],
  { countsInFirstFile, maxTries }: { readonly countsInFirstFile: boolean; readonly maxTries: number },
): Restored {
  const omitted = new Set<number>();
  const taken = new Set<number>();
  const attempts: RestoreAttempt[] = [];
  for (;;) {
    if (attempts.length === maxTries) return { attempts, ...undoneOf(lines, taken), gaveUp: true };
    const left = [...lines.keys()].filter((index) => !omitted.has(index));
    if (left.length === 0) break;
    const file = left.map((index) => lines[index]!);
    const known = new Set(left.flatMap((index, position) => (taken.has(index) ? [position] : [])));
    const line = refusedLine(file, known);
    for (const position of positionsTaken(file, line)) taken.add(left[position]!);
    if (line < 0) {
      attempts.push({ lines: file });
      break;
    }
    const found = countsInFirstFile ? line : left[line]!;
    const set = setOf(lines[found]!);
    const whole = lines[found]!.startsWith("-N ");
    attempts.push({ lines: file, refusal: { line, set, whole } });
    for (let index = 0; index <= found; index += 1) omitted.add(index);
    if (whole) lines.forEach((its, index) => setOf(its) === set && omitted.add(index));
  }
  return { attempts, ...undoneOf(lines, taken), gaveUp: false };
}

/**
 * The line that ipset stops at, -1 if none. `known`: lines that the kernel has been told before, and takes no second time. ipset reads one line more than
 * it sends, so that what it can't read comes before what the kernel refuses in the lines gathered till then. Tried with ipset 7.17.
 */
function refusedLine(file: readonly string[], known: ReadonlySet<number>): number {
  const first = file.findIndex((line, index) => isRefused(line) || (isAddition(line) && known.has(index)));
  if (first < 0 || !isRefusedByKernel(file, first)) return first;
  const run = runOf(file[first]!);
  for (let index = first + 1; index < file.length; index += 1) {
    if (isRefused(file[index]!) && !isRefusedByKernel(file, index)) return index;
    if (runOf(file[index]!) !== run) break;
  }
  return first;
}

/**
 * Those that reach the kernel before the refused one. ipset gathers members of one set, and loses what it has gathered at a line that it
 * can't read; what the kernel refuses, it has sent along. Tried with ipset 7.17.
 */
function positionsTaken(file: readonly string[], refused: number): number[] {
  const before = [...(refused < 0 ? file : file.slice(0, refused)).keys()];
  if (refused < 0 || isRefusedByKernel(file, refused)) return before;
  const gathered = runOf(file[refused - 1] ?? "");
  return gathered === undefined
    ? before
    : before.slice(0, before.findLastIndex((line) => runOf(file[line]!) !== gathered) + 1);
}

function isRefusedByKernel(file: readonly string[], refused: number): boolean {
  return !isRefused(file[refused]!) || !ipsetError(file, refused).includes("Syntax error");
}

/** The command and the set of a line that adds or deletes a member. */
function runOf(line: string): string | undefined {
  const [operation, set] = line.split(" ");
  return operation === "-A" || operation === "-D" ? `${operation} ${set}` : undefined;
}

function undoneOf(lines: readonly string[], taken: ReadonlySet<number>): Pick<Restored, "undone" | "lost"> {
  const undone = lines.filter((line, index) => isAddition(line) && !taken.has(index));
  return { undone, lost: undone.filter((line) => !isRefused(line)) };
}

function isAddition(line: string): boolean {
  return line.startsWith("-A ");
}

function setOf(line: string): string {
  return line.split(" ")[1]!;
}

/** An IPv6 block, or one of prefix length 0. */
function isRefused(line: string): boolean {
  const [operation, , member = "", option] = line.split(" ");
  return operation === "-A" && member.includes("/") && networkOf(option ? `${member} ${option}` : member) === undefined;
}
