import { execa } from "execa";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { broken, denyAll, emptyFolder } from "./anpm.js";

/** Runs a shell command on a terminal of its own (script of util-linux) and returns what it shows. */
async function onTerminal(command: string, env: Record<string, string> = {}): Promise<string> {
  const { stdout } = await execa("script", ["-qec", command, "/dev/null"], {
    stdin: "ignore",
    reject: false,
    env: { TERM: "xterm", NO_COLOR: "", ...env },
  });
  return stdout.replaceAll("\r\n", "\n");
}

async function compileOnTerminal(text: string, env: Record<string, string> = {}): Promise<string> {
  const file = join(await emptyFolder(), "policy.yaml");
  await writeFile(file, text);
  return onTerminal(`"${process.execPath}" dist/src/main.js compile -f "${file}" >/dev/null`, env);
}

test("a terminal gets colours and an excerpt with a caret", async () => {
  const shown = await compileOnTerminal(broken);
  expect(shown).toContain("\u001b[31merror");
  expect(shown).toMatch(/ {2}8 \| {3}policyTypes: \[Inress\]\n {19}.*\^/);
});

test("NO_COLOR keeps the excerpt and leaves the colours out", async () => {
  const shown = await compileOnTerminal(broken, { NO_COLOR: "1" });
  expect(shown).not.toContain("\u001b[");
  expect(shown).toMatch(/\^/);
});

test("what takes longer than a second says so, and wipes it at the end", async () => {
  const many = Array.from({ length: 60_000 }, (_, i) => denyAll.replace("deny-all", `deny-${i}`)).join("---\n");
  const shown = await compileOnTerminal(many);
  expect(shown).toMatch(/\rcompiling \d+ MB … 1 s/);
  expect(shown).toMatch(/\r\u001b\[K\d+ polic/);
}, 60_000);

test("what is quick says nothing", async () => {
  expect(await compileOnTerminal(denyAll)).not.toContain("compiling");
});
