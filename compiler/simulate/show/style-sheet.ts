/** Colours and type of the picture, for light and dark screens. Amounts differ in lightness, too, for those who see few colours. */
export const styleSheet = `
.anpm { --paper: #ffffff; --ink: #1f2933; --soft: #66788a; --line: #d3dbe3; --all: #1f8a70; --some: #8fd0bb; --none: #f3d9d5;
  --depends: #f2c14e; --on-all: #ffffff; --on-some: #10382d; --on-none: #9b4a3f; --on-depends: #4a3600; }
@media (prefers-color-scheme: dark) {
  .anpm { --paper: #14191f; --ink: #e4e9ee; --soft: #93a1b0; --line: #38424d; --all: #35b391; --some: #1f5f50; --none: #43262a;
    --depends: #a9811d; --on-all: #06231b; --on-some: #d5f2e8; --on-none: #e0a39b; --on-depends: #fff3d0; }
}
.anpm text { font-family: system-ui, "Segoe UI", "Helvetica Neue", Arial, "DejaVu Sans", sans-serif; fill: var(--ink); }
.anpm .paper { fill: var(--paper); }
.anpm .title { font-size: 17px; font-weight: 600; }
.anpm .soft { fill: var(--soft); }
.anpm .group { font-weight: 600; }
.anpm .rule { stroke: var(--line); stroke-width: 1; }
.anpm .mesh { stroke: var(--paper); stroke-width: 1; pointer-events: none; }
.anpm .all { fill: var(--all); } .anpm .some { fill: var(--some); } .anpm .none { fill: var(--none); } .anpm .depends { fill: var(--depends); }
.anpm .on-all { fill: var(--on-all); } .anpm .on-some { fill: var(--on-some); } .anpm .on-none { fill: var(--on-none); }
.anpm .on-depends { fill: var(--on-depends); }
.anpm .in { text-anchor: middle; pointer-events: none; font-size: 12px; }
.anpm .end { text-anchor: end; }
`;
