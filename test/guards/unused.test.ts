import { execa } from "execa";
import { cp, symlink, writeFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import { expect, test } from "vitest";
import { emptyFolder } from "../cli/anpm.js";

test("knip finds no unused file, export or dependency", async () => {
  const { stdout, exitCode } = await execa("knip", [], local);
  expect({ stdout, exitCode }).toEqual({ stdout: "", exitCode: 0 });
}, 120_000);

test("canary: it finds an unused file and an unused export", async () => {
  const folder = await emptyFolder();
  for (const path of ["package.json", "tsconfig.json", "compiler", "src", "scripts", "test"]) {
    await cp(path, join(folder, path), { recursive: true });
  }
  await symlink(resolve("node_modules"), join(folder, "node_modules"));
  await writeFile(join(folder, "src/forgotten.ts"), "export const x = 1;\n");
  await writeFile(join(folder, "src/version.ts"), `export const version = "";\nexport const forgotten = 1;\n`);
  const { stdout, exitCode } = await execa("knip", [], { ...local, cwd: folder, localDir: resolve(".") });
  expect(stdout).toContain("src/forgotten.ts");
  expect(stdout).toMatch(/forgotten\s.*src\/version\.ts/);
  expect(exitCode).toBe(1);
}, 120_000);

const local = { preferLocal: true, reject: false, stdin: "ignore" } as const;
