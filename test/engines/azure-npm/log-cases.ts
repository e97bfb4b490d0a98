import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { CompileOptions, CompileResult } from "../../../compiler/compile.js";
import { compile } from "../../../compiler/compile.js";
import { parseIptablesSave } from "../../../compiler/netfilter/parse-iptables-save.js";
import { replay } from "../../../compiler/replay.js";
import type { ReplayStep } from "../../../compiler/replay-events.js";

const root = join(import.meta.dirname, "../../../../shared/vectors/cases");

/** Whether the folder of vectors is there. */
export const hasVectors = existsSync(root);

const cases = hasVectors
  ? readdirSync(root, { recursive: true, encoding: "utf8" }).filter((path) => existsSync(join(root, path, "expected")))
  : [];

/** Cases of which the log of a generation is known, by path. */
export function loggedCases(generation: string): readonly string[] {
  return cases.filter((path) => existsSync(join(root, path, "expected", generation, "azure-npm.log"))).toSorted();
}

export function expectedLog(path: string, generation: string): string {
  return readFileSync(join(root, path, "expected", generation, "azure-npm.log"), "utf8");
}

/** A case, compiled or replayed. */
export function resultOf(path: string, generation: string): CompileResult {
  const folder = join(root, path);
  const text = (name: string) => (existsSync(join(folder, name)) ? readFileSync(join(folder, name), "utf8") : "");
  const options: CompileOptions = {
    generation,
    lite: text("options").includes("--lite"),
    ...(text("options").includes("--place-first") && { placement: "first" }),
    ...(text("existing") && { existing: { chains: parseIptablesSave(text("existing")).chains, sets: [] } }),
  };
  if (!existsSync(join(folder, "steps")))
    return compile([{ name: "manifests.yaml", text: text("manifests.yaml") }], options).result!;
  const steps = readdirSync(join(folder, "steps")).toSorted();
  return replay(
    steps.map((name): ReplayStep => {
      const action = name.split(/[-.]/)[1] as ReplayStep["action"];
      return { name, action, sources: [{ name, text: text(join("steps", name)) }] };
    }),
    options,
  ).result!.whole;
}
