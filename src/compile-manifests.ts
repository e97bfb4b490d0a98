import { compile, diagnostic, isError, type CompileResult, type Diagnostic, type Source } from "../compiler/index.js";
import { compileOptionsOf, type ClusterOptions } from "./cluster-options.js";
import { Failure } from "./failure.js";
import { startProgress } from "./progress.js";
import { readSources } from "./read-sources.js";
import type { Report } from "./report.js";

export interface Compiled extends Report {
  readonly sources: readonly Source[];
  readonly result: CompileResult;
}

/**
 * Reads and compiles the manifests that the options name, and hands them to `use`; a person who waits is told `what` is done
 * meanwhile. Throws a Failure with `mistakes`, or with everything that is wrong in the manifests.
 */
export function compileManifests<Made>(
  options: ClusterOptions,
  what: string,
  use: (compiled: Compiled) => Made,
  mistakes: readonly Diagnostic[] = [],
): Made {
  const paths = options.filename ?? [];
  const all = [...mistakes, ...(paths.length === 0 ? [diagnostic("nothing-to-read", {})] : [])];
  if (all.length > 0) throw new Failure(all);

  const read = readSources(paths);
  const size = read.sources.reduce((sum, source) => sum + source.text.length, 0);
  const stopProgress = startProgress(what, size);
  try {
    const { result, summary, ...compilation } = compile(read.sources, compileOptionsOf(options));
    const diagnostics = [...read.diagnostics, ...compilation.diagnostics];
    if (!result || diagnostics.some(isError)) throw new Failure(diagnostics);
    return use({ sources: read.sources, result, diagnostics, summary });
  } finally {
    stopProgress();
  }
}
