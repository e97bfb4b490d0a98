import { createTwoFilesPatch } from "diff";
import type { Source } from "../../text/source.js";

export interface UnifiedDiff {
  /** As `git apply` and `patch -p1` take it, in the folder that the names of the sources start from. */
  readonly patch: string;
  /** Lines added and removed. */
  readonly size: number;
}

/** What differs between two versions of the same sources. */
export function unifiedDiff(before: readonly Source[], after: readonly Source[]): UnifiedDiff {
  const patches = before.flatMap((source, index) => {
    const { text } = after[index]!;
    if (text === source.text) return [];
    const whole = createTwoFilesPatch("a", "b", source.text, text, undefined, undefined, { context: 3 });
    const [from, to] = ["a", "b"].map((side) => quoted(`${side}/${source.name.replace(/^(\.\/+)+/, "")}`));
    return [`--- ${from}\n+++ ${to}\n${whole.slice(whole.indexOf("@@"))}`];
  });
  const lines = patches.flatMap((patch) => patch.split("\n").slice(2));
  return { patch: patches.join(""), size: lines.filter((line) => /^[+-]/.test(line)).length };
}

/** Names with characters that would end or change the line, as git quotes them; behind a blank a tabulator ends the name. */
function quoted(name: string): string {
  const special = /[\u0000-\u001f\u007f"\\]/g;
  if (name.search(special) < 0) return name.includes(" ") ? `${name}\t` : name;
  const escape = (each: string): string =>
    each < " " || each === "\u007f" ? `\\${each.charCodeAt(0).toString(8).padStart(3, "0")}` : `\\${each}`;
  return `"${name.replace(special, escape)}"`;
}
