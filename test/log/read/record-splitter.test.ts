import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { RecordSplitter } from "../../../compiler/log/read/record-splitter.js";
import { maxRecordLength } from "../../../compiler/log/read/record.js";

function records(text: string) {
  const splitter = new RecordSplitter();
  splitter.nextFile("f");
  return [...splitter.feed(text), ...splitter.end()].map(({ file: _file, ...record }) => record);
}

describe("a header", () => {
  test.each([
    ["2019/05/06 12:34:56 API server", { writer: "logger", time: "2019/05/06 12:34:56", text: "API server" }],
    ["2021/03/02 12:34:56 [1] sets: []", { writer: "logger", time: "2021/03/02 12:34:56", text: "sets: []" }],
    ["2019/05/06 12:34:56 ", { writer: "logger", time: "2019/05/06 12:34:56", text: "" }],
    // An editor took the space at the end away.
    ["2019/05/06 12:34:56", { writer: "logger", time: "2019/05/06 12:34:56", text: "" }],
    [
      "E0506 12:34:56.789012       1 npm.go:68] text] more",
      { writer: "klog", severity: "E", time: "0506 12:34:56.789012", place: "npm.go:68", text: "text] more" },
    ],
    [
      "2024-05-06T12:34:56.123456789Z stderr F I0506 12:34:56.789012       1 npm.go:68] text",
      { writer: "klog", severity: "I", time: "0506 12:34:56.789012", place: "npm.go:68", text: "text" },
    ],
    [
      "[pod/azure-npm-x7k2p/azure-npm] 2021/03/02 12:34:56 [1] text",
      { writer: "logger", time: "2021/03/02 12:34:56", text: "text" },
    ],
    ["Try `iptables -h'", { writer: "none", text: "Try `iptables -h'" }],
    ["2024-05-06T12:34:56Z other program", { writer: "none", text: "2024-05-06T12:34:56Z other program" }],
  ])("%j", (line, record) => {
    expect(records(`${line}\n`)).toEqual([{ line: 1, rest: [], ...record }]);
    expect(records(`${line}\r\n`)).toEqual([{ line: 1, rest: [], ...record }]);
  });
});

test("lines without a header belong to the record before them", () => {
  expect(records("2021/03/02 12:34:56 [1] a\n b\n\n2021/03/02 12:34:56 [1] c\n")).toMatchObject([
    { line: 1, text: "a", rest: [" b", ""] },
    { line: 4, text: "c", rest: [] },
  ]);
});

test("a last line without an end is marked", () => {
  expect(records("2021/03/02 12:34:56 [1] a\n2021/03/02 12:34:56 [1] b")).toMatchObject([
    { text: "a" },
    { text: "b", cutOff: true },
  ]);
  expect(records("2021/03/02 12:34:56 [1] a\n")[0]).not.toHaveProperty("cutOff");
});

test("a file begins a new count of lines, and ends a line that was cut off", () => {
  const splitter = new RecordSplitter();
  splitter.nextFile("log.1");
  const found = [...splitter.feed("2021/03/02 12:34:56 [1] a"), ...splitter.nextFile("log")];
  found.push(...splitter.feed("2021/03/02 12:34:57 [1] b\n"), ...splitter.end());
  expect(found).toMatchObject([
    { file: "log.1", line: 1, text: "a", cutOff: true },
    { file: "log", line: 1, text: "b" },
  ]);
});

test("neither an endless line nor an endless record is held", () => {
  const splitter = new RecordSplitter();
  const piece = "x".repeat(100_000);
  for (let count = 0; count < 50; count++) splitter.feed(piece);
  expect(splitter.end()[0]!.text.length).toBeLessThan(2 * maxRecordLength);
  for (let count = 0; count < 50; count++) splitter.feed(`${piece}\n`);
  const [record] = splitter.end();
  expect(record!.rest.join("\n").length).toBeLessThanOrEqual(maxRecordLength);
});

test("pieces of any size give the same records", () => {
  const line = fc.constantFrom(
    "2021/03/02 12:34:56 [1] a",
    "I0506 12:34:56.789012       1 a.go:1] b",
    " c",
    "",
    "\r",
    "2019/05/06 12:34:56 ",
  );
  fc.assert(
    fc.property(fc.array(line), fc.array(fc.nat(9), { minLength: 1 }), fc.boolean(), (lines, sizes, ends) => {
      const text = lines.join("\n") + (ends ? "\n" : "");
      const splitter = new RecordSplitter();
      splitter.nextFile("f");
      const found = [];
      for (let at = 0, turn = 0; at < text.length; turn++) {
        const size = sizes[turn % sizes.length]! + 1;
        found.push(...splitter.feed(text.slice(at, at + size)));
        at += size;
      }
      found.push(...splitter.end());
      expect(found.map(({ file: _file, ...record }) => record)).toEqual(records(text));
    }),
    { numRuns: 500, seed: 3 },
  );
});
