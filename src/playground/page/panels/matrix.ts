import type { CellView, MatrixViewed } from "../../views.js";
import { button, el } from "../dom.js";

/** Who reaches whom: rows send, columns receive. A cell asks for the walk of its packet. */
export function matrixPanel(
  { outside, names, more, cells }: MatrixViewed,
  ask: (from: string, to: string) => void,
): readonly HTMLElement[] {
  const explanation =
    "Rows send, columns receive; the numbers of the columns are those of the rows. " +
    `${outside} stands for the world outside. Press a cell to watch its packet.`;
  const head = names.map((_, index) => el("th", { scope: "col" }, el("span", {}, el("b", {}, `${index + 1}`))));
  const rows = cells.map((row, source) =>
    el(
      "tr",
      {},
      el("th", { scope: "row" }, el("b", {}, `${source + 1}`), ` ${names[source]!}`),
      ...row.map((cell, destination) =>
        cell
          ? el("td", {}, showCell(cell, names[source]!, names[destination]!, ask))
          : el("td", { class: "self", "aria-label": "not asked" }),
      ),
    ),
  );
  return [
    el("p", { class: "legend" }, ...legend(cells.some((row) => row.some((cell) => cell?.amount === "depends")))),
    el("p", { class: "note" }, explanation),
    el(
      "div",
      { class: "scroll", tabindex: 0, role: "region", "aria-label": "Matrix" },
      el(
        "table",
        { class: "matrix" },
        el("thead", {}, el("tr", {}, el("th", { scope: "col" }, "from \\ to"), ...head)),
        el("tbody", {}, ...rows),
      ),
    ),
    ...(more > 0 ? [el("p", { class: "empty" }, `${more} more pods are left out; anpm matrix shows all.`)] : []),
  ];
}

const signs: Readonly<Record<CellView["amount"], string>> = { all: "all", some: "some", none: "–", depends: "?" };

function showCell(cell: CellView, from: string, to: string, ask: (from: string, to: string) => void): HTMLElement {
  const differs = cell.spec === undefined ? "" : `; Kubernetes specifies: ${cell.spec}`;
  const label = `${from} to ${to}: ${cell.text}${differs}`;
  const mark = cell.spec === undefined ? "" : " differs";
  return button(signs[cell.amount], { class: `cell ${cell.amount}${mark}`, title: label, "aria-label": label }, () =>
    ask(from, to),
  );
}

function legend(depends: boolean): readonly (Node | string)[] {
  const piece = (amount: string, text: string): Node =>
    el("span", { class: "key" }, el("i", { class: `cell ${amount}` }), text);
  return [
    piece("all", "everything passes"),
    piece("some", "not all ports or protocols"),
    piece("none", "nothing"),
    ...(depends ? [piece("depends", "depends on more than the rules say")] : []),
    piece("all differs", "Kubernetes specifies otherwise"),
  ];
}
