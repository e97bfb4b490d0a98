import { compile, type Compilation, type CompileOptions, type CompileResult } from "./compile.js";
import type { DiffVersion } from "./diff/diff.js";
import type { Reader } from "./admit-sources.js";
import type { Source } from "./text/source.js";

/** A side of a comparison, compiled; `version` is there when no diagnostic is an error. */
export interface CompiledVersion extends Compilation {
  readonly version?: DiffVersion;
}

/** Compiles one side of a comparison. `label` is what people call it, `fileOf` what its files are called on both sides;
 *  both sides may share a reader, `sharedReader` of all sources. */
export function compileVersion(
  sources: readonly Source[],
  options: CompileOptions,
  { label, fileOf }: Pick<DiffVersion, "label" | "fileOf">,
  read?: Reader,
): CompiledVersion {
  const compilation = compile(sources, options, read);
  const { result } = compilation;
  if (!result) return compilation;
  const tablesOf: DiffVersion["tablesOf"] = (text) =>
    compile([{ name: label, text }], { ...options, otherNamespaces: "kept" }).result?.tables;
  let atHand: CompileResult | undefined = result;
  const takeNode: DiffVersion["takeNode"] = () => {
    const { machine, node } = atHand ?? compile(sources, options, read).result!;
    atHand = undefined;
    return { machine, node };
  };
  // A node that goes on has other pairs: these are read now.
  const { machine, objects, resources, tables, pairs, specification } = result;
  const kept = { machine, objects, resources, tables, pairs, ...(specification && { specification }) };
  return {
    ...compilation,
    version: { result: kept, takeNode, tablesOf, label, fileOf },
  };
}
