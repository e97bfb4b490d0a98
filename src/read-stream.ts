import { readSync } from "node:fs";

const chunkLength = 1 << 20;

/**
 * All that comes from an open file which is no regular one: standard input, a pipe, a device. Unlike `readFileSync` it also waits for a
 * pipe that has nothing to say yet, and gives up, as that does for a long file, when more than `maxLength` bytes have come.
 */
export function readStream(file: number, maxLength: number): Buffer {
  const chunks: Buffer[] = [];
  let length = 0;
  for (;;) {
    const chunk = Buffer.allocUnsafe(chunkLength);
    const read = readChunk(file, chunk);
    if (read === 0) return Buffer.concat(chunks, length);
    length += read;
    if (length > maxLength) throw Object.assign(new Error(), { code: "ERR_FS_FILE_TOO_LARGE" });
    chunks.push(chunk.subarray(0, read));
  }
}

function readChunk(file: number, chunk: Buffer): number {
  for (;;) {
    try {
      return readSync(file, chunk);
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException;
      if (code === "EOF") return 0;
      if (code !== "EAGAIN") throw error;
      sleep(20);
    }
  }
}

function sleep(milliseconds: number): void {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, milliseconds);
}
