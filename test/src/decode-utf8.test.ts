import { expect, test } from "vitest";
import { positionOf } from "../../compiler/index.js";
import { decodeUtf8 } from "../../src/decode-utf8.js";

test("bytes are read as UTF-8, a byte order mark is left out", () => {
  expect(decodeUtf8("a.yaml", Buffer.from("\ufeffname: café €\n"))).toEqual({
    source: { name: "a.yaml", text: "name: café €\n" },
  });
});

test.each([
  ["a byte that never occurs", [0x61, 0x0a, 0xff, 0x62], "0xff", 2, 1],
  ["a sequence that breaks off", [0x61, 0xc3], "0xc3", 1, 2],
  ["a surrogate in three bytes", [0x0a, 0xed, 0xa0, 0x80], "0xed", 2, 1],
  ["UTF-16", [0xff, 0xfe, 0x61, 0x00], "0xff", 1, 1],
  ["behind characters of several bytes", [...Buffer.from("€😀\n€😀"), 0x80], "0x80", 2, 4],
])("%s is an error at its first byte", (_, bytes, byte, line, column) => {
  const decoded = decodeUtf8("a.yaml", Buffer.from(bytes));
  const error = "error" in decoded ? decoded.error : undefined;
  expect(error).toMatchObject({ code: "not-utf-8", message: `the byte ${byte} is not UTF-8 text here` });
  expect(positionOf(error!.location!)).toEqual({ line, column });
});
