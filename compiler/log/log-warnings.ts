import type { Machine } from "../engines/engine.js";
import { diagnostic, type Diagnostic } from "../text/diagnostic.js";

/** Where the log of a machine is not that of its release to the letter. */
export function logWarnings({ voice }: Machine): readonly Diagnostic[] {
  if (voice.tag === voice.release) return [];
  return [diagnostic("log-of-another-release", { release: voice.tag, voice: voice.release })];
}
