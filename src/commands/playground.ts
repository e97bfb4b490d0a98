import type { Command } from "commander";
import { readFileSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { diagnostic } from "../../compiler/index.js";
import { Failure } from "../failure.js";
import { openBrowser } from "../open-browser.js";
import { servePage } from "../serve-page.js";
import { writeFolder } from "../write-folder.js";

const help = `
The page compiles in the browser, sends nothing anywhere and needs nothing but itself. Only this machine can reach it; Ctrl+C ends it.

Examples:
  anpm playground                          opens the page in a browser
  anpm playground --no-open --port 8000    says where it is, at a port of your own
  anpm playground --export anpm.html       the same page as a file, for a lecture or a share
`;

/** Links that the page makes hold good on another day when its port is the same. */
const usualPort = 4180;

/** Adds the options and the action of `anpm playground`. */
export function define(command: Command): Command {
  return command
    .option("--port <number>", `port on the loopback address; 0 takes one that is free (default: ${usualPort})`)
    .option("--no-open", "do not open a browser")
    .option("--export <file>", "write the page to a file, and serve nothing")
    .addHelpText("after", help)
    .action((_: unknown, self: Command) => playgroundCommand(self.opts<Options>()));
}

interface Options {
  readonly port?: string;
  readonly open: boolean;
  readonly export?: string;
}

async function playgroundCommand(options: Options): Promise<void> {
  const port = portOf(options.port);
  if (options.export !== undefined) {
    if (options.port !== undefined) {
      throw new Failure([diagnostic("conflicting-options", { option: "--export", other: "--port" })]);
    }
    const file = { name: basename(options.export), text: readPage(), executable: false };
    return writeFolder(dirname(options.export), [file]);
  }
  const served = await servePage(readPage(), port);
  const ended = untilEnded();
  process.stdout.write(`${served.url}\n`);
  if (options.open) openBrowser(served.url);
  await ended;
  await served.stop();
}

function portOf(written: string | undefined): number {
  if (written === undefined) return usualPort;
  const port = /^\d{1,5}$/.test(written) ? Number(written) : Infinity;
  if (port > 65535) {
    const known = ["a number from 0 to 65535"];
    throw new Failure([diagnostic("wrong-option-value", { option: "--port", value: written, known })]);
  }
  return port;
}

/** Beside the command line; read only when asked for, so that no other command pays for it. */
function readPage(): string {
  return readFileSync(join(import.meta.dirname, "../playground.html"), "utf8");
}

function untilEnded(): Promise<void> {
  return new Promise((resolve) => {
    for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, () => resolve());
  });
}
