import type { LogRotation } from "../engines/log-rotation.js";

/** The texts of the files that messages end up in, the newest first: `azure-npm.log`, `azure-npm.log.1`, … */
export function rotateLog(messages: readonly string[], { limit, files, every }: LogRotation): readonly string[] {
  const kept: string[][] = [[]];
  let size = 0;
  messages.forEach((message, index) => {
    if (index % every === 0 && size >= limit) {
      kept.unshift([]);
      kept.length = Math.min(kept.length, files);
      size = 0;
    }
    kept[0]!.push(message);
    size += utf8Length(message);
  });
  return kept.map((texts) => texts.join(""));
}

function utf8Length(text: string): number {
  let length = text.length;
  for (let i = 0; i < text.length; i += 1) {
    const unit = text.charCodeAt(i);
    // The halves of a pair have two bytes each, as the four of its character.
    if (unit > 0x7f) length += unit > 0x7ff && (unit < 0xd800 || unit > 0xdfff) ? 2 : 1;
  }
  return length;
}
