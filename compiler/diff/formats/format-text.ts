import type { Difference } from "../diff.js";
import { causesOf, reportOf, type ReportLine } from "../report.js";

/** How a line of a mark is painted, on a terminal. */
export type PaintLine = (mark: ReportLine["mark"], line: string) => string;

/** For people: summary first, then a section a level. The width of a terminal makes no difference. */
export function formatText(difference: Difference, paint: PaintLine = (_, line) => line): string {
  const { versions, headline, remarks, sections } = reportOf(difference);
  const lines = [`${versions}: ${headline}`, ...remarks];
  for (const section of sections) {
    lines.push("", section.title);
    for (const line of section.lines) {
      const causes = causesOf(section, line);
      lines.push(paint(line.mark, `  ${line.mark} ${line.text}${causes === "" ? "" : `  ${causes}`}`));
    }
    if (section.omitted > 0) lines.push(`    and ${section.omitted} more`);
  }
  return `${lines.join("\n")}\n`;
}
