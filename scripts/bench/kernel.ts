import { execa } from "execa";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { commandsOf, compile, outputs, type CompileResult } from "../../compiler/index.js";
import { loadText, npm200 } from "./load.js";
import { inSeconds, times, type Row } from "./measure.js";

/** The apply script beside NPM's own commands, one after another, each in a network namespace of its own. */
export async function benchKernel(): Promise<Row> {
  const row = {
    what: "apply.sh of 200 namespaces, 1,000 policies, 4,000 pods in a kernel",
    reference: "NPM's own commands (-o restore) one after another",
    goal: "≥ 10 × faster",
  };
  const missing = process.getuid?.() !== 0 ? "not root" : await whyNoNamespace();
  if (missing) return { ...row, measured: `not measured: ${missing}`, met: "not measured", figures: {} };
  const { result } = compile([{ name: "load.yaml", text: loadText(npm200) }]);
  const folder = await mkdtemp(join(tmpdir(), "anpm-bench-"));
  try {
    await writeFile(join(folder, "apply.sh"), textOf("script", result!));
    await writeFile(join(folder, "npm.sh"), commandScript(result!));
    const ours = await secondsInNamespace(["sh", join(folder, "apply.sh")]);
    const theirs = await secondsInNamespace(["sh", join(folder, "npm.sh")]);
    const ratio = theirs / ours;
    return {
      ...row,
      reference: `${row.reference}: ${inSeconds(theirs)}`,
      measured: `${inSeconds(ours)}, ${times(ratio)} faster`,
      met: ratio >= 10,
      figures: { seconds: ours, referenceSeconds: theirs, ratio },
    };
  } finally {
    await rm(folder, { recursive: true });
  }
}

function textOf(name: string, result: CompileResult): string {
  return outputs.find((output) => output.name === name)!.print(result, {});
}

/** What NPM executes, as a shell script. Failures are as harmless as they are to NPM (there is nothing to delete yet). */
function commandScript(result: CompileResult): string {
  const quote = (word: string) => `'${word.replaceAll("'", "'\\''")}'`;
  return commandsOf(result.effects())
    .map(({ words, input, pipedTo }) => {
      const pipe = pipedTo ? ` | ${pipedTo.map(quote).join(" ")}` : "";
      const lines = input?.();
      return `${words.map(quote).join(" ")}${pipe}${lines ? ` <<'END'\n${lines.join("\n")}\nEND` : ""}\n`;
    })
    .join("");
}

/** Runs in a namespace that ends with the process. */
async function secondsInNamespace(command: readonly string[]): Promise<number> {
  const start = performance.now();
  const { failed, stderr } = await execa("unshare", ["--net", ...command], { reject: false, stdout: "ignore" });
  if (failed && command[1]?.endsWith("apply.sh")) throw new Error(stderr);
  return (performance.now() - start) / 1000;
}

async function whyNoNamespace(): Promise<string | undefined> {
  const { failed, shortMessage } = await execa("unshare", ["--net", "iptables-nft-save"], { reject: false });
  return failed ? shortMessage : undefined;
}
