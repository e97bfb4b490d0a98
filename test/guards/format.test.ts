import { execa } from "execa";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { emptyFolder } from "../cli/anpm.js";

const files = ["{compiler,src,scripts,test}/**/*.{ts,json,md}", "package.json", "tsconfig.json", "README.md"];

test("every file is formatted (npm run format does it)", async () => {
  const { stderr, exitCode } = await execa("prettier", ["--check", ...files], local);
  expect(exitCode, stderr).toBe(0);
}, 120_000);

test("canary: a file that is not formatted is told", async () => {
  const folder = await emptyFolder();
  await writeFile(join(folder, "a.ts"), "const   x=1\n");
  const { stderr, exitCode } = await execa("prettier", ["--check", join(folder, "a.ts")], local);
  expect(stderr).toContain("a.ts");
  expect(exitCode).toBe(1);
}, 60_000);

const local = { preferLocal: true, reject: false, stdin: "ignore" } as const;
