import { execa, execaSync } from "execa";
import { load } from "js-yaml";
import { mkdtempSync } from "node:fs";
import { chmod, cp, mkdir, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { delimiter, join, resolve } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";

/** The commands of the readme, run as they stand there, in a copy of the project without what builds leave behind. */
const readme = await readFile("README.md", "utf8");
const folder = mkdtempSync(join(tmpdir(), "anpm-readme-"));
const stubs = join(folder, "stubs");
const clone = join(folder, "clone");
const [example, ...rest] = [...blocks("sh").flatMap((block) => block.split("\n")), ...cells()];

/** Run by .ci/run: a test that ran them would run itself. */
const notHere = ["npm ci && npm test", "npm install --global ."];
const canUseKernel = execaSync("unshare", ["--net", "ipset", "list", "-n"], { reject: false }).exitCode === 0;

beforeAll(async () => {
  await mkdir(clone);
  const left = [...(await readFile(".gitignore", "utf8")).split("\n").map((line) => line.replace("/", "")), ".git"];
  for (const name of (await readdir(".")).filter((each) => !left.includes(each))) {
    await cp(name, join(clone, name), { recursive: true });
  }
  await mkdir(join(clone, "policies"));
  const policy = blocks("yaml")[0]!;
  // A branch that changes a port: revisions to compare.
  await writeFile(join(clone, "policies/policy.yaml"), policy.replace("port: 80", "port: 8080"));
  await git("init", "--initial-branch=main");
  await commitPolicies("as it was");
  await git("checkout", "-b", "change");
  for (const path of ["policy.yaml", "policies/policy.yaml"]) await writeFile(join(clone, path), policy);
  await commitPolicies("another port");
  await writeFile(join(clone, "pods.yaml"), policy.split("---")[0]!.replaceAll(/\bapi\b/g, "web"));
  await writeFile(
    join(clone, "expectations.yaml"),
    blocks("yaml").find((text) => text.startsWith("expect:"))!,
  );
  await mkdir(stubs);
  await stub("anpm", `exec node "${resolve("dist/src/main.js")}" "$@"`);
  await stub("kubectl", `exec cat "${resolve("test/readme-cluster.json")}"`);
  await stub(
    "sudo",
    canUseKernel ? `exec unshare --net "$@"` : `case "$1" in sh) sh -n "$2" ;; iptables-save) ${emptyTable} ;; esac`,
  );
});

afterAll(() => rm(folder, { recursive: true, force: true }));

/** What `iptables-save -t filter` prints where nobody has added a rule. */
const emptyTable = String.raw`printf '*filter\n:INPUT ACCEPT [0:0]\n:FORWARD ACCEPT [0:0]\n:OUTPUT ACCEPT [0:0]\nCOMMIT\n'`;

describe("the readme", () => {
  test("its first set-up line works in a fresh clone, and works again", async () => {
    expect(example).toBe("npm ci && npm run example");
    for (const _ of ["once", "again"]) {
      const { stdout } = await run(example!);
      expect(stdout.match(/^==> Step \d/gm)).toEqual(["==> Step 1", "==> Step 2", "==> Step 3"]);
      expect(stdout.match(/^COMMIT$/gm)).toHaveLength(3);
    }
  }, 300_000);

  test("its second one is what .ci/run runs", async () => {
    const script = await readFile(".ci/run", "utf8");
    expect(script).toMatch(/step npm ci\b[^]*step npm test\b/);
  });

  test("its example is what anpm prints", async () => {
    const { stdout } = await run("anpm compile -f policy.yaml");
    expect(stdout).toBe(blocks("text")[0]);
  });

  test.each(rest.filter((line) => !notHere.includes(line)))("%s", async (line) => {
    expect(await run(line)).toMatchObject({
      exitCode: 0,
      stderr: expect.not.stringMatching(/^(\S+: )?error [a-z-]+:/m),
    });
  });

  test("the steps of its workflow work on a merge of a pull request, in the shell that GitHub runs them in", async () => {
    const { jobs } = load(blocks("yaml").find((text) => text.includes("on: pull_request"))!) as Workflow;
    const steps = jobs.diff.steps.flatMap(
      ({ run: step }) => step?.replace("https://github.com/OWNER/anpm", clone) ?? [],
    );
    expect(steps).toHaveLength(5);
    const checkout = join(folder, "work", "checkout");
    await execa("git", ["clone", "--quiet", "--branch", "main", clone, checkout]);
    const merge = ["merge", "--quiet", "--no-ff", "-m", "merge", "origin/change"];
    await execa("git", ["-c", "user.name=x", "-c", "user.email=x@example.com", ...merge], { cwd: checkout });
    for (const command of ["npm", "gh"])
      await stub(command, `echo "$(basename "$0") $*" >> "${join(folder, "called")}"`);
    const env = { PATH: `${stubs}${delimiter}${process.env["PATH"]}`, GITHUB_STEP_SUMMARY: "summary.md", NUMBER: "7" };
    const printed: string[] = [];
    for (const step of steps) {
      const { stdout } = await execa("bash", ["-e", "-c", step], { cwd: checkout, env, stdin: "ignore" });
      printed.push(stdout);
    }
    for (const command of ["npm", "gh"]) await rm(join(stubs, command));
    const summary = await readFile(join(checkout, "summary.md"), "utf8");
    expect(summary).toBe(await readFile(join(checkout, "diff.md"), "utf8"));
    expect(summary).toMatch(/^### No connection opens or closes; rules: 1 added, 1 removed/);
    expect(printed[2]).toMatch(/^::notice file=policies\/policy\.yaml,line=\d+/m);
    expect((await readFile(join(folder, "called"), "utf8")).split("\n")).toEqual([
      "npm ci",
      "npm install --global .",
      "gh pr comment 7 --body-file diff.md --edit-last --create-if-none",
      "",
    ]);
  });

  test("it names every option of compile", async () => {
    const { stdout } = await run("anpm compile --help");
    const options = [...stdout.matchAll(/--[a-z-]+(?= {2,}| <)/g)].map(([option]) => option);
    const unnamed = options.filter((option) => !readme.includes(option));
    expect(options.length).toBeGreaterThan(10);
    expect(unnamed).toEqual(["--version"]);
  });
});

interface Workflow {
  readonly jobs: { readonly diff: { readonly steps: readonly { readonly run?: string }[] } };
}

/** Rejects when the command fails. */
async function run(line: string) {
  const env = { PATH: `${stubs}${delimiter}${process.env["PATH"]}`, npm_config_prefer_offline: "true" };
  return execa("bash", ["-e", "-o", "pipefail", "-c", line], { cwd: clone, env, stdin: "ignore" });
}

/** Texts of the readme's blocks of a language, without the last line end. */
/** The commands in the cells of its tables. */
function cells(): readonly string[] {
  const rows = readme.split("\n").filter((line) => line.startsWith("| **"));
  return rows.flatMap((row) => [...row.matchAll(/`(anpm [^`]+)`/g)].map(([, command]) => command!));
}

function blocks(language: string): readonly string[] {
  return [...readme.matchAll(/^```(\w+)\n([^]*?)\n```$/gm)]
    .filter(([, name]) => name === language)
    .map(([, , text]) => text!);
}

async function git(...words: readonly string[]): Promise<void> {
  await execa("git", ["-c", "user.name=x", "-c", "user.email=x@example.com", "-c", "commit.gpgsign=false", ...words], {
    cwd: clone,
  });
}

async function commitPolicies(message: string): Promise<void> {
  await git("add", "policies");
  await git("commit", "--quiet", "--message", message);
}

async function stub(name: string, command: string): Promise<void> {
  await writeFile(join(stubs, name), `#!/bin/sh\n${command}\n`);
  await chmod(join(stubs, name), 0o755);
}
