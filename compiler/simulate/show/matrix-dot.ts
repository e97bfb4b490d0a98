import { gridOf, type Cell, type Grid } from "./grid.js";
import { amountOf, explainCell, shortPassage } from "./words.js";
import type { MatrixView } from "./view.js";

/** A matrix as a directed graph in Graphviz's language: namespaces are clusters, an edge is what passes. */
export function matrixDot(view: MatrixView): string {
  const grid = gridOf(view);
  const namespaces = [...new Set(grid.lines.map(({ namespace }) => namespace))];
  return [
    "digraph reach {",
    `  graph [label=${quote(`Who reaches whom, by ${view.by}`)}, labelloc=t, fontname="sans-serif", rankdir=LR]`,
    `  node [shape=box, style="rounded,filled", fillcolor="#eef2f7", color="#8595a8", fontname="sans-serif"]`,
    `  edge [fontname="sans-serif", fontsize=10]`,
    ...namespaces.flatMap((namespace, index) => clusterOf(namespace, index, grid)),
    ...grid.rows.flatMap((row) => grid.columns.flatMap((column) => edgeOf(view, grid.cell(row, column)))),
    "}",
  ]
    .map((line) => `${line}\n`)
    .join("");
}

function clusterOf(namespace: string, index: number, { lines }: Grid): readonly string[] {
  const nodes = lines
    .filter((line) => line.namespace === namespace)
    .map(({ number, name }) => `n${number} [label=${quote(name)}]`);
  if (namespace === "") return nodes.map((node) => `  ${node}`);
  return [
    `  subgraph cluster_${index} {`,
    `    label=${quote(namespace)}; color="#b8c2cf"`,
    ...nodes.map((node) => `    ${node}`),
    "  }",
  ];
}

function edgeOf(view: MatrixView, found: Cell | undefined): readonly string[] {
  if (!found) return [];
  const amount = amountOf(found.passage);
  if (amount === "none" && view.only !== "denied") return [];
  const text = shortPassage(found.passage, view.only);
  const colour = view.only === "denied" ? "#c0392b" : amount === "depends" ? "#b7791f" : "#1f7a5c";
  const style = view.only === "denied" || amount === "depends" ? ", style=dashed" : "";
  const tooltip = quote(explainCell(view, found).join("\n"));
  const label = text === "all" ? "" : `label=${quote(text)}, `;
  return [`  n${found.from.number} -> n${found.to.number} [${label}color="${colour}"${style}, tooltip=${tooltip}]`];
}

/** A quoted string; in a label a backslash begins an escape, so that it is written twice. */
function quote(text: string): string {
  return `"${text.replaceAll("\\", "\\\\").replaceAll('"', '\\"').replaceAll("\n", "\\n")}"`;
}
