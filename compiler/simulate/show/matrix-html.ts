import { drawGrid } from "./draw-grid.js";
import { nameOfLine, type Line } from "./grid.js";
import { escapeMarkup } from "./markup.js";
import { pageStyle, pictureStyle } from "./style-sheet.js";
import type { MatrixView } from "./view.js";

/** A matrix as one page that needs nothing else: the heat map, a box that explains the cell below the pointer, who is alike. */
export function matrixHtml(view: MatrixView): string {
  const { svg, grid, rows, columns, cells, texts } = drawGrid(view, pictureStyle);
  const data = {
    rows: grid.rows.map((line, index) => [rows[index]!.start, rows[index]!.size, nameOfLine(line)]),
    columns: grid.columns.map(({ line, direction }, index) => [
      columns[index]!.start,
      columns[index]!.size,
      nameOfLine(line),
      direction,
    ]),
    cells,
    texts,
  };
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'">
<title>${escapeMarkup(`Who reaches whom, by ${view.by}`)}</title>
<style>${pageStyle}</style>
</head>
<body>
<main>
${svg}</main>
${membersOf(view, grid.lines)}<div id="tip" role="status" hidden></div>
<script type="application/json" id="data">${JSON.stringify(data).replaceAll("<", "\\u003c")}</script>
<script>${script}</script>
</body>
</html>
`;
}

/** Finds row and column by where the pointer is; the picture's own titles serve readers without scripts. */
const script = `
"use strict";
{
  const data = JSON.parse(document.getElementById("data").textContent);
  const tip = document.getElementById("tip");
  const svg = document.querySelector("svg");
  for (const rect of svg.querySelectorAll("rect > title")) rect.remove();
  const cross = ["row", "column"].map(() => {
    const rect = document.createElementNS(svg.namespaceURI, "rect");
    rect.setAttribute("class", "cross");
    rect.setAttribute("visibility", "hidden");
    return svg.appendChild(rect);
  });
  const at = (lines, place) => lines.findIndex(([start, size]) => place >= start && place < start + size);
  const span = (lines) => [lines[0][0], lines[lines.length - 1][0] + lines[lines.length - 1][1] - lines[0][0]];
  const set = (rect, x, y, width, height) =>
    Object.entries({ x, y, width, height, visibility: "visible" }).forEach(([name, value]) => rect.setAttribute(name, value));
  const hide = () => { tip.hidden = true; for (const rect of cross) rect.setAttribute("visibility", "hidden"); };
  svg.addEventListener("pointerleave", hide);
  svg.addEventListener("pointermove", (event) => {
    const box = svg.getBoundingClientRect();
    const row = at(data.rows, event.clientY - box.top), column = at(data.columns, event.clientX - box.left);
    const text = row < 0 || column < 0 ? undefined : data.texts[data.cells[row][column]];
    if (text === undefined) return hide();
    const [y, height, from] = data.rows[row], [x, width, to, direction] = data.columns[column];
    const who = document.createElement("b");
    who.textContent = direction === "to" ? from + " \\u2192 " + to : to + " \\u2192 " + from;
    tip.replaceChildren(who, text);
    tip.hidden = false;
    const { offsetWidth, offsetHeight } = tip;
    tip.style.left = Math.max(4, Math.min(event.clientX + 14, innerWidth - offsetWidth - 8)) + "px";
    tip.style.top = (event.clientY + 18 + offsetHeight > innerHeight ? event.clientY - offsetHeight - 12 : event.clientY + 18) + "px";
    const [left, wide] = span(data.columns), [top, high] = span(data.rows);
    set(cross[0], left, y, wide, height);
    set(cross[1], x, top, width, high);
  });
}
`;

function membersOf({ matrix }: MatrixView, lines: readonly Line[]): string {
  const several = lines.filter(({ members }) => members.length > 1);
  if (several.length === 0) return "";
  const items = several.map((line) => {
    const names = line.members.map((index) => matrix.endpoints[index]!.name);
    return `<dt>${escapeMarkup(nameOfLine(line))}</dt><dd>${escapeMarkup(names.join(", "))}</dd>`;
  });
  return `<details>\n<summary>Who is alike</summary>\n<dl>\n${items.join("\n")}\n</dl>\n</details>\n`;
}
