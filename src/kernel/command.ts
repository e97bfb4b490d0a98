import { execa, type Options } from "execa";

export interface Finished {
  /** -1 when a signal ended it. */
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs a command to its end. Throws when it fails, unless `mayFail`. */
export async function run(
  file: string,
  args: readonly string[],
  { input = "", mayFail = false }: { readonly input?: string; readonly mayFail?: boolean } = {},
): Promise<Finished> {
  const done = await execa(file, args, { ...environment, input, stripFinalNewline: false, maxBuffer: 1e9 });
  if (done.failed && !mayFail) {
    throw new Error(`${file} ${args[0] ?? ""}: ${(done.stderr.trim() || (done.shortMessage ?? "")).split("\n")[0]}`);
  }
  return { exitCode: done.exitCode ?? -1, stdout: done.stdout, stderr: done.stderr };
}

/** A process that one talks to by lines. It is made to end when its standard input does, so that none outlives this process. */
export interface Talker {
  readonly pid: number;
  say(line: string): void;
  /** The next line it says. Throws when it has ended instead. */
  hear(): Promise<string>;
  /** Tells it to end and waits until it has. */
  end(): Promise<void>;
}

export function start(file: string, args: readonly string[]): Talker {
  const child = execa(file, args, { ...environment, buffer: false, stdin: "pipe" });
  const lines = child.iterable({ from: "stdout" });
  const complaints = collect(child.iterable({ from: "stderr" }));
  // Writing to one that has ended: who waits for its next line is told.
  child.stdin.on("error", () => {});
  return {
    pid: child.pid ?? -1,
    say: (line) => void child.stdin.write(`${line}\n`),
    async hear() {
      const { value, done } = await lines.next();
      if (done !== true) return value;
      const { shortMessage } = await child;
      throw new Error(`${file} ${args[0] ?? ""} ended: ${(await complaints) || shortMessage}`);
    },
    async end() {
      child.stdin.end();
      await child;
    },
  };
}

async function collect(lines: AsyncIterable<string>): Promise<string> {
  let text = "";
  for await (const line of lines) if (text.length < 1000) text += `${line} `;
  return text.trim();
}

const environment = {
  reject: false,
  // Tools for administrators, also for those whose PATH does not lead to them; and no options meant for this process.
  env: { PATH: `${process.env["PATH"] ?? ""}:/usr/sbin:/sbin`, LC_ALL: "C", NODE_OPTIONS: "" },
} as const satisfies Options;
