import { mkdir, readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { anpm, broken, denyAll, emptyFolder } from "./anpm.js";

/** A folder of files. */
async function folderOf(files: Readonly<Record<string, string>>): Promise<string> {
  const folder = await emptyFolder();
  for (const [name, text] of Object.entries(files)) await writeFile(join(folder, name), text);
  return folder;
}

const steps = { "01-apply.yaml": denyAll, "02-delete-it.yaml": denyAll, "03-reconcile.yaml": "" };

describe("anpm replay", () => {
  test("prints the output after each step, under its name", async () => {
    const { stdout, stderr, exitCode } = await anpm(["replay", await folderOf(steps)]);
    expect(stdout.match(/^==> .* <==$/gm)).toEqual([
      "==> 01-apply.yaml <==",
      "==> 02-delete-it.yaml <==",
      "==> 03-reconcile.yaml <==",
    ]);
    expect(stdout.split("==>").map((part) => (part.match(/INGRESS-POLICY/g) ?? []).length)).toEqual([0, 1, 0, 0]);
    expect(stderr).toBe("3 steps: 1 object applied, 1 deleted, periodic task run 1 time\n");
    expect(exitCode).toBe(0);
  });

  test("steps go by name, and files that are no manifests are none", async () => {
    const folder = await folderOf({ ...steps, "readme.txt": "", ".hidden.yaml": "", "00-apply-first.json": "{}" });
    await writeFile(
      join(folder, "00-apply-first.json"),
      JSON.stringify({ apiVersion: "v1", kind: "Namespace", metadata: { name: "shop" } }),
    );
    const { stdout } = await anpm(["replay", folder, "-o", "restore"]);
    expect(stdout.match(/^==> \d\d/gm)).toEqual(["==> 00", "==> 01", "==> 02", "==> 03"]);
  });

  test("--apply, --delete and --reconcile are carried out in the order written", async () => {
    const cwd = await folderOf({ "policy.yaml": denyAll });
    const words = ["--reconcile", "--apply", "policy.yaml", "--delete", "policy.yaml", "--apply", "-", "--reconcile"];
    const { stdout } = await anpm(["replay", ...words], { cwd, input: denyAll });
    expect(stdout.match(/^==> .* <==$/gm)).toEqual([
      "==> reconcile <==",
      "==> apply policy.yaml <==",
      "==> delete policy.yaml <==",
      "==> apply <stdin> <==",
      "==> reconcile <==",
    ]);
  });

  test("--out-dir: tables after each step, commands and log of the whole run", async () => {
    const out = join(await emptyFolder(), "deep/out");
    const { stdout, exitCode } = await anpm(["replay", await folderOf(steps), "--out-dir", out]);
    expect((await readdir(out, { recursive: true })).toSorted()).toEqual([
      "01",
      "01/ipset-save",
      "01/iptables-save",
      "02",
      "02/ipset-save",
      "02/iptables-save",
      "03",
      "03/ipset-save",
      "03/iptables-save",
      "azure-npm.log",
      "restore",
    ]);
    expect(await readFile(join(out, "01/iptables-save"), "utf8")).toContain("INGRESS-POLICY-shop/deny-all");
    expect(await readFile(join(out, "02/iptables-save"), "utf8")).not.toContain("INGRESS-POLICY-shop/deny-all");
    expect(await readFile(join(out, "azure-npm.log"), "utf8")).toContain("cleaning up these stale chains");
    expect(stdout).toBe("");
    expect(exitCode).toBe(0);
  });

  test("--out-dir with -o writes those only; steps of the command line are counted", async () => {
    const cwd = await folderOf({ "policy.yaml": denyAll });
    await anpm(["replay", "--apply", "policy.yaml", "--reconcile", "--out-dir", "out", "-o", "script,log"], { cwd });
    expect((await readdir(join(cwd, "out"), { recursive: true })).toSorted()).toEqual([
      "01",
      "01/apply.sh",
      "02",
      "02/apply.sh",
      "azure-npm.log",
    ]);
  });

  test("--out-dir writes all or nothing", async () => {
    const out = await emptyFolder();
    await mkdir(join(out, "03/ipset-save"), { recursive: true });
    const { stderr, exitCode } = await anpm(["replay", await folderOf(steps), "--out-dir", out]);
    expect(stderr).toMatch(/error cannot-write: .* 03\/ipset-save is a folder there; nothing was changed/);
    expect(await readdir(out, { recursive: true })).toEqual(["03", "03/ipset-save"]);
    expect(exitCode).toBe(3);
  });

  test("a mistake in a later step: nothing on standard output, exit 2", async () => {
    const { stdout, stderr, exitCode } = await anpm(["replay", await folderOf({ ...steps, "04-apply.yaml": broken })]);
    expect(stdout).toBe("");
    expect(stderr).toMatch(/^\S+04-apply\.yaml:8:17: error policy-type-unknown/);
    expect(exitCode).toBe(2);
  });

  test.each([
    { args: ["steps", "--reconcile"], code: "conflicting-options" },
    { args: ["--apply", "-", "--delete", "-"], code: "stdin-twice" },
    { args: ["no/such/folder"], code: "file-not-found" },
    { args: ["--apply", "a.yaml", "--delete", "b.yaml"], code: "file-not-found" },
    { args: ["--reconcile", "-o", "lgo"], code: "unknown-output" },
    { args: ["--reconcile", "--log-start", "today"], code: "log-start-invalid" },
  ])("replay $args: $code, exit 2", async ({ args, code }) => {
    const { stdout, stderr, exitCode } = await anpm(["replay", ...args]);
    expect(stdout).toBe("");
    expect(stderr).toMatch(new RegExp(`^error ${code}: .+\n  fix: .+`));
    expect(exitCode).toBe(2);
  });
});

describe("-o log", () => {
  test("compile prints what NPM logs, the same each time", async () => {
    const first = await anpm(["compile", "-f", "-", "-o", "log"], { input: denyAll });
    expect(first.stdout).toMatch(/^I0101 00:00:00\.000000 {7}1 root\.go:31\] Using config file/);
    expect((await anpm(["compile", "-f", "-", "-o", "log"], { input: denyAll })).stdout).toBe(first.stdout);
  });

  test("clock, node and API server are those of the command line", async () => {
    const cwd = await folderOf({
      "pod.yaml":
        "{apiVersion: v1, kind: Pod, metadata: {name: a, namespace: x}, spec: {containers: [{name: c, image: i}]}, status: {phase: Running, podIP: 'fd00::1'}}",
    });
    const words = ["--log-start", "2019-05-06T12:34:56Z", "--log-step", "1s", "--node-name", "node-7"];
    const { stdout } = await anpm(["compile", "-f", "pod.yaml", "-o", "log", "--kubernetes", "1.27.3", ...words], {
      cwd,
    });
    expect(stdout).toMatch(/^I0506 12:34:56\.000000 .*\nI0506 12:34:57\.000000 /);
    expect(stdout).toContain("API server version: v1.27.3 ");
    expect(stdout).toContain("ADD POD  [x/a/node-7/map[]] ignored");
  });

  test("Calico's is that of its node, step by step or in one file, with the same clock", async () => {
    const calico = ["--engine", "calico", "--calico", "calico-2019", "--node", "node-7"];
    const clock = ["--log-start", "2019-05-06T12:34:56Z", "--log-step", "1s"];
    const words = ["replay", "golden/aks-steps/steps", ...calico, ...clock];
    const { stdout } = await anpm([...words, "-o", "log"]);
    const parts = stdout.split(/^==> \d\d.* <==\n/m).slice(1);
    expect(parts).toHaveLength(7);
    expect(parts[0]).toMatch(
      /^2019-05-06 12:34:56\.000 \[INFO\]\[1\] config_params\.go 217: .*\n2019-05-06 12:34:57\.000 /,
    );
    expect(parts[0]).toContain("Creating calculation graph, filtered to hostname node-7\n");
    expect(parts[5]).toBe("");
    const out = await emptyFolder();
    await anpm([...words, "--out-dir", out]);
    expect(await readFile(join(out, "calico-node.log"), "utf8")).toBe(parts.join(""));
    const named = await anpm([...words, "-o", "log", "--node-name", "node-8"]);
    expect(named.stderr).toMatch(/^error option-of-another-engine: --node-name .*\n {2}fix: .*--node$/m);
    expect([named.stdout, named.exitCode]).toEqual(["", 2]);
  });

  test("another tag of a generation is named in the log, with a warning about its voice", async () => {
    const { stdout, stderr } = await anpm(["compile", "-f", "-", "-o", "log", "--npm", "v1.6.20"], { input: denyAll });
    expect(stdout).toContain("starting NPM version 2 with image v1.6.20\n");
    expect(stderr).toContain("warning log-of-another-release: the log is written in the voice of v1.5.50");
    const own = await anpm(["compile", "-f", "-", "-o", "log", "--npm", "v1.5.50"], { input: denyAll });
    expect(own.stderr).not.toContain("log-of-another-release");
  });
});
