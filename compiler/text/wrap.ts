import { displayWidth } from "./display-width.js";

/** Lines of at most `width` columns with the indent; a longer word stays whole. */
export function wrap(text: string, width: number | undefined, indent = 0): readonly string[] {
  if (width === undefined) return [text];
  const most = Math.max(20, width - indent);
  const lines: string[] = [];
  let line = "";
  for (const word of text.split(" ")) {
    if (line !== "" && displayWidth(line) + 1 + displayWidth(word) > most) {
      lines.push(line);
      line = "";
    }
    line = line === "" ? word : `${line} ${word}`;
  }
  return [...lines, line];
}
