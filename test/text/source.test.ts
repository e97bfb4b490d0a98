import { expect, test } from "vitest";
import { formatLocation, lineOf } from "../../compiler/text/source.js";

const text = "\ufeffa: 1\r\n\r\nb: 2\n";
const at = (offset: number) => ({ source: { name: "f", text }, offset });

test("lines and columns count from one, a byte order mark not at all", () => {
  expect([0, 1, 5, 7, 9, 13, 14].map((offset) => formatLocation(at(offset)))).toEqual([
    "f:1:1",
    "f:1:1",
    "f:1:5",
    "f:2:1",
    "f:3:1",
    "f:3:5",
    "f:4:1",
  ]);
});

test("the line of a place comes without its end", () => {
  expect([1, 7, 9, 14].map((offset) => lineOf(at(offset)))).toEqual(["a: 1", "", "b: 2", ""]);
});
