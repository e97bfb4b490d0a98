import { existsSync } from "node:fs";
import { join } from "node:path";
import { expect } from "vitest";
import { compile, isError, replay, type CompileResult } from "../../../compiler/index.js";
import { optionsOf, root, textsOf } from "./vector-cases.js";

/** What is there after a case, or after its steps. */
export function leave(path: string, generation: string): CompileResult {
  const options = { ...optionsOf(path), engine: "calico", generation };
  if (!existsSync(join(root, path, "steps"))) {
    const { result, diagnostics } = compile(textsOf(path), options);
    expect(diagnostics.filter(isError)).toEqual([]);
    return result!;
  }
  const steps = textsOf(path).map((source) => ({
    name: source.name,
    action: source.name.includes("delete") ? ("delete" as const) : ("apply" as const),
    sources: [source],
  }));
  const { result, diagnostics } = replay(steps, options);
  expect(diagnostics.filter(isError)).toEqual([]);
  return result!.whole;
}
