import { execa, execaSync } from "execa";
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { anpm, emptyFolder } from "./anpm.js";

/** How to ask a shell, for a loaded script in the file $1, what comes after `anpm compile --ip` and the like. */
const askers = {
  bash: (line: string) =>
    `source "$0"; COMP_WORDS=(${line}); COMP_CWORD=$(( \${#COMP_WORDS[@]} - 1 )); _anpm; printf '%s\\n' "\${COMPREPLY[@]}"`,
  fish: (line: string) => `source $argv[1]; complete -C '${line}' | cut -f 1`,
} as const;

describe.each(["bash", "fish"] as const)("in %s", (shell) => {
  test.skipIf(isMissing(shell)).each([
    ["anpm comp", ["compile", "completion"]],
    ["anpm compile --ip", ["--iptables", "--ipv6"]],
    ["anpm compile --iptables n", ["nft"]],
    ["anpm compile -o ipt", ["iptables-save"]],
    ["anpm completion fi", ["fish"]],
    ["anpm compile --diagnostics j", ["json"]],
    ["anpm compile --npm v2", ["v2", "v2-2022", "v2-fnv"]],
    ["anpm generations v1-2019", ["v1-2019", "v1-2019b"]],
  ])("%s completes", async (line, words) => {
    const script = await load(shell);
    const asked = askers[shell](line);
    const { stdout } = await execa(shell, ["-c", asked, script]);
    expect(stdout.split("\n").toSorted()).toEqual(words);
  });
});

describe.each([
  ["test", "expectations"],
  ["replay", "a folder"],
  ["log read", "logs"],
])("where %s takes %s, files complete", (command) => {
  test.skipIf(isMissing("bash"))("in bash", async () => {
    const asked = `compopt() { echo "compopt $*"; }; ${askers.bash(`anpm ${command} ste`)}`;
    const { stdout } = await execa("bash", ["-c", asked, await load("bash")]);
    expect(stdout.trim()).toBe("compopt -o default");
  });

  const fish = "fish";
  test.skipIf(isMissing(fish))("in fish", async () => {
    const cwd = await emptyFolder();
    await mkdir(join(cwd, "steps"));
    const { stdout } = await execa(fish, ["-c", askers.fish(`anpm ${command} ste`), await load(fish)], { cwd });
    expect(stdout).toBe("steps/");
  });

  test("in zsh", async () => {
    const { stdout } = await anpm(["completion", "zsh"]);
    const line = stdout.split("\n").find((each) => each.trim().startsWith(`${command.split(" ")[0]})`));
    expect(line).toMatch(/'\*: :_files( -\/)?' ;;$/);
  });
});

test.skipIf(isMissing("zsh"))(
  "in zsh the script loads, defines a completion for anpm and complains about nothing",
  async () => {
    const script = await load("zsh");
    const command = `autoload -U compinit && compinit -u -D && source "$0" && print -r -- $_comps[anpm]`;
    const { stdout, stderr } = await execa("zsh", ["-f", "-c", command, script]);
    expect(stdout).toBe("_anpm");
    expect(stderr).toBe("");
  },
);

/** The completion script of a shell, in a file. */
async function load(shell: string): Promise<string> {
  const { stdout, exitCode } = await anpm(["completion", shell]);
  expect(exitCode).toBe(0);
  const file = join(await emptyFolder(), "script");
  await writeFile(file, stdout);
  return file;
}

function isMissing(shell: string): boolean {
  const missing = execaSync(shell, ["-c", "exit 0"], { reject: false }).failed;
  if (missing) console.log(`skipping: ${shell} is not installed`);
  return missing;
}
