import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { anpm, denyAll, emptyFolder } from "./anpm.js";

const ts = "2021/03/02 12:34:56 [1]";
const older = [
  `${ts} Creating Set: &{operationFlag:-N name:ns-x set:azure-npm-4245442695 spec:[nethash]}`,
  `${ts} Executing ipset command ipset [-N -exist azure-npm-4245442695 nethash]`,
  `${ts} Executing iptables command iptables [-w 60 -N AZURE-NPM]`,
  "",
].join("\n");
const newer = [
  `${ts} Executing ipset command ipset [-A -exist azure-npm-4245442695 10.0.0.1]`,
  `${ts} Executing iptables command iptables [-w 60 -A AZURE-NPM -m set --match-set azure-npm-4245442695 dst -j DROP]`,
  `${ts} Error: There was an error running command: [ipset -X -exist azure-npm-1] Stderr: [exit status 1, ipset v7.5: Set cannot be destroyed: it is in use by a kernel component]`,
  "",
].join("\n");

test("tells what happened, what went wrong and what helps", async () => {
  const { stdout, stderr, exitCode } = await anpm(["log", "read", "-"], { input: older + newer });
  expect(stdout).toBe(
    [
      "2021/03/02 12:34:56  + set ns-x",
      "2021/03/02 12:34:56  + chain AZURE-NPM",
      "2021/03/02 12:34:56  + member 10.0.0.1 of ns-x",
      "2021/03/02 12:34:56  + rule AZURE-NPM -m set --match-set ns-x dst -j DROP",
      "2021/03/02 12:34:56  error set-in-use: Error: There was an error running command: [ipset -X -exist azure-npm-1] Stderr: [exit status 1, ipset v7.5: Set cannot be destroyed: it is in use by a kernel component]",
      "",
      "read: 6 lines of 1 file, 2021/03/02 12:34:56 to 2021/03/02 12:34:56",
      "said: 1 × set created, 2 × ipset command, 2 × iptables command",
      "afterwards: 1 chain, 1 rule, 1 set, 1 member",
      "errors:",
      "  set-in-use: a set is still in use and was not deleted (once at <stdin>:6)",
      "    means: a rule or a list refers to it. A set without members does no harm, but it stays on the node until NPM starts anew",
      "    helps: nothing to do while there are few of them; they go when NPM restarts",
      "",
    ].join("\n"),
  );
  expect(stderr).toBe("");
  expect(exitCode).toBe(0);
});

test("puts rotated files in order, also those of a folder", async () => {
  const folder = await emptyFolder();
  await writeFile(join(folder, "azure-npm.log"), newer);
  await writeFile(join(folder, "azure-npm.log.1"), older);
  await writeFile(join(folder, "azure-npm.log.10"), `${ts} Initializing AZURE-NPM chains.\n`);
  const rules =
    "*filter\n:INPUT ACCEPT [0:0]\n:FORWARD ACCEPT [0:0]\n:OUTPUT ACCEPT [0:0]\n:AZURE-NPM - [0:0]\n-A AZURE-NPM -m set --match-set azure-npm-4245442695 dst -j DROP\nCOMMIT\n";
  for (const args of [["azure-npm.log", "azure-npm.log.1", "azure-npm.log.10"], ["."]]) {
    const { stdout, stderr } = await anpm(["log", "read", ...args, "-o", "iptables-save"], { cwd: folder });
    expect({ stdout, stderr }).toEqual({ stdout: rules, stderr: "" });
  }
  const { stdout } = await anpm(["log", "read", ".", "-o", "json"], { cwd: folder });
  expect(JSON.parse(stdout)).toMatchObject({
    events: [{ file: "azure-npm.log.1", line: 1, kind: "set" }, {}, {}, { file: "azure-npm.log", line: 1 }, {}, {}],
    files: 3,
    lines: 7,
    errors: [{ code: "set-in-use", count: 1, harmless: false }],
    unknown: { count: 0, lines: [] },
    gaps: [],
    chains: [{}, {}, {}, { name: "AZURE-NPM", rules: ["-m set --match-set azure-npm-4245442695 dst -j DROP"] }],
    sets: [{ name: "azure-npm-4245442695", readableName: "ns-x", type: "hash:net", members: ["10.0.0.1"] }],
  });
});

test.each(["v2", "v1", "v1-2019"])("reads back what anpm itself logs, of %s", async (generation) => {
  const folder = await emptyFolder();
  await writeFile(join(folder, "m.yaml"), denyAll);
  const compile = (...more: readonly string[]) =>
    anpm(["compile", "-f", "m.yaml", "--npm", generation, ...more], { cwd: folder });
  const { stdout: log, stderr } = await compile("-o", "log", "--log", "classic");
  expect(stderr).not.toContain("warning");
  for (const output of ["iptables-save", "ipset-save"]) {
    const { stdout } = await anpm(["log", "read", "-", "-o", output], { input: log });
    expect(stdout).toBe((await compile("-o", output)).stdout);
  }
});

test("an empty log holds nothing, and nonsense is no log", async () => {
  const folder = await emptyFolder();
  await mkdir(join(folder, "empty"));
  await writeFile(join(folder, "empty.log"), "");
  await writeFile(join(folder, "random"), Buffer.from([0, 255, 254, 10, 13, 200, 10]));
  expect((await anpm(["log", "read", "empty.log"], { cwd: folder })).exitCode).toBe(0);
  const { stdout, stderr, exitCode } = await anpm(["log", "read", "random"], { cwd: folder });
  expect({ stdout, exitCode }).toEqual({ stdout: "", exitCode: 2 });
  expect(stderr).toMatch(/^error not-a-log: random holds no line/);
  const missing = await anpm(["log", "read", "nowhere", "empty"], { cwd: folder });
  expect(missing.stderr).toMatch(/error file-not-found: .*nowhere[^]*error folder-without-logs: empty/);
  expect(missing.exitCode).toBe(2);
});

test("bytes that are no text spoil only their own line", async () => {
  const { stdout } = await anpm(["log", "read", "-", "-o", "json"], {
    input: `${older}${ts} \u0000\ufffd\n${newer}`,
  });
  expect(JSON.parse(stdout)).toMatchObject({ unknown: { count: 1 }, sets: [{ members: ["10.0.0.1"] }] });
});

test("another action than read is an error that names it", async () => {
  const { stderr, exitCode } = await anpm(["log", "raed", "x"]);
  expect(stderr).toMatch(/^error wrong-option-value: <action> cannot be "raed"\n {2}fix: use read\n/);
  expect(exitCode).toBe(2);
});
