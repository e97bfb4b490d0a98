import type { Difference } from "../diff.js";
import { reportOf, type ReportLine } from "../report.js";

/** How a line of a mark is painted, on a terminal. */
export type PaintLine = (mark: ReportLine["mark"], line: string) => string;

/** For people: summary first, then a section a level. The width of a terminal makes no difference. */
export function formatDifference(difference: Difference, paint: PaintLine = (_, line) => line): string {
  const { headline, remarks, sections } = reportOf(difference);
  const head = `${difference.before.label} → ${difference.after.label}: ${headline}`;
  const lines = [head, ...remarks];
  for (const { title, lines: its, omitted } of sections) {
    lines.push("", title);
    for (const { mark, text, edits } of its) {
      const because =
        title === "Edits" || edits.length === 0 ? "" : `  by ${edits.map((id) => `#${id + 1}`).join(" ")}`;
      lines.push(paint(mark, `  ${mark} ${text}${because}`));
    }
    if (omitted > 0) lines.push(`    and ${omitted} more`);
  }
  return `${lines.join("\n")}\n`;
}
