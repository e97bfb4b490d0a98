import { writeSync } from "node:fs";
import { Worker } from "node:worker_threads";

/** Less text than this, in code units, is done before anybody waits. */
const quickSize = 1_000_000;

/**
 * Tells a person at a terminal what keeps them waiting: one line on standard error, after a second and then every second,
 * wiped at the end. The work may keep this thread busy, so another one tells. `size` is that of the text that is worked on; without
 * one the work always deserves a line. Returns what ends it.
 */
export function startProgress(
  what: string,
  size: number | undefined,
  stream: { readonly isTTY?: boolean } = process.stderr,
): () => void {
  if (!stream.isTTY || (size !== undefined && size < quickSize)) return () => {};
  const text = size === undefined ? what : `${what} ${Math.round(size / 1e6)} MB`;
  /** [stopped, lines shown] */
  const state = new Int32Array(new SharedArrayBuffer(8));
  new Worker(ticker, { eval: true, workerData: { what: text, state } }).unref();
  return () => {
    Atomics.store(state, 0, 1);
    Atomics.notify(state, 0);
    if (Atomics.load(state, 1) > 0) writeSync(process.stderr.fd, "\r\x1b[K");
  };
}

const ticker = `
  const { writeSync } = require("node:fs");
  const { what, state } = require("node:worker_threads").workerData;
  while (Atomics.wait(state, 0, 0, 1000) === "timed-out") {
    const seconds = Atomics.add(state, 1, 1) + 1;
    writeSync(2, "\\r" + what + " … " + seconds + " s\\x1b[K");
  }
`;
