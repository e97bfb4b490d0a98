import { gridOf, nameOfLine, type Cell, type Column, type Grid, type Line } from "./grid.js";
import { escapeMarkup } from "./markup.js";
import { amountOf, explainPassage, shortPassage, type Amount } from "./words.js";
import type { MatrixView } from "./view.js";

/** A picture, and what a program needs to find its cells again. */
export interface Drawing {
  readonly svg: string;
  readonly grid: Grid;
  /** Offset and width of each column, offset and height of each row, in the picture's units. */
  readonly columns: readonly Stretch[];
  readonly rows: readonly Stretch[];
  /** By row and column: an index into `texts`, or -1 where there is no cell. */
  readonly cells: readonly (readonly number[])[];
  /** What cells say when asked, without who to whom. */
  readonly texts: readonly string[];
}

export interface Stretch {
  readonly start: number;
  readonly size: number;
}

/** Draws the heat map with a style sheet inside. */
export function drawGrid(view: MatrixView, styleSheet: string): Drawing {
  const grid = gridOf(view);
  const layout = layOut(view, grid);
  const facts = factsOf(view, grid);
  const { width, height, rows, columns, scale } = layout;
  const svg = [
    `<svg xmlns="http://www.w3.org/2000/svg" class="anpm" role="img" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" font-size="${scale.font}">`,
    `<title>${escapeMarkup(layout.title)}</title>`,
    `<style>${styleSheet}</style>`,
    `<rect class="paper" width="${width}" height="${height}"/>`,
    `<text class="title" x="${margin}" y="${margin + 14}">${escapeMarkup(layout.title)}</text>`,
    `<text class="soft" x="${margin}" y="${margin + 34}" font-size="13">${escapeMarkup(layout.subtitle)}</text>`,
    ...drawLegend(facts.amounts),
    ...drawColumnLabels(view, grid, layout),
    ...drawRowLabels(grid, layout),
    ...drawCells(grid, layout, facts),
    ...drawMesh(layout),
    ...(scale.text ? drawTexts(view, grid, layout) : []),
    "</svg>",
  ];
  return { svg: `${svg.join("\n")}\n`, grid, columns, rows, cells: facts.cells, texts: facts.texts };
}

const margin = 24;

/** Sizes by the number of lines. */
interface Scale {
  readonly cellWidth: number;
  readonly cellHeight: number;
  readonly font: number;
  /** Whether cells have room for text. */
  readonly text: boolean;
}

function scaleOf(view: MatrixView, { rows, columns, cell }: Grid): Scale {
  const lines = Math.max(rows.length, columns.length);
  if (columns.length <= 16 && rows.length <= 40) {
    const longest = Math.max(
      ...rows.flatMap((row) =>
        columns.map((column) => {
          const found = cell(row, column);
          return found ? cellText(view, found).length : 0;
        }),
      ),
    );
    return { cellWidth: Math.max(48, Math.round(longest * 7.2 + 14)), cellHeight: 30, font: 13, text: true };
  }
  const size = lines <= 40 ? 22 : lines <= 100 ? 16 : 12;
  return { cellWidth: size, cellHeight: size, font: Math.min(13, size - 2), text: false };
}

interface Layout {
  readonly title: string;
  readonly subtitle: string;
  readonly width: number;
  readonly height: number;
  /** Where the cells begin. */
  readonly left: number;
  readonly top: number;
  readonly rows: readonly Stretch[];
  readonly columns: readonly Stretch[];
  readonly scale: Scale;
  /** Where the names begin, and those of the namespaces. */
  readonly groupLeft: number;
  readonly groupTop: number;
}

function layOut(view: MatrixView, grid: Grid): Layout {
  const scale = scaleOf(view, grid);
  const title = titleOf(view);
  const subtitle = subtitleOf(view, grid);
  const textWidth = (text: string): number => text.length * scale.font * 0.58;
  const groupWidth = Math.max(0, ...grid.rows.map(({ group }) => textWidth(shorten(group)) * 1.08));
  const nameWidth = Math.max(0, ...grid.rows.map(({ name }) => textWidth(shorten(name))));
  const columnNames = grid.columns.map((column) => textWidth(columnLabel(view, column)));
  const columnGroups =
    view.focus === undefined ? grid.columns.map(({ line }) => textWidth(shorten(line.group)) * 1.08) : [];
  const left = Math.ceil(margin + groupWidth + 14 + nameWidth + 10);
  const groupTop = margin + 78;
  const top = Math.ceil(
    groupTop + Math.max(0, ...columnGroups) + (columnGroups.length > 0 ? 14 : 0) + Math.max(0, ...columnNames) + 10,
  );
  const rows = stretches(
    grid.rows.map(({ namespace }) => namespace),
    top,
    scale.cellHeight,
  );
  const columns = stretches(
    grid.columns.map(({ line }) => line.namespace),
    left,
    scale.cellWidth,
  );
  const end = (all: readonly Stretch[], start: number): number =>
    (all.at(-1)?.start ?? start) + (all.at(-1)?.size ?? 0);
  const words = Math.max(title.length * 9.5, subtitle.length * 7.2, 620);
  return {
    title,
    subtitle,
    width: Math.ceil(Math.max(end(columns, left), words) + margin),
    height: Math.ceil(end(rows, top) + margin),
    left,
    top,
    rows,
    columns,
    scale,
    groupLeft: margin,
    groupTop,
  };
}

