import { admitRead, type Admission } from "./model/admit.js";
import { readSource, type ReadOptions, type ReadSource } from "./model/read-source.js";
import type { Source } from "./text/source.js";

/** Texts → objects, and what there is to say of either. */
export function admitSources(sources: readonly Source[], options: ReadOptions, read: Reader = readSource): Admission {
  return admitRead(readEach(sources, options, read));
}

/** Reads as `readSource` does, and may know some of the texts already. */
export type Reader = (source: Source, options: ReadOptions) => ReadSource;

function* readEach(sources: readonly Source[], options: ReadOptions, read: Reader): Generator<ReadSource> {
  for (const source of sources) yield read(source, options);
}
