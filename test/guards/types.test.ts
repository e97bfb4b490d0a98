import { execa } from "execa";
import { cp, symlink, writeFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import { expect, test } from "vitest";
import { emptyFolder } from "../cli/anpm.js";

test("the type checker finds nothing, in any project", async () => {
  const { stdout, exitCode } = await execa("tsc", ["--build"], local);
  expect({ stdout, exitCode }).toEqual({ stdout: "", exitCode: 0 });
}, 120_000);

test.each([
  ["the process", `export const x = process.cwd();`, "process"],
  ["the browser's window", `export const x = window.location;`, "window"],
  ["a list read past its end", `export const x: string = ["a"][1];`, "undefined"],
])(
  "canary: the settings of compiler/ do not know %s",
  async (_, text, found) => {
    const folder = await emptyFolder();
    await cp("compiler/tsconfig.json", join(folder, "tsconfig.json"));
    await symlink(resolve("node_modules"), join(folder, "node_modules"));
    await writeFile(join(folder, "package.json"), `{ "type": "module" }`);
    await writeFile(join(folder, "a.ts"), text);
    const { stdout, exitCode } = await execa("tsc", ["--project", folder, "--noEmit"], local);
    expect(stdout).toContain(found);
    expect(exitCode).not.toBe(0);
  },
  60_000,
);

const local = { preferLocal: true, reject: false, stdin: "ignore" } as const;
