import type { Difference } from "../diff.js";
import { causesOf, reportOf, type ReportLine, type ReportSection } from "../report.js";

/**
 * For a comment at a pull request: what opens and closes, then the edits; the rest is folded. Names stand in code blocks only, which no name
 * can end, so that none becomes a link, a mention or markup.
 */
export function formatMarkdown(difference: Difference): string {
  const { versions, headline, remarks, sections } = reportOf(difference);
  const ordered = sections.toSorted((a, b) => orderOf(a) - orderOf(b));
  const head = [`### ${sentence(headline)}`, "", codeSpan(versions)];
  const lines = [...head, ...remarks.flatMap((remark) => ["", remark])];
  let left = maxLength;
  for (const section of ordered) {
    const fitting = section.lines.map((line) => textOf(section, line)).filter((text) => (left -= text.length + 1) >= 0);
    lines.push("", ...sectionLines(section, fitting));
  }
  return `${lines.join("\n")}\n`;
}

/** GitHub refuses comments of more than 65,536 characters. */
const maxLength = 55_000;

const first: readonly ReportSection["level"][] = ["connections", "edits"];

function orderOf({ level }: ReportSection): number {
  return first.includes(level) ? first.indexOf(level) : first.length;
}

function sectionLines(section: ReportSection, texts: readonly string[]): readonly string[] {
  const { level, title, lines, omitted } = section;
  const missing = omitted + lines.length - texts.length;
  const rest = missing > 0 ? [`and ${missing} more`] : [];
  const block = texts.length > 0 ? codeBlock(texts) : [];
  const content = rest.length > 0 && block.length > 0 ? [...block, "", ...rest] : [...block, ...rest];
  if (first.includes(level)) return [`#### ${title}`, "", ...content];
  return ["<details>", `<summary>${title} (${lines.length + omitted})</summary>`, "", ...content, "", "</details>"];
}

/** As GitHub colours it: `!` is what the others call `~`. */
function textOf(section: ReportSection, line: ReportLine): string {
  const causes = causesOf(section, line);
  return `${line.mark === "~" ? "!" : line.mark} ${line.text}${causes === "" ? "" : `  ${causes}`}`;
}

function codeBlock(lines: readonly string[]): readonly string[] {
  const fence = "`".repeat(Math.max(3, longestRun(lines.join("\n")) + 1));
  return [`${fence}diff`, ...lines, fence];
}

function codeSpan(text: string): string {
  const ticks = "`".repeat(longestRun(text) + 1);
  const space = ticks.length > 1 || /^ | $/.test(text) ? " " : "";
  return `${ticks}${space}${text}${space}${ticks}`;
}

function longestRun(text: string): number {
  return Math.max(0, ...[...text.matchAll(/`+/g)].map(([run]) => run.length));
}

function sentence(text: string): string {
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}`;
}
