import { execa } from "execa";
import { installTools } from "./install-tools.js";

/** Before the tests: gets the tools that the kernel tests need, or says what will be skipped and why. */

const packages = {
  "iptables-nft-restore": "iptables",
  "iptables-legacy-restore": "iptables",
  ipset: "ipset",
  ip: "iproute2",
  unshare: "util-linux",
  nsenter: "util-linux",
  perl: "perl-base",
} as const;

await installTools({ tests: "the kernel tests", packages, missing: missingTools });

async function missingTools(): Promise<readonly string[]> {
  const names = Object.keys(packages);
  const found = await Promise.all(
    names.map((name) => execa("sh", ["-c", `PATH="$PATH:/usr/sbin:/sbin" command -v ${name}`], { reject: false })),
  );
  return names.filter((_, index) => found[index]!.exitCode !== 0);
}
