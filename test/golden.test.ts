import { existsSync, readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { isError } from "../compiler/index.js";
import { codes } from "../compiler/text/codes/index.js";
import { compileCase, goldenFiles, isInput, readCases } from "../scripts/golden-cases.js";
import { diffFiles, readDiffCases, writtenDiffFiles } from "../scripts/golden-diff.js";
import { errorFiles, readErrorCases } from "../scripts/golden-errors.js";
import { page, pagePath } from "../scripts/golden-page.js";
import { readStepsCases, replayCase, stepsFiles, writtenFiles } from "../scripts/golden-steps.js";
import { anpm } from "./cli/anpm.js";

/** `npm run golden` shows what differs and writes it. */

describe("the golden cases", () => {
  const cases = readCases();

  test.each(cases)("$name: $title", (golden) => {
    const files = goldenFiles(golden);
    for (const [name, text] of files) expect(read(golden.folder, name), `${golden.folder}/${name}`).toBe(text);
    const present = readdirSync(golden.folder).filter((name) => !isInput(name));
    expect(present.toSorted(), "files that nothing writes any more").toEqual([...files.keys()].toSorted());
  });

  test("each compiles and has a title of its own that says something", () => {
    for (const golden of cases) {
      expect(compileCase(golden, golden.generations[0]!).diagnostics.filter(isError)).toEqual([]);
      expect(golden.title.length, `the title of ${golden.name}`).toBeGreaterThan(20);
    }
    expect(new Set(cases.map(({ title }) => title)).size).toBe(cases.length);
  });
});

describe("the golden cases with steps", () => {
  const cases = readStepsCases();

  test("there are some", () => expect(cases.length).toBeGreaterThan(0));

  test.each(cases)("$name: $title", (golden) => {
    const files = stepsFiles(golden);
    for (const [name, text] of files) expect(read(golden.folder, name), `${golden.folder}/${name}`).toBe(text);
    expect(writtenFiles(golden).toSorted(), "files that nothing writes any more").toEqual([...files.keys()].toSorted());
    expect(replayCase(golden, "v2").diagnostics.filter(isError)).toEqual([]);
  });
});

describe("the golden cases of two versions", () => {
  const cases = readDiffCases();

  test("there are some", () => expect(cases.length).toBeGreaterThan(10));

  test.each(cases)("$name: $title", (golden) => {
    const files = diffFiles(golden);
    for (const [name, text] of files) expect(read(golden.folder, name), `${golden.folder}/${name}`).toBe(text);
    expect(writtenDiffFiles(golden).toSorted(), "files that nothing writes any more").toEqual(
      [...files.keys()].toSorted(),
    );
  });
});

test("golden/ holds nothing that no test looks at", () => {
  const known = [...readCases(), ...readStepsCases()].map(({ name }) => name);
  const folders = readdirSync("golden", { withFileTypes: true }).filter((entry) => entry.isDirectory());
  const others = ["diff", "drift", "errors", "findings", "playground"];
  expect(folders.map(({ name }) => name).toSorted()).toEqual([...known, ...others].toSorted());
});

describe("the page golden/README.md", () => {
  const text = readFileSync(pagePath, "utf8");

  test("quotes what is there", () => expect(page(text)).toBe(text));

  test("its links lead somewhere", () => {
    const headings = [...text.matchAll(/^#+ (.*)$/gm)].map(
      ([, heading]) => `#${heading!.toLowerCase().replaceAll(" ", "-")}`,
    );
    const links = [...text.matchAll(/\]\((.*?)\)/g)].map(([, link]) => link!);
    expect(links.length).toBeGreaterThan(5);
    expect(links.filter((link) => !headings.includes(link) && !existsSync(join("golden", link)))).toEqual([]);
  });

  test("its commands work", async () => {
    const commands = [...text.matchAll(/^npx anpm (.*)$/gm)].map(([, words]) => words!);
    expect(commands.length).toBeGreaterThan(0);
    for (const words of commands) expect(await anpm(words.split(" ")), words).toMatchObject({ exitCode: 0 });
  });
});

describe("the codes of the diagnostics", async () => {
  const cases = await readErrorCases();

  test.concurrent.each(cases)("$name is what the command line says", { timeout: 30_000 }, async ({ name, folder }) => {
    const files = await errorFiles({ name, folder });
    const stderr = files.get("stderr")!;
    for (const [file, text] of files) expect(read(folder, file), `${folder}/${file}`).toBe(text);
    const { severity } = codes[name as keyof typeof codes];
    expect(stderr).toMatch(new RegExp(`^(\\S+:\\d+:\\d+: )?${severity} ${name}: .+\n  fix: .+$`, "m"));
    expect(files.get("exit-code")).toMatch(severity === "warning" ? /^0$/m : /^[23]$/m);
  });

  test("each has a golden case, or a reason why not", () => {
    const shown = [...cases.map(({ name }) => name), ...Object.keys(withoutCase)];
    expect(shown.toSorted()).toEqual(Object.keys(codes).toSorted());
  });
});

/** Code → why no input produces it. */
const withoutCase: Readonly<Record<string, string>> = {
  "generation-not-built": "every generation that is known is built",
  "more-warnings": "it follows a thousand warnings about one object (test/model/admit.test.ts makes them)",
  "git-missing": "it tells of the machine, not of the input",
  "cannot-listen": "it tells of the machine, not of the input (test/cli/playground.test.ts)",
  "kernel-unavailable": "it tells of the machine, not of the input (test/cli/verify-kernel.test.ts)",
  "node-unreadable": "likewise (test/kernel/drift.test.ts)",
  "internal-error": "it stands for a fault of anpm, and any that an input could show would be mended instead",
};

function read(folder: string, name: string): string | undefined {
  try {
    return readFileSync(join(folder, name), "utf8");
  } catch {
    return undefined;
  }
}
