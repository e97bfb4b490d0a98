import { closeSync, openSync } from "node:fs";
import { expect, test } from "vitest";
import { readStream } from "../../src/read-stream.js";

function read(path: string, maxLength: number): Buffer {
  const file = openSync(path, "r");
  try {
    return readStream(file, maxLength);
  } finally {
    closeSync(file);
  }
}

test("what comes is read to its end", () => {
  expect(read("LICENSE", 1_000_000).toString()).toContain("MIT License");
});

test.skipIf(process.platform !== "linux")("what never ends is given up", () => {
  expect(() => read("/dev/zero", 3_000_000)).toThrow(expect.objectContaining({ code: "ERR_FS_FILE_TOO_LARGE" }));
});
