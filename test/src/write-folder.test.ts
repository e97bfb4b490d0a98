import { mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { Failure } from "../../src/failure.js";
import { writeFolder, type OutputFile } from "../../src/write-folder.js";
import { emptyFolder } from "../cli/anpm.js";

function file(name: string, text = "new"): OutputFile {
  return { name, text, executable: false };
}

test("files are replaced, others stay, nothing temporary is left", async () => {
  const folder = await emptyFolder();
  writeFileSync(join(folder, "a"), "old");
  writeFileSync(join(folder, "other"), "mine");
  writeFolder(folder, [file("a"), file("b")]);
  expect(readdirSync(folder).toSorted()).toEqual(["a", "b", "other"]);
  expect(readFileSync(join(folder, "a"), "utf8")).toBe("new");
  expect(readFileSync(join(folder, "other"), "utf8")).toBe("mine");
});

test("when a later file cannot be moved into place, the earlier ones are taken back", async () => {
  const folder = await emptyFolder();
  writeFileSync(join(folder, "a"), "old");
  // The second file of this name is the obstacle: the first has been moved away from where it was staged.
  expect(() => writeFolder(folder, [file("a"), file("b"), file("a")])).toThrow(Failure);
  expect(readdirSync(folder)).toEqual(["a"]);
  expect(readFileSync(join(folder, "a"), "utf8")).toBe("old");
});

test("when writing fails, folders that were made for it go again", async () => {
  const folder = await emptyFolder();
  mkdirSync(join(folder, "there"));
  expect(() => writeFolder(join(folder, "there/deep/er"), [file("below/a"), file("no\0name")])).toThrow(Failure);
  expect(readdirSync(join(folder, "there"))).toEqual([]);
});

test("a file may lie in a folder inside, which is made", async () => {
  const folder = await emptyFolder();
  mkdirSync(join(folder, "01"));
  writeFileSync(join(folder, "01/a"), "old");
  writeFolder(folder, [file("01/a"), file("02/a"), file("b")]);
  expect(readdirSync(folder).toSorted()).toEqual(["01", "02", "b"]);
  expect(readFileSync(join(folder, "01/a"), "utf8")).toBe("new");
  expect(readdirSync(join(folder, "02"))).toEqual(["a"]);
});

test("a path may lead through folders that are not there yet", async () => {
  const folder = await emptyFolder();
  writeFolder(`${folder}/x/../y/`, [file("a")]);
  expect(readdirSync(join(folder, "y"))).toEqual(["a"]);
});

test.skipIf(process.platform !== "linux")("where no folder can be made, that is said, and soon", () => {
  expect(() => writeFolder("/proc/anpm/out", [file("a")])).toThrow("no folder can be made there");
});
