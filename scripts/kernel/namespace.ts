import { execaSync } from "execa";

/** A network namespace of its own, with nothing in its tables. */
export interface Namespace {
  readonly name: string;
  /** Runs a command in it. Throws when it fails, unless `mayFail`. */
  run(file: string, args?: readonly string[], options?: RunOptions): Result;
}

export interface RunOptions {
  readonly input?: string;
  readonly env?: Record<string, string>;
  readonly mayFail?: boolean;
}

export interface Result {
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Why nothing can be tried in the kernel here; undefined when it can. */
export function whyNoKernel(): string | undefined {
  if (process.getuid?.() !== 0) return "not root";
  const missing = tools.filter((tool) => run("which", [tool], { mayFail: true }).exitCode !== 0);
  if (missing.length > 0) return `missing: ${missing.join(", ")}`;
  sweep();
  const name = nextName();
  const made = run("ip", ["netns", "add", name], { mayFail: true });
  if (made.exitCode !== 0) return `no network namespaces: ${made.stderr.trim()}`;
  remove(name);
  return undefined;
}

/** Makes a namespace, hands it out, and removes it again, also when `use` throws. */
export function withNamespace<T>(use: (namespace: Namespace) => T): T {
  const name = nextName();
  run("ip", ["netns", "add", name]);
  try {
    return use({
      name,
      run: (file, args = [], options = {}) => run("ip", ["netns", "exec", name, file, ...args], options),
    });
  } finally {
    remove(name);
  }
}

const tools = [
  "ip",
  "unshare",
  "ipset",
  "iptables-nft-restore",
  "iptables-legacy-restore",
  "iptables-nft-save",
  "dash",
];

let count = 0;

function nextName(): string {
  count += 1;
  return `anpm-test-${process.pid}-${count}`;
}

function remove(name: string): void {
  run("ip", ["netns", "del", name], { mayFail: true });
}

/** Removes the namespaces that killed runs left behind. */
function sweep(): void {
  for (const line of run("ip", ["netns", "list"]).stdout.split("\n")) {
    const found = /^(anpm-test-(\d+)-\d+)/.exec(line);
    if (found && !isRunning(Number(found[2]))) remove(found[1]!);
  }
}

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

function run(file: string, args: readonly string[], options: RunOptions = {}): Result {
  const done = execaSync(file, [...args], {
    reject: false,
    stripFinalNewline: false,
    input: options.input ?? "",
    maxBuffer: 1e9,
    ...(options.env ? { env: options.env } : {}),
  });
  if (done.failed && !options.mayFail) {
    throw new Error(`${done.escapedCommand} failed (${done.exitCode ?? done.signal}):\n${done.stderr}`);
  }
  return { exitCode: done.exitCode ?? -1, stdout: done.stdout, stderr: done.stderr };
}
