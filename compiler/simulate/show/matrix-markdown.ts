import { gridOf, nameOfLine, type Line } from "./grid.js";
import { shortPassage } from "./words.js";
import type { MatrixView } from "./view.js";

/** A matrix as a Markdown table: rows send, columns receive. */
export function matrixMarkdown(view: MatrixView): string {
  const { lines: all, rows, columns, cell } = gridOf(view);
  const headings = columns.map(({ line, direction }) =>
    view.focus === undefined ? nameOfLine(line) : `${direction} ${nameOfLine(line)}`,
  );
  const lines = [
    tableRow([view.focus === undefined ? "from \\ to" : "", ...headings]),
    tableRow(["---", ...columns.map(() => ":-:")]),
    ...rows.map((row) =>
      tableRow([
        nameOfLine(row),
        ...columns.map((column) => {
          const found = cell(row, column);
          return found ? shortPassage(found.passage, view.only) : "";
        }),
      ]),
    ),
  ];
  const traffic = view.only === "denied" ? "what is denied" : "what is allowed";
  lines.push(
    "",
    escape(
      `${view.focus === undefined ? "Rows send, columns receive; cells" : "Cells"} say ${traffic}, TCP ports unless they say otherwise, by ${view.by}.`,
    ),
  );
  const several = all.filter(({ members }) => members.length > 1);
  if (several.length > 0) lines.push("", ...several.map((line) => `- ${escape(membersOf(view, line))}`));
  return lines.map((line) => `${line}\n`).join("");
}

function tableRow(cells: readonly string[]): string {
  return `| ${cells.map(escape).join(" | ")} |`;
}

function escape(text: string): string {
  return text.replace(/[\\`*_[\]<>|#~]/g, (character) => `\\${character}`);
}

function membersOf({ matrix }: MatrixView, line: Line): string {
  const names = line.members.map((index) => matrix.endpoints[index]!.name);
  return `${nameOfLine(line)}: ${names.join(", ")}`;
}
