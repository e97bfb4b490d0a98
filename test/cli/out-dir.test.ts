import { mkdir, readdir, readFile, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { anpm, broken, denyAll, emptyFolder } from "./anpm.js";

describe("--out-dir", () => {
  test("makes the folder and writes every output to it, scripts executable, nothing on standard output", async () => {
    const folder = join(await emptyFolder(), "deep/out");
    const { stdout, exitCode } = await anpm(["compile", "-f", "-", "--out-dir", folder], { input: denyAll });
    expect((await readdir(folder)).toSorted()).toEqual(
      [
        "apply.sh",
        "azure-npm.log",
        "compile.json",
        "ipset-save",
        "iptables-save",
        "pairs",
        "restore",
        "undo.sh",
      ].toSorted(),
    );
    expect((await stat(join(folder, "apply.sh"))).mode & 0o111).not.toBe(0);
    expect((await stat(join(folder, "pairs"))).mode & 0o111).toBe(0);
    expect(stdout).toBe("");
    expect(exitCode).toBe(0);
  });

  test("writes what -o prints, byte for byte", async () => {
    const folder = await emptyFolder();
    await anpm(["compile", "-f", "-", "--out-dir", folder], { input: denyAll });
    for (const [output, file] of [
      ["iptables-save", "iptables-save"],
      ["script", "apply.sh"],
      ["json", "compile.json"],
    ] as const) {
      const { stdout } = await anpm(["compile", "-f", "-", "-o", output], { input: denyAll });
      expect(await readFile(join(folder, file), "utf8")).toBe(stdout);
    }
  });

  test("-o a,b and -o a -o b write those only", async () => {
    for (const names of [
      ["-o", "pairs,undo"],
      ["-o", "undo", "-o", "pairs"],
    ]) {
      const folder = await emptyFolder();
      await anpm(["compile", "-f", "-", "--out-dir", folder, ...names], { input: denyAll });
      expect((await readdir(folder)).toSorted()).toEqual(["pairs", "undo.sh"]);
    }
  });

  test("leaves other files of the folder alone and replaces its own", async () => {
    const folder = await emptyFolder();
    await writeFile(join(folder, "notes"), "mine");
    await writeFile(join(folder, "pairs"), "old");
    await anpm(["compile", "-f", "-", "--out-dir", folder], { input: denyAll });
    expect(await readFile(join(folder, "notes"), "utf8")).toBe("mine");
    expect(await readFile(join(folder, "pairs"), "utf8")).toContain("shop");
  });

  test("wrong input writes nothing, not even the folder", async () => {
    const parent = await emptyFolder();
    const { exitCode } = await anpm(["compile", "-f", "-", "--out-dir", join(parent, "out")], { input: broken });
    expect(await readdir(parent)).toEqual([]);
    expect(exitCode).toBe(2);
  });

  test("one file that cannot be written: none is, what was there stays, exit 3", async () => {
    const folder = await emptyFolder();
    await writeFile(join(folder, "iptables-save"), "old");
    await mkdir(join(folder, "undo.sh"));
    const { stderr, exitCode } = await anpm(["compile", "-f", "-", "--out-dir", folder], { input: denyAll });
    expect(stderr).toMatch(/error cannot-write: .* undo\.sh is a folder there; nothing was changed/);
    expect((await readdir(folder)).toSorted()).toEqual(["iptables-save", "undo.sh"]);
    expect(await readFile(join(folder, "iptables-save"), "utf8")).toBe("old");
    expect(exitCode).toBe(3);
  });

  test("a file where the folder should be: exit 3", async () => {
    const folder = await emptyFolder();
    await writeFile(join(folder, "out"), "a file");
    const { stderr, exitCode } = await anpm(["compile", "-f", "-", "--out-dir", join(folder, "out")], {
      input: denyAll,
    });
    expect(stderr).toContain("error cannot-write");
    expect(await readFile(join(folder, "out"), "utf8")).toBe("a file");
    expect(exitCode).toBe(3);
  });
});
