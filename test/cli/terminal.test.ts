import { execa } from "execa";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
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

describe("explain on a terminal", () => {
  const aks3 = "golden/aks-3-from-development/manifests.yaml";
  const ends = "--from production/frontend --to development/backend --port 80";
  const explain = (width: number, words: string, env: Record<string, string> = {}) =>
    onTerminal(
      `stty cols ${width}; "${process.execPath}" dist/src/main.js explain -f ${aks3} ${words} 2>/dev/null`,
      env,
    );

  test.each(["", `why ${ends}`])("is as wide as the terminal: explain %s", async (words) => {
    const [narrow, wide] = [await explain(50, words), await explain(110, words)];
    const prose = (text: string): readonly string[] =>
      plain(text)
        .split("\n")
        .filter((line) => !/^[-+@ ]|^\s*\S+$/.test(line));
    expect(Math.max(...prose(narrow).map((line) => line.length))).toBeLessThanOrEqual(50);
    expect(Math.max(...prose(wide).map((line) => line.length))).toBeGreaterThan(60);
    expect(wordsOf(narrow)).toEqual(wordsOf(wide));
  });

  test("titles, traps and places have colours of their own, added and removed lines too", async () => {
    const all = await explain(80, "");
    expect(all).toContain("\u001b[1mpolicy development/backend-policy");
    expect(all).toContain("\u001b[33mmind: ");
    const why = await explain(80, `why ${ends}`);
    expect(why).toMatch(/^\u001b\[32m\+ /m);
    expect(why).toMatch(/^\u001b\[2m@@ /m);
  });

  test.each(["", `why ${ends}`])("NO_COLOR leaves the colours out and keeps the width: explain %s", async (words) => {
    const shown = await explain(50, words, { NO_COLOR: "1" });
    expect(shown).not.toContain("\u001b");
    expect(shown).toBe(plain(await explain(50, words)));
  });
});

/** Without colours. */
function plain(text: string): string {
  return text.replace(/\u001b\[\d+m/g, "");
}

function wordsOf(text: string): readonly string[] {
  return plain(text).split(/\s+/);
}
