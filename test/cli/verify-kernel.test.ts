import { execa } from "execa";
import { spawn } from "node:child_process";
import { chmod, copyFile, cp, readFile, readdir, writeFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import { describe, expect, test } from "vitest";
import { whyNoNetwork } from "../../src/kernel/why-no-network.js";
import { anpm, emptyFolder } from "./anpm.js";

const reason = await whyNoNetwork("nft");
if (reason) console.warn(`anpm verify --kernel is not tried: ${reason}`);

const faithful = "golden/two-directions-meet/manifests.yaml";
const deviating = "golden/namespace-only-negated/manifests.yaml";

describe.skipIf(reason)("anpm verify --kernel", { timeout: 60_000 }, () => {
  test("says how many packets were sent, and that they went as the rules and the specification say", async () => {
    const { stdout, exitCode } = await anpm(["verify", "-f", faithful, "--kernel"]);
    expect(stdout).toMatch(/^the rules of azure-npm v2 .* do what the specification says/);
    expect(stdout).toContain(
      `
60 packets sent through the kernel (30 tcp, 10 udp, 10 sctp, 10 icmp), 31 of them came to their destination
  60 as the rules say, 0 otherwise
  60 as the specification says, 0 otherwise
`,
    );
    expect(exitCode).toBe(0);
  });

  test("is no finding of its own where the kernel does as the rules say, be they as they may", async () => {
    const { stdout, exitCode } = await anpm(["verify", "-f", deviating, "--kernel", "-o", "json"]);
    const { agrees, findings, kernel } = JSON.parse(stdout) as {
      agrees: boolean;
      findings: { code: string }[];
      kernel: object;
    };
    expect(findings.length).toBeGreaterThan(0);
    expect(kernel).toEqual({
      agrees: true,
      packets: 16,
      arrived: 16,
      asRules: 16,
      asSpecification: 8,
      differing: [],
      notTried: [],
    });
    expect({ agrees, exitCode }).toEqual({ agrees: false, exitCode: 1 });
    const codes = [...new Set(findings.map(({ code }) => code))].flatMap((code) => ["--allow", code]);
    expect(await anpm(["verify", "-f", deviating, "--kernel", ...codes])).toMatchObject({ exitCode: 0 });
  });

  test("leaves this machine's own network alone", async () => {
    const look = async (): Promise<string> => {
      const commands = ["iptables-nft-save", "ip -brief link", "ip -4 route", "cat /proc/sys/net/ipv4/ip_forward"];
      return (await execa("sh", ["-c", commands.join("; echo; ")], { reject: false, stdin: "ignore" })).stdout;
    };
    const before = await look();
    await anpm(["verify", "-f", faithful, "--kernel"]);
    expect(await look()).toBe(before);
  });

  test("killed at any time, it leaves no process and thus no namespace behind", async () => {
    // By how many processes there are, since how long that takes is the machine's business.
    for (const count of [1, 2, 3, 4, 5]) {
      const mark = `${process.pid}-${count}`;
      const child = spawn(process.execPath, [resolve("dist/src/main.js"), "verify", "-f", faithful, "--kernel"], {
        env: { ...process.env, ANPM_TEST_MARK: mark },
        stdio: "ignore",
      });
      const left = () => processesWith(`ANPM_TEST_MARK=${mark}`);
      await expect
        .poll(async () => (await left()).length, { timeout: 20_000, interval: 5 })
        .toBeGreaterThanOrEqual(count);
      child.kill("SIGKILL");
      await expect.poll(left, { timeout: 10_000 }).toEqual([]);
    }
  });

  test("without root it says so and ends with 3", async () => {
    const folder = await emptyFolder();
    await chmod(folder, 0o755);
    await cp("dist/src", join(folder, "anpm"), { recursive: true });
    await copyFile(faithful, join(folder, "manifests.yaml"));
    await chmod(join(folder, "manifests.yaml"), 0o644);
    const words = ["anpm/main.js", "verify", "-f", "manifests.yaml", "--kernel"];
    const ran = await execa(process.execPath, words, { cwd: folder, uid: 65534, reject: false, stdin: "ignore" });
    expect(ran.stdout).toBe("");
    expect(ran.stderr).toBe(
      "error kernel-unavailable: packets cannot be sent through a kernel here: only root may make network namespaces\n" +
        "  fix: run it as root on Linux, with ip, nsenter, unshare, ipset and iptables-nft-restore, or leave out --kernel",
    );
    expect(ran.exitCode).toBe(3);
  });

  test("without a tool it names it", async () => {
    const folder = await emptyFolder();
    await writeFile(join(folder, "sh"), `#!/bin/sh\ncase "$2" in *ipset*) exit 1;; esac\nexec /bin/sh "$@"\n`);
    await chmod(join(folder, "sh"), 0o755);
    const { stderr, exitCode } = await execa(
      process.execPath,
      ["dist/src/main.js", "verify", "-f", faithful, "--kernel"],
      { env: { PATH: `${folder}:${process.env["PATH"]}` }, reject: false, stdin: "ignore" },
    );
    expect(stderr).toContain("packets cannot be sent through a kernel here: not found: ipset\n");
    expect(exitCode).toBe(3);
  });
});

/** Command lines of the running processes that have a variable in their environment. */
async function processesWith(variable: string): Promise<string[]> {
  const found: string[] = [];
  for (const pid of await readdir("/proc")) {
    if (!/^\d+$/.test(pid)) continue;
    const read = (file: string): Promise<string> => readFile(`/proc/${pid}/${file}`, "utf8").catch(() => "");
    if ((await read("environ")).split("\0").includes(variable))
      found.push((await read("cmdline")).replaceAll("\0", " "));
  }
  return found;
}
