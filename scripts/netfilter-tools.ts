import { execa } from "execa";

/** Before the tests: gets the tools that the kernel tests need, or says what will be skipped and why. */

/** Tool → Debian package. */
const tools = {
  "iptables-nft-restore": "iptables",
  "iptables-legacy-restore": "iptables",
  ipset: "ipset",
  ip: "iproute2",
  unshare: "util-linux",
  nsenter: "util-linux",
  perl: "perl-base",
} as const;

const missing = await missingTools();
if (missing.length > 0) await getTools(missing);

async function getTools(names: readonly (keyof typeof tools)[]): Promise<void> {
  const packages = [...new Set(names.map((name) => tools[name]))];
  if (process.getuid?.() !== 0) {
    return say(
      `skipping the kernel tests: ${names.join(", ")} not found, and only root can install ${packages.join(", ")}`,
    );
  }
  say(`installing ${packages.join(", ")} with apt-get, for the kernel tests (${names.join(", ")} not found)`);
  const env = { DEBIAN_FRONTEND: "noninteractive" };
  await execa("apt-get", ["update", "-q"], { reject: false, stdin: "ignore", env });
  const installed = await execa("apt-get", ["install", "-y", "-q", "--no-install-recommends", ...packages], {
    reject: false,
    stdin: "ignore",
    all: true,
    env,
  });
  const still = await missingTools();
  if (still.length > 0)
    say(`skipping the kernel tests: ${still.join(", ")} still not found\n${installed.all ?? installed.message}`);
}

async function missingTools(): Promise<readonly (keyof typeof tools)[]> {
  const names = Object.keys(tools) as (keyof typeof tools)[];
  const found = await Promise.all(
    names.map((name) => execa("sh", ["-c", `PATH="$PATH:/usr/sbin:/sbin" command -v ${name}`], { reject: false })),
  );
  return names.filter((_, index) => found[index]!.exitCode !== 0);
}

function say(text: string): void {
  console.log(`netfilter tools: ${text}`);
}
