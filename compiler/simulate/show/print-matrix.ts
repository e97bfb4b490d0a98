import { matrixCsv } from "../matrix-csv.js";
import { matrixDot } from "./matrix-dot.js";
import { matrixHtml } from "./matrix-html.js";
import { matrixJson } from "./matrix-json.js";
import { matrixMarkdown } from "./matrix-markdown.js";
import { matrixSvg } from "./matrix-svg.js";
import { matrixTable } from "./matrix-table.js";
import { shownMatrix, type MatrixView } from "./view.js";

/** The formats of a matrix, the default first. */
export const matrixFormats = ["table", "json", "csv", "markdown", "dot", "svg", "html"] as const;

export type MatrixFormat = (typeof matrixFormats)[number];

/** A view in a format, in pieces, so that nobody has to hold all of a long text. */
export function* printMatrix(view: MatrixView, format: MatrixFormat): Generator<string, void> {
  switch (format) {
    case "table":
      return yield matrixTable(view);
    case "json":
      return yield* matrixJson(view);
    case "csv":
      return yield* matrixCsv(shownMatrix(view));
    case "markdown":
      return yield matrixMarkdown(view);
    case "dot":
      return yield matrixDot(view);
    case "svg":
      return yield matrixSvg(view);
    case "html":
      return yield matrixHtml(view);
  }
}
