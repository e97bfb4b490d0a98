import { execa } from "execa";
import { mkdtempSync } from "node:fs";
import { readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { denyAll } from "./cli/anpm.js";

const folder = mkdtempSync(join(tmpdir(), "anpm-package-"));

describe("the package, installed in an empty folder", () => {
  beforeAll(async () => {
    await execa("npm", ["pack", "--ignore-scripts", "--pack-destination", folder], { stdin: "ignore" });
    const tarball = (await readdir(folder)).find((name) => name.endsWith(".tgz"))!;
    await writeFile(join(folder, "package.json"), `{ "private": true, "type": "module" }`);
    await execa("npm", ["install", "--prefer-offline", "--no-audit", "--no-fund", join(folder, tarball)], {
      cwd: folder,
      stdin: "ignore",
    });
  }, 180_000);
  afterAll(() => rm(folder, { recursive: true }));

  test("has a command that says its version", async () => {
    const { stdout } = await execa("npx", ["--no-install", "anpm", "--version"], { cwd: folder, stdin: "ignore" });
    expect(stdout).toMatch(/^\d+\.\d+\.\d+$/);
  });

  test("compiles from standard input", async () => {
    const { stdout } = await execa("npx", ["--no-install", "anpm", "compile", "-f", "-"], {
      cwd: folder,
      input: denyAll,
    });
    expect(stdout).toMatch(/^\*filter\n[^]*AZURE-NPM[^]*\nCOMMIT$/);
  });

  test("is a library too, with types", async () => {
    const program = `
      import { compile, outputs } from "anpm";
      const { result } = compile([{ name: "policy.yaml", text: ${JSON.stringify(denyAll)} }]);
      console.log(outputs[0].print(result, {}).split("\\n")[0]);
    `;
    await writeFile(join(folder, "use.js"), program);
    const { stdout } = await execa("node", ["use.js"], { cwd: folder, stdin: "ignore" });
    expect(stdout).toBe("*filter");
    expect(await readdir(join(folder, "node_modules/anpm/dist/compiler"))).toContain("index.d.ts");
  });

  test("holds the product, the page, the schemas, licence and readme, and nothing else", async () => {
    const files = await readdir(join(folder, "node_modules/anpm"));
    expect(files.toSorted()).toEqual(["LICENSE", "README.md", "dist", "package.json"]);
    expect((await readdir(join(folder, "node_modules/anpm/dist"))).toSorted()).toEqual([
      "compile.schema.json",
      "compiler",
      "diff.schema.json",
      "drift.schema.json",
      "expectations.schema.json",
      "explain.schema.json",
      "matrix.schema.json",
      "playground.html",
      "src",
      "trace.schema.json",
      "why.schema.json",
    ]);
  });
});
