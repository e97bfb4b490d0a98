import { execa } from "execa";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { commandsOf, compile, outputs, patchScript, type CompileResult } from "../../compiler/index.js";
import { loadText, npm200 } from "./load.js";
import { inSeconds, median, times, type Row } from "./measure.js";

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

/** A patch for one policy of a thousand beside the apply script of the new state, by turns on one node, there and back. */
export async function benchPatch(): Promise<Row> {
  const row = {
    what: "patch.sh of a change of one policy's port, on a node with 200 namespaces, 1,000 policies, 4,000 pods",
    reference: "apply.sh of the whole new state there",
    goal: "≥ 20 × faster",
  };
  const missing = process.getuid?.() !== 0 ? "not root" : await whyNoNamespace();
  if (missing) return { ...row, measured: `not measured: ${missing}`, met: "not measured", figures: {} };
  const text = loadText(npm200);
  const [old, young] = [text, text.replace("port: 80}", "port: 81}")].map(
    (each) => compile([{ name: "load.yaml", text: each }]).result!,
  );
  const { ownership, flavour } = old!.machine;
  const folder = await mkdtemp(join(tmpdir(), "anpm-bench-"));
  try {
    await writeFile(join(folder, "old.sh"), textOf("script", old!));
    await writeFile(join(folder, "new.sh"), textOf("script", young!));
    await writeFile(join(folder, "there.sh"), patchScript(old!.tables, young!.tables, ownership, { flavour }));
    await writeFile(join(folder, "back.sh"), patchScript(young!.tables, old!.tables, ownership, { flavour }));
    const script = `cd ${folder}; sh old.sh; time() { s=$(date +%s%N); sh $1.sh || exit; echo $1 $(($(date +%s%N) - s)); }
for i in 1 2 3 4 5; do time new; time old; time there; time back; done`;
    const { stdout } = await execa("unshare", ["--net", "sh", "-c", script]);
    const seconds = (names: readonly string[]): number => {
      const all = stdout.split("\n").flatMap((line) => {
        const [name, nanoseconds] = line.split(" ");
        return names.includes(name!) ? [Number(nanoseconds) / 1e9] : [];
      });
      return median(all);
    };
    const [whole, patch] = [seconds(["new", "old"]), seconds(["there", "back"])];
    const ratio = whole / patch;
    return {
      ...row,
      reference: `${row.reference}: ${inSeconds(whole)}`,
      measured: `${inSeconds(patch)}, ${times(ratio)} faster`,
      met: ratio >= 20,
      figures: { seconds: patch, referenceSeconds: whole, ratio },
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
