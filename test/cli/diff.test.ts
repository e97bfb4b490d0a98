import { execa } from "execa";
import { cp, mkdir, mkdtemp, readFile, rename, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { beforeAll, describe, expect, test } from "vitest";
import { differenceOutputs } from "../../compiler/index.js";
import { anpm, emptyFolder } from "./anpm.js";

const golden = resolve("golden/diff");
const [before, after] = [join(golden, "port-changed/before"), join(golden, "port-changed/after")];
const pods = join(before, "pods.yaml");
const headline =
  "opens connections of 1 source-destination pair, closes connections of 1; rules: 1 added, 1 removed; no set changes; 1 edit";

describe("anpm diff OLD NEW", () => {
  test("two folders: their files have the same names below either", async () => {
    const { stdout, stderr, exitCode } = await anpm(["diff", "before", "after"], { cwd: join(before, "..") });
    const shown = await readFile(join(golden, "port-changed/text"), "utf8");
    expect(stdout).toBe(shown);
    expect(stderr).toBe("2 policies, 3 pods, 1 namespace\n");
    expect(exitCode).toBe(1);
  });

  test("two files with --cluster", async () => {
    const words = ["diff", join(before, "policies.yaml"), join(after, "policies.yaml"), "--cluster", pods];
    const { stdout, exitCode } = await anpm(words);
    expect(stdout.split("\n")[0]).toMatch(new RegExp(`: ${headline}$`));
    expect(exitCode).toBe(1);
  });

  test.each([
    ["the same twice", [before, before]],
    ["with .. in the path", [before, `${after}/../before`]],
    ["with a slash at the end", [`${before}/`, before]],
    ["with a dot in front", ["./golden/diff/port-changed/before", "golden//diff/port-changed/before/"]],
    ["a file, called in two ways", [pods, `${after}/../before/pods.yaml`]],
  ])("%s: no difference, exit 0", async (_, [old, young]) => {
    const { stdout, exitCode } = await anpm(["diff", old!, young!]);
    expect(stdout).toBe(`${old!} → ${young!}: no difference\n`);
    expect(exitCode).toBe(0);
  });

  test("standard input is one side", async () => {
    const input = await readFile(pods, "utf8");
    expect(await anpm(["diff", "-", pods], { input })).toMatchObject({
      stdout: `- → ${pods}: no difference\n`,
      exitCode: 0,
    });
  });

  test("and two generations beside", async () => {
    const { stdout, exitCode } = await anpm(["diff", before, after, "--npm", "v2-fnv..v2", "-o", "json"]);
    const { before: old, after: young } = JSON.parse(stdout) as Record<string, { generation: string }>;
    expect([old!.generation, young!.generation, exitCode]).toEqual(["v2-fnv", "v2", 1]);
  });
});

test("two generations: the same manifests, exit 1 for other rules, 0 for no connection", async () => {
  const words = ["diff", "-f", before, "--npm", "v2-fnv..v2"];
  const { stdout, exitCode } = await anpm(words);
  expect(stdout).toMatch(/^v2-fnv → v2: no connection opens or closes; rules: /);
  expect(exitCode).toBe(1);
  expect((await anpm([...words, "--fail-on", "opened"])).exitCode).toBe(0);
  const input = await readFile(pods, "utf8");
  expect((await anpm(["diff", "-f", "-", "--npm", "v2-fnv..v2"], { input })).stdout).toMatch(/^v2-fnv → v2: /);
});

describe("exit codes", () => {
  const relabelled = ["diff", join(golden, "pod-relabelled/before"), join(golden, "pod-relabelled/after")];
  const reordered = ["diff", join(golden, "labels-reordered/before"), join(golden, "labels-reordered/after")];
  const article = ["diff", join(golden, "article-step-2-to-3/before"), join(golden, "article-step-2-to-3/after")];

  test.each([
    [relabelled, [], 1],
    [relabelled, ["--fail-on", "opened"], 1],
    [relabelled, ["--fail-on", "closed"], 0],
    [relabelled, ["--fail-on", "rules"], 1],
    [relabelled, ["--fail-on", "none"], 0],
    [article, ["--fail-on", "opened"], 0],
    [article, ["--fail-on", "closed"], 1],
    [article, ["-o", "patch"], 0],
    [article, ["-o", "unpatch"], 0],
    [article, ["-o", "unified"], 1],
    [reordered, [], 0],
    [reordered, ["--fail-on", "rules"], 0],
  ])("%j %j: %d", async (words, options, code) => {
    expect((await anpm([...words, ...options])).exitCode).toBe(code);
  });

  test.each([
    [["diff"], "nothing-to-compare"],
    [["diff", pods], "second-version-missing"],
    [["diff", pods, pods, pods], "unexpected-argument"],
    [["diff", pods, pods, "-f", pods], "conflicting-options"],
    [["diff", "-", "-"], "stdin-twice"],
    [["diff", "-", pods, "--cluster", "-"], "stdin-twice"],
    [["diff", "no-such-file", pods], "file-not-found"],
    [["diff", "main..HEAD"], "missing-option"],
    [["diff", before, after, "--npm", "v1..v2", "-o", "patch"], "patch-between-flavours"],
    [["diff", "-f", before, "--engine", "azure-npm..calico", "-o", "patch"], "output-not-made"],
  ])("%j: 2, %s, and nothing on standard output", async (words, code) => {
    const { stdout, stderr, exitCode } = await anpm(words);
    expect(stderr).toMatch(new RegExp(`^error ${code}: .*\n  fix: `, "m"));
    expect([stdout, exitCode]).toEqual(["", 2]);
  });
});

test("of two engines, what only one of them reads is no edit", async () => {
  const cluster = ["-f", "golden/calico-ipip/manifests.yaml", "--node", "node-0"];
  const { stdout } = await anpm(["diff", ...cluster, "--engine", "azure-npm..calico"]);
  expect(stdout).toContain("Rules and sets of two engines");
  expect(stdout).not.toContain("Edits");
});

describe("--ipv6: tables, sets and connections of IPv6", () => {
  const cwd = join(golden, "calico-ipv6");
  const words = ["diff", "before", "after", "--engine", "calico", "--node", "node-0", "--ipv6"];

  test.each(["text", "json", "markdown", "github", "sarif", "unified"])("-o %s", async (output) => {
    const { stdout, exitCode } = await anpm([...words, "-o", output], { cwd });
    expect(stdout).toBe(await readFile(join(cwd, output), "utf8"));
    expect(exitCode).toBe(1);
  });

  test("-o html says so, and patches are for ip6tables", async () => {
    expect((await anpm([...words, "-o", "html"], { cwd })).stdout).toContain("<h1>before → after, IPv6</h1>");
    for (const output of ["patch", "unpatch"]) {
      const { stdout, exitCode } = await anpm([...words, "-o", output], { cwd });
      expect(stdout).toContain("for IPv6 to another");
      expect(stdout).toContain("iptables='ip6tables'");
      expect(stdout).not.toMatch(/cali40|10\.224\.0/);
      expect(exitCode).toBe(0);
    }
  });

  test("what IPv4 alone is about is an edit that changes nothing there", async () => {
    const folder = await emptyFolder();
    const text = await readFile(join(cwd, "before/manifests.yaml"), "utf8");
    await writeFile(join(folder, "old.yaml"), text);
    await writeFile(join(folder, "new.yaml"), text.replace("203.0.113.0/24", "198.51.100.0/24"));
    const files = ["diff", "old.yaml", "new.yaml", "--engine", "calico", "--node", "node-0"];
    const { stdout, exitCode } = await anpm([...files, "--ipv6"], { cwd: folder });
    expect(stdout).toMatch(
      /^old.yaml → new.yaml, IPv6: no connection opens or closes; no rule changes; no set changes/,
    );
    expect(stdout).toContain("The edits change nothing of IPv6 on the node.");
    expect(exitCode).toBe(1);
    expect((await anpm([...files, "--ipv6", "--fail-on", "rules"], { cwd: folder })).exitCode).toBe(0);
    expect((await anpm([...files, "--fail-on", "opened"], { cwd: folder })).exitCode).toBe(1);
  });

  test("an engine that makes no rules for it lets everything pass", async () => {
    const engines = ["diff", "-f", "before", "--engine", "azure-npm..calico", "--node", "node-0", "--ipv6"];
    const { stdout } = await anpm(engines, { cwd });
    expect(stdout).toContain("azure-npm → calico, IPv6: closes connections");
    expect(stdout).toContain("azure-npm v2 (v1.8.12): 0 rules in 0 chains, 0 sets");
    expect((await anpm([...engines, "--fail-on", "opened"], { cwd })).exitCode).toBe(0);
  });
});

test.each(differenceOutputs.map(({ name }) => name))(
  "-o %s is the same each time, whatever the terminal",
  async (name) => {
    const words = ["diff", before, after, "-o", name];
    const wide = { COLUMNS: "300", FORCE_COLOR: "1", CLICOLOR_FORCE: "1" };
    const runs = [await anpm(words), await anpm(words, { env: wide }), await anpm(words, { env: { COLUMNS: "20" } })];
    expect(new Set(runs.map(({ stdout }) => stdout)).size).toBe(1);
    expect(runs[0]!.stdout).not.toContain("\u001b");
  },
);

describe("anpm diff OLD..NEW", () => {
  let folder: string;
  const hard = `de ploy/it's "q"`;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), "anpm-diff-"));
    await git("init", "--initial-branch=main");
    await mkdir(join(folder, hard), { recursive: true });
    await cp(pods, join(folder, "pods.yaml"));
    await cp(join(before, "policies.yaml"), join(folder, hard, "p.yaml"));
    await commit("first");
    await rename(join(folder, hard, "p.yaml"), join(folder, hard, "q.yaml"));
    await cp(join(after, "policies.yaml"), join(folder, hard, "q.yaml"));
    await writeFile(join(folder, hard, "only-new.yaml"), "apiVersion: v1\nkind: Namespace\nmetadata: { name: new }\n");
    await commit("second");
    return () => rm(folder, { recursive: true });
  });

  const git = (...words: readonly string[]) =>
    execa("git", ["-c", "user.name=x", "-c", "user.email=x@example.com", "-c", "commit.gpgsign=false", ...words], {
      cwd: folder,
    });

  async function commit(message: string): Promise<void> {
    await git("add", "--all");
    await git("commit", "--quiet", "--message", message);
  }

  test("a path with spaces and quotes, a renamed file, and one that only the second has", async () => {
    const words = ["diff", "HEAD~1..HEAD", "-f", hard, "--cluster", "pods.yaml"];
    const { stdout, exitCode } = await anpm(words, { cwd: folder });
    expect(stdout).toMatch(/^HEAD~1 → HEAD: opens connections of 1 source-destination pair, closes connections of 1; /);
    expect(stdout).toContain(`port 80 → 443  (${hard}/p.yaml:10:11 → ${hard}/q.yaml:10:11)`);
    expect(stdout).toContain(`NetworkPolicy shop/db-from-api: moved to another file`);
    expect(stdout).toContain(`+ #1 Namespace new added  (${hard}/only-new.yaml:1:1)`);
    expect(exitCode).toBe(1);
  });

  test("in a folder below, paths are of that folder", async () => {
    const words = ["diff", "HEAD~1..HEAD", "-f", `it's "q"`, "--cluster", "../pods.yaml"];
    const { stdout } = await anpm(words, { cwd: join(folder, "de ploy") });
    expect(stdout).toContain(`(it's "q"/p.yaml:10:11 → it's "q"/q.yaml:10:11)`);
    const up = await anpm(["diff", "HEAD~1..HEAD", "-f", "../pods.yaml"], { cwd: join(folder, "de ploy") });
    expect(up).toMatchObject({ stdout: "HEAD~1 → HEAD: no difference\n", exitCode: 0 });
  });

  test("with three dots it begins where the two parted", async () => {
    const { stdout } = await anpm(["diff", "HEAD...HEAD~1", "-f", hard, "--cluster", "pods.yaml"], { cwd: folder });
    expect(stdout).toBe("HEAD → HEAD~1: no difference\n");
  });

  test("one side may be left out: it is HEAD", async () => {
    const { stdout } = await anpm(["diff", "..HEAD~1", "-f", hard], { cwd: folder });
    expect(stdout).toMatch(/^HEAD → HEAD~1: /);
  });

  test("the work tree makes no difference and stays as it is", async () => {
    await writeFile(join(folder, hard, "q.yaml"), "not: [even, yaml");
    const { exitCode, stderr } = await anpm(["diff", "HEAD..HEAD", "-f", hard], { cwd: folder });
    expect(exitCode).toBe(0);
    expect(stderr).toMatch(/^2 policies, 0 pods, 1 namespace\n/);
    expect((await git("status", "--porcelain")).stdout).toMatch(/^ M \S/);
    await git("checkout", "--", ".");
  });

  test("a shallow clone says what is missing", async () => {
    const clone = join(folder, ".git", "clone");
    await execa("git", ["clone", "--quiet", "--depth=1", `file://${folder}`, clone]);
    const { stderr, exitCode } = await anpm(["diff", "HEAD~1..HEAD", "-f", hard], { cwd: clone });
    expect(stderr).toMatch(/^error git-unknown-revision: .*HEAD~1.*\n {2}fix: .*shallow/);
    expect(exitCode).toBe(2);
  });

  test("what begins with a dash is no option of git", async () => {
    const { stderr, exitCode } = await anpm(["diff", "-f", hard, "--", "--output=x..HEAD"], { cwd: folder });
    expect(stderr).toMatch(/^error git-unknown-revision: /);
    expect(exitCode).toBe(2);
  });

  test("outside of a repository", async () => {
    const words = ["diff", "main..HEAD", "-f", "x"];
    const { stderr, exitCode } = await anpm(words, { cwd: await emptyFolder() });
    expect(stderr).toMatch(/^error git-no-repository: /);
    expect(exitCode).toBe(2);
  });
});