/** Lines of one namespace stand close, with a gap between namespaces. */
function stretches(namespaces: readonly string[], start: number, size: number): readonly Stretch[] {
  let at = start;
  return namespaces.map((namespace, index) => {
    if (index > 0 && namespace !== namespaces[index - 1]) at += 5;
    const stretch = { start: at, size };
    at += size;
    return stretch;
  });
}

interface Facts {
  readonly amounts: ReadonlySet<Amount>;
  readonly cells: readonly (readonly number[])[];
  readonly texts: readonly string[];
  /** By index of a text. */
  readonly amountOf: readonly Amount[];
}

function factsOf(view: MatrixView, { rows, columns, cell }: Grid): Facts {
  const known = new Map<string, number>();
  const amounts: Amount[] = [];
  const cells = rows.map((row) =>
    columns.map((column) => {
      const found = cell(row, column);
      if (!found) return -1;
      const text = explainPassage(view, found).join("\n");
      let index = known.get(text);
      if (index === undefined) {
        known.set(text, (index = known.size));
        amounts.push(amountOf(found.passage));
      }
      return index;
    }),
  );
  return { amounts: new Set(amounts), cells, texts: [...known.keys()], amountOf: amounts };
}

/** One shape for neighbours that say the same, when there are many; with few, each cell says who and whom. */
function drawCells(grid: Grid, { rows, columns, scale }: Layout, facts: Facts): readonly string[] {
  return grid.rows.flatMap((row, rowIndex) => {
    const shapes: string[] = [];
    const cells = facts.cells[rowIndex]!;
    for (let first = 0; first < cells.length; first += 1) {
      const fact = cells[first]!;
      if (fact < 0) continue;
      let last = first;
      const { namespace } = grid.columns[first]!.line;
      while (!scale.text && cells[last + 1] === fact && grid.columns[last + 1]!.line.namespace === namespace) last += 1;
      const [x, y] = [columns[first]!.start, rows[rowIndex]!.start];
      const width = columns[last]!.start + columns[last]!.size - x;
      const who = whoToWhom(row, grid.columns.slice(first, last + 1));
      const text = escapeMarkup(`${who}\n${facts.texts[fact]!}`);
      shapes.push(
        `<rect class="${facts.amountOf[fact]!}" x="${x}" y="${y}" width="${width}" height="${scale.cellHeight}"><title>${text}</title></rect>`,
      );
      first = last;
    }
    return shapes;
  });
}

/** Names that one shape lists. */
const maxNames = 4;

function whoToWhom(row: Line, columns: readonly Column[]): string {
  const names = columns.slice(0, maxNames).map(({ line }) => nameOfLine(line));
  const others = [...names, ...(columns.length > maxNames ? [`${columns.length - maxNames} more`] : [])].join(", ");
  return columns[0]!.direction === "to" ? `${nameOfLine(row)} → ${others}` : `${others} → ${nameOfLine(row)}`;
}

/** Thin lines between cells. */
function drawMesh({ rows, columns, left, top }: Layout): readonly string[] {
  const right = columns.at(-1);
  const bottom = rows.at(-1);
  if (!right || !bottom) return [];
  const [endX, endY] = [right.start + right.size, bottom.start + bottom.size];
  const across = rows.map(({ start }) => `M${left} ${start}H${endX}`).join("");
  const down = columns.map(({ start }) => `M${start} ${top}V${endY}`).join("");
  return [`<path class="mesh" fill="none" d="${across}${down}"/>`];
}

