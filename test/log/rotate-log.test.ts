import { describe, expect, test } from "vitest";
import { compile } from "../../compiler/compile.js";
import { rotateLog } from "../../compiler/log/rotate-log.js";
import { outputs } from "../../compiler/outputs.js";

const small = { limit: 6, files: 3, every: 2 };

describe("a log that is kept small", () => {
  test("stays one file while it is small", () => {
    expect(rotateLog(["one\n"], small)).toEqual(["one\n"]);
  });

  test("is one empty file without messages", () => {
    expect(rotateLog([], small)).toEqual([""]);
  });

  test("moves aside before a message at which its size is looked at, not before others", () => {
    expect(rotateLog(["1234567\n", "b\n", "c\n", "d\n"], small)).toEqual(["c\nd\n", "1234567\nb\n"]);
  });

  test("moves aside when it has the limit exactly", () => {
    expect(rotateLog(["12\n", "34\n", "c\n"], small)).toEqual(["c\n", "12\n34\n"]);
    expect(rotateLog(["12\n", "3\n", "c\n"], small)).toEqual(["12\n3\nc\n"]);
  });

  test("counts bytes, not letters", () => {
    expect(rotateLog(["äöü", "", "c"], small)).toEqual(["c", "äöü"]);
    expect(rotateLog(["😀€", "", "c"], small)).toEqual(["c", "😀€"]);
    expect(rotateLog(["😀a", "", "c"], small)).toEqual(["😀ac"]);
  });

  test("loses its oldest files", () => {
    const messages = ["a", "b", "c", "d", "e"].flatMap((letter) => [`${letter.repeat(6)}\n`, ""]);
    expect(rotateLog(messages, small)).toEqual(["eeeeee\n", "dddddd\n", "cccccc\n"]);
  });
});

describe("the files of a node's /var/log", () => {
  const log = outputs.find(({ name }) => name === "log")!;
  const labels = Array.from({ length: 20 }, (_, index) => `${"key".repeat(20)}${index}: ${"v".repeat(60)}`).join(", ");
  const pods = Array.from({ length: 700 }, (_, index) => {
    const metadata = `{name: p${index}, labels: {${labels}}}`;
    const status = `{podIP: 10.1.${index >> 8}.${index % 256}}`;
    return `{apiVersion: v1, kind: Pod, metadata: ${metadata}, spec: {containers: [{name: c, image: i}]}, status: ${status}}`;
  });
  const text = pods.join("\n---\n");
  const filesOf = (generation: string) => {
    const { result } = compile([{ name: "pods.yaml", text }], { generation });
    return log.files!(result!, {});
  };

  test("v1-2020 moves a full file aside, and goes on in a new one", () => {
    const files = filesOf("v1-2020");
    expect(files.map(({ name }) => name)).toEqual(["azure-npm.log", "azure-npm.log.1"]);
    expect(files[1]!.text.length).toBeGreaterThanOrEqual(5 * 1024 * 1024);
    expect(files[1]!.text.length).toBeLessThan(5 * 1024 * 1024 + 8 * 400);
  });

  test("v1-2019b lets its file grow", () => {
    const files = filesOf("v1-2019b");
    expect(files.map(({ name }) => name)).toEqual(["azure-npm.log"]);
    expect(files[0]!.text.length).toBeGreaterThan(5 * 1024 * 1024);
  });
});
