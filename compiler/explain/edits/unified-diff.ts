import { createTwoFilesPatch } from "diff";
import type { Source } from "../../text/source.js";

export interface UnifiedDiff {
  /** As `patch -p0` and `git apply -p0` take it. */
  readonly patch: string;
  /** Lines added and removed. */
  readonly size: number;
}

/** What differs between two versions of the same sources. */
export function unifiedDiff(before: readonly Source[], after: readonly Source[]): UnifiedDiff {
  const patches = before.flatMap((source, index) => {
    const { text } = after[index]!;
    if (text === source.text) return [];
    const whole = createTwoFilesPatch(source.name, source.name, source.text, text, undefined, undefined, {
      context: 3,
    });
    return [whole.slice(whole.indexOf("--- "))];
  });
  const lines = patches.flatMap((patch) => patch.split("\n").slice(2));
  return { patch: patches.join(""), size: lines.filter((line) => /^[+-]/.test(line)).length };
}
