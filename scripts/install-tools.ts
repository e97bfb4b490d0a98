import { execa } from "execa";

/** Tools that some tests need: what people call them all, and for each its Debian package. */
export interface Tools {
  /** `the kernel tests` */
  readonly tests: string;
  /** Name of the tool → package. */
  readonly packages: Readonly<Record<string, string>>;
  readonly missing: () => Promise<readonly string[]>;
}

/** Gets the tools that are missing with apt-get, or says what will be skipped and why. */
export async function installTools({ tests, packages, missing }: Tools): Promise<void> {
  const names = await missing();
  if (names.length === 0) return;
  const wanted = [...new Set(names.map((name) => packages[name]!))];
  if (process.getuid?.() !== 0) {
    return say(`skipping ${tests}: ${names.join(", ")} not found, and only root can install ${wanted.join(", ")}`);
  }
  say(`installing ${wanted.join(", ")} with apt-get, for ${tests} (${names.join(", ")} not found)`);
  const env = { DEBIAN_FRONTEND: "noninteractive" };
  await execa("apt-get", ["update", "-q"], { reject: false, stdin: "ignore", env });
  const installed = await execa("apt-get", ["install", "-y", "-q", "--no-install-recommends", ...wanted], {
    reject: false,
    stdin: "ignore",
    all: true,
    env,
  });
  const still = await missing();
  if (still.length > 0)
    say(`skipping ${tests}: ${still.join(", ")} still not found\n${installed.all ?? installed.message}`);
}

function say(text: string): void {
  console.log(`tools: ${text}`);
}
