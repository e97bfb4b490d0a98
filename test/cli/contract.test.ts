import { execa } from "execa";
import { mkdir, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { anpm, broken, denyAll, emptyFolder } from "./anpm.js";

describe("exit codes and streams", () => {
  test("a good manifest: rules on standard output, the summary on standard error, exit 0", async () => {
    const { stdout, stderr, exitCode } = await anpm(["compile", "-f", "-"], { input: denyAll });
    expect(stdout).toMatch(/^\*filter\n:INPUT ACCEPT[^]*\nCOMMIT\n$/);
    expect(stderr).toContain("1 polic");
    expect(exitCode).toBe(0);
  });

  test("a wrong manifest: nothing on standard output, place, code and fix on standard error, exit 2", async () => {
    const { stdout, stderr, exitCode } = await anpm(["compile", "-f", "-"], { input: broken });
    expect(stdout).toBe("");
    expect(stderr).toMatch(/^<stdin>:8:17: error [a-z-]+: .*Inress.*\n {2}fix: ./m);
    expect(exitCode).toBe(2);
  });

  test("an output that only other options bring is told with them", async () => {
    const asked = (output: string, ...options: readonly string[]) =>
      anpm(["compile", "-f", "-", "--engine", "calico", "-o", output, ...options], { input: denyAll });
    expect((await asked("ip6tables-save")).stderr).toMatch(/^error output-not-made: .*\n {2}fix: add --ipv6, or use /);
    expect((await asked("log", "--ipv6")).stderr).toMatch(/^error output-not-made: .*\n {2}fix: leave --ipv6 out, or /);
    expect((await asked("restore")).stderr).toMatch(/^error output-not-made: .*\n {2}fix: use iptables-save/);
  });

  test("every mistake of every file is told at once", async () => {
    const folder = await emptyFolder();
    await writeFile(join(folder, "a.yaml"), broken);
    await writeFile(join(folder, "b.yaml"), broken);
    const { stderr } = await anpm(["compile", "-f", "."], { cwd: folder });
    expect(stderr.match(/^\S+: error/gm)).toEqual(["a.yaml:8:17: error", "b.yaml:8:17: error"]);
  });

  test.each([
    {
      args: ["compile", "-f", "-", "--pod-cdir", "10.0.0.0/8"],
      code: "unknown-option",
      fix: "did you mean --pod-cidr?",
    },
    { args: ["compil"], code: "unknown-command", fix: "did you mean compile?" },
    { args: ["help", "compil"], code: "unknown-command", fix: "did you mean compile?" },
    { args: ["compile", "-f", "-", "-o", "ipset-sav"], code: "unknown-output", fix: "did you mean ipset-save?" },
    { args: ["compile", "-f", "-", "-o", "pairs,json"], code: "several-outputs", fix: "add --out-dir FOLDER" },
    { args: ["compile", "-f", "-", "--iptables", "bpf"], code: "wrong-option-value", fix: "use nft or legacy" },
    { args: ["compile", "-f"], code: "option-without-value", fix: "write the value behind it" },
    { args: ["compile", "policy.yaml"], code: "unexpected-argument", fix: "-f policy.yaml" },
    { args: ["compile"], code: "nothing-to-read", fix: "add -f FILE" },
    { args: ["compile", "-f", "-", "-f", "-"], code: "stdin-twice", fix: "write - once" },
    { args: ["compile", "-f", "no/such.yaml"], code: "file-not-found", fix: "check the spelling" },
    { args: ["compile", "-f", "-", "--existing", "no/such"], code: "file-not-found", fix: "check the spelling" },
    {
      args: ["compile", "-f", "-", "--place-first", "--place-after-kube-services"],
      code: "conflicting-options",
      fix: "keep one",
    },
    { args: ["compile", "-f", "-", "--diagnostics", "xml"], code: "wrong-option-value", fix: "use text or json" },
    { args: ["completion"], code: "missing-argument", fix: "see anpm completion --help" },
    { args: ["completion", "tcsh"], code: "wrong-option-value", fix: "use bash or zsh or fish" },
    { args: ["--nope"], code: "unknown-option", fix: "see anpm --help" },
  ])("$args: $code, exit 2", async ({ args, code, fix }) => {
    const { stdout, stderr, exitCode } = await anpm(args, { input: denyAll });
    expect(stdout).toBe("");
    expect(stderr).toMatch(new RegExp(`^error ${code}: .+\n  fix: .*`));
    expect(stderr).toContain(fix);
    expect(exitCode).toBe(2);
  });

  test("what the system cannot read is the environment's fault: exit 3", async () => {
    const { stderr, exitCode } = await anpm(["compile", "-f", "/proc/self/mem"]);
    expect(stderr).toContain("error file-unreadable: /proc/self/mem cannot be read");
    expect(exitCode).toBe(3);
  });

  test("no space left on standard output: exit 3", async () => {
    const command = `"$0" dist/src/main.js compile -f - > /dev/full`;
    const ran = await execa("bash", ["-c", command, process.execPath], { input: denyAll, reject: false });
    expect(ran.stderr).toContain("error cannot-write: standard output cannot be written");
    expect(ran.exitCode).toBe(3);
  });

  test("a reader that has seen enough is no error", async () => {
    const folder = await emptyFolder();
    const many = Array.from({ length: 2000 }, (_, i) => denyAll.replace("deny-all", `deny-${i}`)).join("---\n");
    await writeFile(join(folder, "many.yaml"), many);
    const script = `"$0" dist/src/main.js compile -f "$1" 2>"$2/err" | head -n 1; echo "\${PIPESTATUS[0]}"; grep -c error "$2/err"`;
    const { stdout } = await execa("bash", ["-c", script, process.execPath, join(folder, "many.yaml"), folder], {
      reject: false,
    });
    expect(stdout).toBe("*filter\n0\n0");
  });
});

describe("--diagnostics json", () => {
  test("a right manifest: standard error is exactly one document, with the warnings if there are any", async () => {
    const { stdout, stderr, exitCode } = await anpm(["compile", "-f", "-", "--diagnostics", "json"], {
      input: denyAll,
    });
    expect(JSON.parse(stderr)).toEqual({ diagnostics: expect.any(Array) });
    expect(stdout).toContain("COMMIT");
    expect(exitCode).toBe(0);
  });

  test("a wrong manifest: every key, line and column from 1", async () => {
    const { stdout, stderr, exitCode } = await anpm(["compile", "-f", "-", "--diagnostics=json"], { input: broken });
    expect(JSON.parse(stderr).diagnostics).toEqual([
      {
        severity: "error",
        code: expect.stringMatching(/^[a-z-]+$/),
        message: expect.stringContaining("Inress"),
        fix: expect.stringMatching(/./),
        file: "<stdin>",
        line: 8,
        column: 17,
        object: "shop/deny-all",
        field: "spec.policyTypes[0]",
      },
    ]);
    expect(stdout).toBe("");
    expect(exitCode).toBe(2);
  });

  test.each([
    ["before the command", ["--diagnostics", "json", "compile", "--nope"]],
    ["behind the mistake", ["compile", "--nope", "--diagnostics", "json"]],
    ["an unknown command", ["nope", "--diagnostics=json"]],
  ])("a wrong command line too: %s", async (_, args) => {
    const { stderr, exitCode } = await anpm(args);
    const { diagnostics } = JSON.parse(stderr);
    expect(diagnostics).toHaveLength(1);
    expect(diagnostics[0]).toMatchObject({
      severity: "error",
      code: expect.stringContaining("unknown"),
      file: "",
      line: 0,
    });
    expect(exitCode).toBe(2);
  });
});

describe("reading", () => {
  test("a folder is read recursively: .yaml, .yml and .json, nothing else, in the order of the paths", async () => {
    const folder = await emptyFolder();
    await mkdir(join(folder, "b/c"), { recursive: true });
    await writeFile(join(folder, "z.json"), "{");
    await writeFile(join(folder, "b/c/y.yml"), "kind: [");
    await writeFile(join(folder, "b/x.yaml"), "kind: [");
    await writeFile(join(folder, "a.txt"), "kind: [");
    const { stderr } = await anpm(["compile", "-f", ".", "--diagnostics", "json"], { cwd: folder });
    const files = JSON.parse(stderr).diagnostics.map((found: { file: string }) => found.file);
    expect([...new Set(files)]).toEqual(["b/c/y.yml", "b/x.yaml", "z.json"]);
  });

  test("a folder without manifests is a mistake", async () => {
    const { stderr, exitCode } = await anpm(["compile", "-f", await emptyFolder()]);
    expect(stderr).toContain("error folder-without-manifests");
    expect(exitCode).toBe(2);
  });

  test("a link that leads to itself cannot be read", async () => {
    const folder = await emptyFolder();
    await symlink("self.yaml", join(folder, "self.yaml"));
    const { stderr } = await anpm(["compile", "-f", "."], { cwd: folder });
    expect(stderr).toContain("error file-unreadable: self.yaml cannot be read: its symbolic links lead in a circle");
  });

  test("a folder that a link leads back to is read once, with a warning", async () => {
    const folder = await emptyFolder();
    await mkdir(join(folder, "a"));
    await writeFile(join(folder, "a/policy.yaml"), denyAll);
    await symlink("../a", join(folder, "a/again"));
    const { stderr, exitCode } = await anpm(["compile", "-f", "a"], { cwd: folder });
    expect(stderr).toContain("warning read-already: a/again leads to a, which is read already");
    expect(exitCode).toBe(0);
  });

  test("a link without a target is a missing file", async () => {
    const folder = await emptyFolder();
    await symlink("gone", join(folder, "policy.yaml"));
    const { stderr, exitCode } = await anpm(["compile", "-f", folder]);
    expect(stderr).toContain("error file-not-found");
    expect(exitCode).toBe(2);
  });

  test("text that is not UTF-8 is told with its place", async () => {
    const folder = await emptyFolder();
    await writeFile(join(folder, "latin.yaml"), Buffer.from("kind: Pod\nname: caf\xe9\n", "latin1"));
    const { stderr, exitCode } = await anpm(["compile", "-f", "latin.yaml"], { cwd: folder });
    expect(stderr).toContain("latin.yaml:2:10: error not-utf-8: the byte 0xe9 is not UTF-8 text here");
    expect(exitCode).toBe(2);
  });

  test("a byte order mark is no part of the text", async () => {
    const { exitCode } = await anpm(["compile", "-f", "-"], { input: `\ufeff${denyAll}` });
    expect(exitCode).toBe(0);
  });

  test("a dump for --existing that is none is told line by line", async () => {
    const folder = await emptyFolder();
    await writeFile(join(folder, "dump"), "*filter\n:FORWARD ACCEPT [0:0]\nCOMMIT\nnonsense\n");
    const { stderr, exitCode } = await anpm(["compile", "-f", "-", "--existing", "dump"], {
      cwd: folder,
      input: denyAll,
    });
    expect(stderr).toContain("dump:4:1: error unreadable-dump");
    expect(exitCode).toBe(2);
  });
});
