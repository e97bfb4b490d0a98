import { execa } from "execa";
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { emptyFolder } from "../cli/anpm.js";

const oxlint = ["--config", "scripts/oxlint.json", "--type-aware", "--deny-warnings", "--format", "unix"];

test("oxlint finds nothing", async () => {
  const { stdout, exitCode } = await execa("oxlint", [...oxlint, "compiler", "src", "scripts", "test"], local);
  expect(exitCode, stdout).toBe(0);
}, 120_000);

test("canary: in compiler/ it finds the clock, randomness, the process and Node, and everywhere a forgotten await", async () => {
  const text = `import { readFileSync } from "node:fs";
export const a = Date.now();
export const b = Math.random();
export const c = process.cwd() + readFileSync("x", "utf8");
async function f(): Promise<void> {}
f();
`;
  const folder = await emptyFolder();
  await mkdir(join(folder, "compiler"));
  await writeFile(join(folder, "tsconfig.json"), `{ "compilerOptions": { "strict": true, "module": "nodenext" } }`);
  await writeFile(join(folder, "compiler/a.ts"), text);
  const { stdout, exitCode } = await execa("oxlint", [...oxlint, folder], local);
  const found = [...stdout.matchAll(/a\.ts:(\d+):.*\/[a-z]+\((.*)\)\]/g)].map(([, line, rule]) => `${line} ${rule}`);
  expect(found.toSorted()).toEqual([
    "1 no-restricted-imports",
    "2 no-restricted-globals",
    "3 no-restricted-properties",
    "4 no-restricted-globals",
    "6 no-floating-promises",
  ]);
  expect(exitCode).toBe(1);
}, 60_000);

const local = { preferLocal: true, reject: false, stdin: "ignore" } as const;
