import { describe, expect, test } from "vitest";
import { parseSelector, selectorOf } from "../../../compiler/model/calico/parse-selector.js";
import { printSelector, selectorHolds } from "../../../compiler/model/calico/selector.js";

describe("the canonical form", () => {
  test.each([
    ["", "all()"],
    [" all( ) ", "all()"],
    ["a == 'b'", 'a == "b"'],
    [`a == 'say "hi"'`, `a == 'say "hi"'`],
    ["a=='b'&&c!=\"d\"", '(a == "b" && c != "d")'],
    ["((a == 'b'))", 'a == "b"'],
    ["(a == 'b' && c == 'd') && has(e)", '((a == "b" && c == "d") && has(e))'],
    ["a == 'b' || c == 'd' && !has( e )", '(a == "b" || (c == "d" && !has(e)))'],
    ["!!has(a)", "has(a)"],
    ["!(a == 'b' || has(c))", '!(a == "b" || has(c))'],
    ["a in {'z', 'b', \"b\"}", 'a in {"b", "z"}'],
    ["a not in { 'b' }", 'a not in {"b"}'],
    ["a in {}", "a in {}"],
    [
      "a contains 'b' && c startswith 'd' && e ends  with 'f'",
      '(a contains "b" && c starts with "d" && e ends with "f")',
    ],
    ["projectcalico.org/namespace == 'demo'", 'projectcalico.org/namespace == "demo"'],
  ])("of %s", (text, canonical) => {
    expect(printSelector(selectorOf(text))).toBe(canonical);
    expect(printSelector(selectorOf(canonical))).toBe(canonical);
  });
});

test.each([
  ["a ==", 4],
  ["a == 'b' &&", 11],
  ["(a == 'b'", 9],
  ["a == 'b')", 8],
  ["a = 'b'", 2],
  ["a in 'b'", 5],
  ["a in {'b' 'c'}", 10],
  ["== 'b'", 0],
  [`${"(".repeat(600)}has(a)`, 501],
])("%s is wrong at %i", (text, at) => {
  expect(parseSelector(text)).toMatchObject({ at });
});

test.each([
  ["a != 'x'", true],
  ["a not in {'x'}", true],
  ["!has(a)", true],
  ["a == ''", false],
  ["a contains ''", false],
  ["b == 'y' && b in {'y'} && b contains 'y'", true],
  ["b starts with 'y' || c == 'z'", true],
  ["b ends with 'z'", false],
])("what has b=y: %s", (text, holds) => {
  expect(selectorHolds(selectorOf(text), (label) => (label === "b" ? "y" : undefined))).toBe(holds);
});
