import { escapeMarkup } from "../../simulate/show/markup.js";
import type { Difference } from "../diff.js";
import { editNumber } from "../edits/edit.js";
import { reportOf, type ReportLine, type ReportSection } from "../report.js";

/** The report as one page that needs nothing else and runs nothing; causes are links to the edits. */
export function formatHtml(difference: Difference): string {
  const { versions, headline, remarks, sections } = reportOf(difference);
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<title>${escapeMarkup(versions)}</title>
<style>${style}</style>
</head>
<body>
<header>
<h1>${escapeMarkup(versions)}</h1>
<p class="headline">${escapeMarkup(headline)}</p>
${remarks.map((remark) => `<p>${escapeMarkup(remark)}</p>\n`).join("")}</header>
<main>
${sections.map(sectionHtml).join("")}</main>
</body>
</html>
`;
}

function sectionHtml(section: ReportSection): string {
  const { level, title, lines, omitted } = section;
  return `<details open class="${level}">
<summary>${escapeMarkup(title)} <span class="count">${lines.length + omitted}</span></summary>
<ul>
${lines.map((line) => lineHtml(level, line)).join("\n")}
</ul>
${omitted > 0 ? `<p class="omitted">and ${omitted} more</p>\n` : ""}</details>
`;
}

function lineHtml(level: ReportSection["level"], { mark, text, edits }: ReportLine): string {
  const [className, word] = marks[mark];
  const id = level === "edits" ? ` id="edit-${editNumber(edits[0]!)}"` : "";
  const sign = word === "" ? "" : `<span class="mark" title="${word}">${escapeMarkup(mark)}</span>`;
  const links = edits.map((edit) => `<a href="#edit-${editNumber(edit)}">#${editNumber(edit)}</a>`).join(" ");
  const causes = level === "edits" || links === "" ? "" : ` <span class="causes">by ${links}</span>`;
  return `<li class="${className}"${id}>${sign}<span class="text">${escapeMarkup(text)}</span>${causes}</li>`;
}

/** Mark → class of the line, and the mark in a word. */
const marks: Readonly<Record<ReportLine["mark"], readonly [string, string]>> = {
  "+": ["comes", "comes"],
  "-": ["goes", "goes"],
  "~": ["changes", "changes"],
  " ": ["stays", ""],
};

const style = `
:root { color-scheme: light dark; --paper: #ffffff; --ink: #1f2933; --soft: #5d6f80; --line: #d3dbe3; --link: #0b62a8;
  --comes: #e3f4ee; --comes-mark: #14664f; --goes: #fbe9e7; --goes-mark: #a0362a; --changes: #fdf3d8; --changes-mark: #7a5600; }
@media (prefers-color-scheme: dark) {
  :root { --paper: #14191f; --ink: #e4e9ee; --soft: #93a1b0; --line: #38424d; --link: #7fbcf0;
    --comes: #14302a; --comes-mark: #5fd3b1; --goes: #3a2022; --goes-mark: #f0a096; --changes: #352c14; --changes-mark: #eac46b; }
}
* { box-sizing: border-box; }
body { margin: 0 auto; padding: 24px; max-width: 76em; background: var(--paper); color: var(--ink);
  font: 15px/1.5 system-ui, "Segoe UI", "Helvetica Neue", Arial, sans-serif; }
h1 { margin: 0; font-size: 17px; font-weight: 600; color: var(--soft); overflow-wrap: anywhere; }
.headline { margin: 4px 0 12px; font-size: 21px; font-weight: 600; line-height: 1.3; }
details { margin-top: 20px; border-top: 1px solid var(--line); padding-top: 10px; }
summary { cursor: pointer; font-weight: 600; }
.count { margin-left: 4px; color: var(--soft); font-weight: 400; }
ul { list-style: none; margin: 8px 0 0; padding: 0; }
li { position: relative; margin: 2px 0; padding: 4px 10px 4px 30px; border-radius: 4px; overflow-wrap: anywhere; }
.rules li, .sets li, .log li { font: 13px/1.45 ui-monospace, "Cascadia Mono", Menlo, Consolas, "DejaVu Sans Mono", monospace; }
li.stays { padding-left: 10px; }
li.comes { background: var(--comes); } li.goes { background: var(--goes); } li.changes { background: var(--changes); }
.mark { position: absolute; left: 11px; font-weight: 700; }
.comes .mark { color: var(--comes-mark); } .goes .mark { color: var(--goes-mark); } .changes .mark { color: var(--changes-mark); }
.causes, .omitted { color: var(--soft); white-space: nowrap; }
a { color: var(--link); }
li:target { outline: 2px solid var(--link); }
@media print {
  body { max-width: none; padding: 0; font-size: 10pt; }
  li { break-inside: avoid; print-color-adjust: exact; }
  summary { break-after: avoid; }
}
`;
