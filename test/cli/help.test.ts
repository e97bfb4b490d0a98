import { readFile } from "node:fs/promises";
import { expect, test } from "vitest";
import { commandNames } from "../../src/program.js";
import { anpm } from "./anpm.js";

test("without a command: the help, on standard output, exit 0", async () => {
  const { stdout, stderr, exitCode } = await anpm([]);
  for (const name of commandNames) expect(stdout).toContain(`  ${name} `);
  expect(stderr).toBe("");
  expect(exitCode).toBe(0);
});

test.each(["", ...commandNames])("anpm %s --help shows usage and examples, exit 0", async (name) => {
  const words = name === "" ? [] : [name];
  const { stdout, stderr, exitCode } = await anpm([...words, "--help"]);
  expect(stdout).toMatch(new RegExp(`^Usage: anpm ?${name}`));
  expect(stdout).toMatch(/^Examples:\n( {2}.*anpm .*\n)+/m);
  expect(stderr).toBe("");
  expect(exitCode).toBe(0);
});

test.each(commandNames)("anpm help %s is the same", async (name) => {
  const [long, short] = [await anpm(["help", name]), await anpm([name, "-h"])];
  expect(long.stdout).toBe(short.stdout);
});

test("--version prints the version of the package", async () => {
  const { version } = JSON.parse(await readFile("package.json", "utf8")) as { version: string };
  const { stdout, exitCode } = await anpm(["--version"]);
  expect(stdout).toBe(`${version}\n`);
  expect(exitCode).toBe(0);
});
