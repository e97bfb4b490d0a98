import { expect, test } from "vitest";
import { overwrittenWords } from "../../../../compiler/engines/azure-npm/v1/shared-words.js";

const first = [
  ["-d", "10.0.0.0/8"],
  ["-j", "ACCEPT", "-m", "comment", "--comment", "first"],
];
const last = [["-j", "DROP", "-m", "comment", "--comment", "last"]];

test("with four requirements each rule keeps its words", () => {
  expect(overwrittenWords([5, 5, 5, 5], [first, last])).toEqual([undefined, undefined]);
});

test("with five, the last rule stands in the others, as far as it reaches", () => {
  expect(overwrittenWords([5, 5, 5, 5, 5], [first, last])).toEqual([
    ["-j", "DROP", "-m", "comment", "--comment", "last", "--comment", "first"],
    undefined,
  ]);
});

test("a rule that outgrows the room gets an array of its own", () => {
  const long = [Array.from({ length: 10 }, (_, index) => `n${index}`), Array.from({ length: 12 }, () => "x")];
  expect(overwrittenWords([5, 5, 5, 5, 5], [long, last])).toEqual([undefined, undefined]);
});