function drawTexts(view: MatrixView, grid: Grid, { rows, columns }: Layout): readonly string[] {
  return grid.rows.flatMap((row, rowIndex) =>
    grid.columns.flatMap((column, columnIndex) => {
      const cell = grid.cell(row, column);
      if (!cell) return [];
      const { start: x, size: width } = columns[columnIndex]!;
      const { start: y, size: height } = rows[rowIndex]!;
      const place = `x="${x + width / 2}" y="${y + height / 2 + 4}"`;
      return [`<text class="in on-${amountOf(cell.passage)}" ${place}>${escapeMarkup(cellText(view, cell))}</text>`];
    }),
  );
}

function cellText(view: MatrixView, { passage }: Cell): string {
  const text = shortPassage(passage, view.only);
  return text.length > 16 ? `${text.slice(0, 15)}…` : text === "-" ? "–" : text;
}

function drawRowLabels(grid: Grid, { rows, left, groupLeft, scale, columns }: Layout): readonly string[] {
  const right = (columns.at(-1)?.start ?? left) + (columns.at(-1)?.size ?? 0);
  return grid.rows.flatMap((line, index) => {
    const { start, size } = rows[index]!;
    const y = start + size / 2 + scale.font * 0.35;
    const name = `<text class="end" x="${left - 8}" y="${y}">${escapeMarkup(shorten(line.name))}<title>${escapeMarkup(nameOfLine(line))}</title></text>`;
    if (index > 0 && line.namespace === grid.rows[index - 1]!.namespace) return [name];
    const rule = index === 0 ? [] : [`<path class="rule" d="M${groupLeft} ${start - 2.5}H${right}"/>`];
    return [...rule, `<text class="group" x="${groupLeft}" y="${y}">${escapeMarkup(shorten(line.group))}</text>`, name];
  });
}

function drawColumnLabels(
  view: MatrixView,
  grid: Grid,
  { rows, columns, top, groupTop, scale }: Layout,
): readonly string[] {
  const bottom = (rows.at(-1)?.start ?? top) + (rows.at(-1)?.size ?? 0);
  const upright = (text: string, kind: string, x: number, y: number): string =>
    `<text class="${kind}" transform="translate(${x} ${y}) rotate(-90)">${text}</text>`;
  return grid.columns.flatMap((column, index) => {
    const { start, size } = columns[index]!;
    const x = start + size / 2 + scale.font * 0.35;
    const label = escapeMarkup(columnLabel(view, column));
    const name = upright(`${label}<title>${escapeMarkup(nameOfLine(column.line))}</title>`, "", x, top - 8);
    const { namespace } = column.line;
    if (view.focus !== undefined || (index > 0 && namespace === grid.columns[index - 1]!.line.namespace)) return [name];
    const rule = index === 0 ? [] : [`<path class="rule" d="M${start - 2.5} ${groupTop}V${bottom}"/>`];
    return [...rule, upright(escapeMarkup(shorten(column.line.group)), "group end", x, groupTop), name];
  });
}

function columnLabel({ focus }: MatrixView, { line, direction }: Column): string {
  return focus === undefined ? shorten(line.name) : `${direction} ${shorten(nameOfLine(line))}`;
}

const amountNames: Readonly<Record<Amount, string>> = {
  all: "everything allowed",
  some: "some ports allowed",
  none: "nothing allowed",
  depends: "depends on what is not known",
};

function drawLegend(present: ReadonlySet<Amount>): readonly string[] {
  let x = margin;
  return (["all", "some", "none", "depends"] as const)
    .filter((amount) => present.has(amount))
    .flatMap((amount) => {
      const at = x;
      x += 26 + amountNames[amount].length * 7.2 + 14;
      return [
        `<rect class="${amount}" x="${at}" y="${margin + 46}" width="14" height="14" rx="2"/>`,
        `<text x="${at + 20}" y="${margin + 58}" font-size="13">${amountNames[amount]}</text>`,
      ];
    });
}

function titleOf({ only, focus, matrix }: MatrixView): string {
  const what = only === "denied" ? "Who does not reach whom" : "Who reaches whom";
  return focus === undefined ? what : `${what}: ${matrix.endpoints[focus]!.name}`;
}

function subtitleOf({ by, only, focus, matrix }: MatrixView, { lines }: Grid): string {
  const count = matrix.endpoints.length;
  const merged = lines.length < count ? ` in ${lines.length} lines of those that are alike` : "";
  const directions = focus === undefined ? "rows send, columns receive" : "what it gets and what it sends";
  const denied = only === "denied" ? " · cells say what is denied" : "";
  return `by ${by} · ${directions}${denied} · ${count} ${count === 1 ? "endpoint" : "endpoints"}${merged}`;
}

function shorten(text: string): string {
  return text.length > 36 ? `${text.slice(0, 35)}…` : text;
}
