import { expect, test } from "vitest";
import { suggest } from "../../compiler/text/suggest.js";

const known = ["podSelector", "namespaceSelector", "ipBlock", "In", "NotIn", "Exists"];

test.each([
  ["podselector", "podSelector"],
  ["podSelecter", "podSelector"],
  ["ipblok", "ipBlock"],
  ["Inn", "In"],
  ["notin", "NotIn"],
  ["exist", "Exists"],
  ["x", undefined],
  ["", undefined],
  ["status", undefined],
  ["z".repeat(1e6), undefined],
])("%.20s is probably %s", (word, expected) => {
  expect(suggest(word, known)).toBe(expected);
});

test("nothing known, nothing suggested", () => {
  expect(suggest("a", [])).toBeUndefined();
});
