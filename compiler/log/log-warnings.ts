import type { Machine, Node } from "../engines/engine.js";
import { engineOf } from "../engines/engines.js";
import { diagnostic, type Diagnostic } from "../text/diagnostic.js";

/** Where the log of a machine is not that of its release to the letter. */
export function logWarnings({ voice }: Machine, { logGaps = [] }: Node): readonly Diagnostic[] {
  return [
    ...(voice.tag === voice.release
      ? []
      : [
          diagnostic("log-of-another-release", {
            release: voice.tag,
            voice: voice.release,
            differs: voice.differs ?? "source lines and start-up",
          }),
        ]),
    ...(logGaps.length === 0 ? [] : [diagnostic("log-leaves-out", { what: logGaps.join(", ") })]),
  ];
}

/** The classic voice has words for one table; and the name of a node is said once where an engine asks for it anyway. */
export function logMistakes(
  { engine, ownership }: Machine,
  classic: boolean,
  namesNode: boolean,
): readonly Diagnostic[] {
  const { title, options } = engineOf(engine).engine!;
  return [
    ...(classic && ownership.tables.length > 1
      ? [diagnostic("classic-log-of-one-table", { engine: title, tables: ownership.tables.join(", ") })]
      : []),
    ...(namesNode && options.includes("node")
      ? [diagnostic("option-of-another-engine", { option: "--node-name", engine: title, options: "--node" })]
      : []),
  ];
}
