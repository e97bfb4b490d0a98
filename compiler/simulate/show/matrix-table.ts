import { displayWidth } from "../../text/display-width.js";
import { describeTraffic } from "../traffic-words.js";
import type { Passage } from "../reach.js";
import { gridOf, nameOfLine, type Cell, type Column, type Line } from "./grid.js";
import { shortPassage } from "./words.js";
import { deniedTraffic, type MatrixView } from "./view.js";

/**
 * A matrix for people at a terminal: rows send, columns receive. Rows are grouped by namespace, columns are their numbers. What a cell has no
 * room for is a letter that the legend explains; pods that are alike are one line when there are many.
 */
export function matrixTable(view: MatrixView): string {
  const grid = gridOf(view);
  const { rows, columns } = grid;
  const dense = columns.length > fewColumns;
  const symbols = symbolsOf(view, dense);
  const texts = rows.map((row) => columns.map((column) => symbols.of(grid.cell(row, column))));
  const widths = columns.map(({ heading }, index) =>
    dense ? 1 : Math.max(heading.length, ...texts.map((row) => displayWidth(row[index]!))),
  );
  const gaps = columns.map((column, index) =>
    !dense ? "  " : column.line.namespace === columns[index - 1]?.line.namespace ? "" : " ",
  );
  const joinCells = (cells: readonly string[]): string =>
    cells.map((text, index) => gaps[index] + pad(text, widths[index]!)).join("");

  const numberWidth = Math.max(0, ...rows.map(({ number }) => `${number}`.length));
  const nameWidth = Math.max(0, ...rows.map(({ name }) => displayWidth(name)));
  const margin = " ".repeat(2 + numberWidth + 1 + nameWidth);
  const lines = [titleOf(view), "", ...headersOf(columns, dense).map((header) => margin + joinCells(header))];
  rows.forEach(({ namespace, group, number, name }, index) => {
    if (namespace !== rows[index - 1]?.namespace) lines.push(group);
    lines.push(`  ${`${number}`.padStart(numberWidth)} ${pad(name, nameWidth)}${joinCells(texts[index]!)}`);
  });
  if (rows.length === 0) lines.push("Nothing to show.");
  lines.push("", ...symbols.legend(), ...membersLegend(view, grid.lines));
  return lines.map((line) => `${line.trimEnd()}\n`).join("");
}

/** More columns than this are one character wide. */
const fewColumns = 20;

/** A longer text in a cell is a letter instead. */
const longestText = 12;

interface Symbols {
  of(cell: Cell | undefined): string;
  legend(): readonly string[];
}

function symbolsOf(view: MatrixView, dense: boolean): Symbols {
  const letters = new Map<Passage, string>();
  const used = new Set<string>();
  return {
    of(cell) {
      if (!cell) return "";
      const { passage } = cell;
      const text = shortPassage(passage, view.only);
      if (text === "-" || text === "?") {
        used.add(text);
        return text;
      }
      if (text === "all") {
        used.add(text);
        return dense ? "#" : text;
      }
      if (!dense && text.length <= longestText) return text;
      let letter = letters.get(passage);
      if (letter === undefined) letters.set(passage, (letter = letterOf(letters.size)));
      return letter;
    },
    legend: () => [
      ...(used.has("all") ? [`${dense ? "#" : "all"}  everything`] : []),
      ...(used.has("-") ? ["-  nothing"] : []),
      ...(used.has("?") ? ["?  depends on what is not known"] : []),
      ...[...letters].map(([passage, letter]) => `${letter}  ${wordsOf(passage, view)}`),
    ],
  };
}

function wordsOf(passage: Passage, { only }: MatrixView): string {
  const traffic = only === "denied" ? deniedTraffic(passage) : passage.allowed;
  const doubt = passage.depends.length === 0 ? "" : `; perhaps also ${describeTraffic(passage.depends)}`;
  return describeTraffic(traffic) + doubt;
}

/** a … z, A … Z, and then one sign for all, since no table has room for more. */
function letterOf(index: number): string {
  return "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"[index] ?? "*";
}

/** The headings of the columns: side by side, or one digit below the other where columns are narrow. */
function headersOf(columns: readonly Column[], dense: boolean): readonly (readonly string[])[] {
  const headings = columns.map(({ heading }) => heading);
  if (!dense) return [headings];
  const digits = Math.max(...headings.map(({ length }) => length));
  return Array.from({ length: digits }, (_, digit) => headings.map((heading) => heading.padStart(digits)[digit]!));
}

function membersLegend({ matrix }: MatrixView, rows: readonly Line[]): readonly string[] {
  const several = rows.filter(({ members }) => members.length > 1);
  if (several.length === 0) return [];
  const names = ({ members }: Line): string =>
    members.map((index) => matrix.endpoints[index]!.name.replace(/^.*\//, "")).join(", ");
  return [
    "",
    "Alike, and on one line:",
    ...several.map((line) => `  ${line.number} ${nameOfLine(line)}: ${names(line)}`),
  ];
}

function titleOf({ by, only, focus, matrix }: MatrixView): string {
  const what =
    only === "denied"
      ? "What is denied"
      : only === "allowed"
        ? "Who reaches whom, only what is allowed"
        : "Who reaches whom";
  if (focus !== undefined) return `${what}, to and from ${matrix.endpoints[focus]!.name}, by ${by}.`;
  return `${what}, by ${by}. Rows send, columns receive.`;
}

function pad(text: string, width: number): string {
  return text + " ".repeat(Math.max(0, width - displayWidth(text)));
}
