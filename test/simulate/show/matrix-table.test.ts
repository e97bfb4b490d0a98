import { describe, expect, test } from "vitest";
import { matrixMarkdown } from "../../../compiler/simulate/show/matrix-markdown.js";
import { matrixTable } from "../../../compiler/simulate/show/matrix-table.js";
import { pod, shop, viewOf } from "./shop.js";

describe("the table", () => {
  test("says ports in the cells, TCP unless it says otherwise", () => {
    expect(matrixTable(viewOf(shop))).toMatchInlineSnapshot(`
      "Who reaches whom, by the rules. Rows send, columns receive.

                 1   2    3    4
      shop
        1 api        all  all  -
        2 web-0  80       all  -
        3 web-1  80  all       -
      store
        4 db     -   -    -

      all  everything
      -  nothing
      "
    `);
  });

  test("of what is denied says what is missing", () => {
    expect(matrixTable(viewOf(shop, { only: "denied", focus: "shop/api" }))).toMatchInlineSnapshot(`
      "What is denied, to and from shop/api, by the rules.

                 to it       from it
      shop
        2 web-0  all but 80
        3 web-1  all but 80
      store
        4 db     all         all

      all  everything
      "
    `);
  });

  test("what a cell has no room for is a letter with a legend", () => {
    const ports = "[{ port: 80 }, { port: 443 }, { port: 5000, endPort: 5010 }, { port: 53, protocol: UDP }]";
    const table = matrixTable(viewOf(shop.replace("[{ port: 80 }]", ports)));
    expect(table).toContain("  2 web-0  a       all  -\n");
    expect(table).toContain("\na  tcp 80, 443, 5000-5010; udp 53\n");
  });

  test("many pods that are alike are one line, with their names below", () => {
    const pods = Array.from({ length: 50 }, (_, i) => pod("shop", `more-${i}`, "web", 100 + i)).join("\n---\n");
    const table = matrixTable(viewOf(`${pods}\n---\n${shop}`));
    expect(table).toMatch(/^ +2 more-0 \+51 +80 +all +-$/m);
    expect(table).toMatch(/^Alike, and on one line:\n {2}2 shop\/more-0 \+51: more-0, more-1, .*, web-0, web-1$/m);
  });

  test("many lines have columns of one character under upright numbers", () => {
    const pods = Array.from({ length: 45 }, (_, i) => pod(`n-${10 + i}`, "web", "web", 300 + i)).join("\n---\n");
    const lines = matrixTable(viewOf(`${pods}\n---\n${shop}`)).split("\n");
    expect(lines[2]!.replace(/\s/g, "")).toMatch(/^1+2+3+4+$/);
    expect(lines).toContain("#  everything");
    expect(Math.max(...lines.slice(0, 80).map(({ length }) => length))).toBeLessThan(120);
  });
});

test("Markdown escapes what Markdown means", () => {
  const text = matrixMarkdown({ ...viewOf(shop), by: "a | b_c <d>" });
  expect(text).toContain("| shop/web-0 | 80 |  | all | - |\n");
  expect(text).toContain(String.raw`by a \| b\_c \<d\>.`);
});
