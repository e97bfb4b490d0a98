import { drawGrid } from "./draw-grid.js";
import { pictureStyle } from "./style-sheet.js";
import type { MatrixView } from "./view.js";

/** A matrix as a picture that stands alone: a heat map, light or dark as its reader likes, whose cells explain themselves. */
export function matrixSvg(view: MatrixView): string {
  return `<?xml version="1.0" encoding="UTF-8"?>\n${drawGrid(view, pictureStyle).svg}`;
}
