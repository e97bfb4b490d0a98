interface Colours {
  readonly paper: string;
  readonly ink: string;
  readonly soft: string;
  readonly line: string;
  /** Of cells by how much passes: the cell, and text on it. Lightness differs too, for those who see few colours. */
  readonly cells: readonly (readonly [amount: string, cell: string, text: string])[];
}

const light: Colours = {
  paper: "#ffffff",
  ink: "#1f2933",
  soft: "#5d6f80",
  line: "#d3dbe3",
  cells: [
    ["all", "#1f8a70", "#ffffff"],
    ["some", "#8fd0bb", "#10382d"],
    ["none", "#f3d9d5", "#8f3f35"],
    ["depends", "#f2c14e", "#4a3600"],
  ],
};

const dark: Colours = {
  paper: "#14191f",
  ink: "#e4e9ee",
  soft: "#93a1b0",
  line: "#38424d",
  cells: [
    ["all", "#35b391", "#06231b"],
    ["some", "#1f5f50", "#d5f2e8"],
    ["none", "#43262a", "#e0a39b"],
    ["depends", "#a9811d", "#fff3d0"],
  ],
};

/** Style of the picture, for light and dark screens. Colours are written out, since not every viewer knows variables. */
export const pictureStyle = `
.anpm text { font-family: system-ui, "Segoe UI", "Helvetica Neue", Arial, "DejaVu Sans", sans-serif; }
.anpm .title { font-size: 17px; font-weight: 600; }
.anpm .group { font-weight: 600; }
.anpm .in { text-anchor: middle; pointer-events: none; font-size: 12px; }
.anpm .end { text-anchor: end; }
.anpm .mesh { pointer-events: none; }
${pictureColours(light)}
@media (prefers-color-scheme: dark) {
${pictureColours(dark)}
}
`;

/** Style of a page around the picture. */
export const pageStyle = `
body { margin: 0; font: 14px/1.5 system-ui, "Segoe UI", "Helvetica Neue", Arial, sans-serif; }
main { overflow-x: auto; }
svg { display: block; }
details { margin: 0 24px 24px; max-width: 70em; }
dt { font-weight: 600; margin-top: .5em; }
dd { margin: 0; overflow-wrap: anywhere; }
#tip { position: fixed; z-index: 1; max-width: 34em; padding: 8px 12px; border-radius: 6px; font-size: 13px; white-space: pre-line;
  overflow-wrap: anywhere; pointer-events: none; box-shadow: 0 4px 16px #0005; }
#tip b { display: block; }
.anpm .cross { fill: none; stroke-width: 1.5; pointer-events: none; }
${pageColours(light)}
@media (prefers-color-scheme: dark) {
${pageColours(dark)}
}
`;

function pictureColours({ paper, ink, soft, line, cells }: Colours): string {
  const amounts = cells.map(
    ([name, cell, text]) => `.anpm .${name} { fill: ${cell}; } .anpm .on-${name} { fill: ${text}; }`,
  );
  return [
    `.anpm text { fill: ${ink}; } .anpm .soft { fill: ${soft}; }`,
    `.anpm .paper { fill: ${paper}; } .anpm .mesh { stroke: ${paper}; } .anpm .rule { stroke: ${line}; }`,
    ...amounts,
  ].join("\n");
}

function pageColours({ paper, ink, soft }: Colours): string {
  return [
    `body { background: ${paper}; color: ${ink}; } dd { color: ${soft}; }`,
    `#tip { background: ${ink}; color: ${paper}; } .anpm .cross { stroke: ${ink}; }`,
  ].join("\n");
}
