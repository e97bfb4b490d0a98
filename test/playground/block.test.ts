import { describe, expect, test } from "vitest";
import { blockAt, blockOfLine } from "../../src/playground/block.js";

const text = `spec:
  podSelector: {}
  ingress:
  - from:
    - podSelector:
        matchLabels:
          app: web

    # a comment
    ports:
    - port: 80
---
kind: Pod`;
const lines = text.split("\n");

describe("the lines of a YAML value", () => {
  test.each([
    ["a mapping", 1, 1, 11],
    ["an empty mapping", 2, 16, 2],
    ["a list as far left as its key", 4, 3, 11],
    ["a list item", 5, 7, 7],
    ["a mapping that begins on the line below its key", 7, 11, 7],
    ["the last line of all", 13, 1, 13],
  ])("%s", (_, line, column, lastLine) => {
    expect(blockAt(lines, line, column)).toEqual({ line, lastLine });
  });

  test.each([
    ["a key means its value", 5, 7],
    ["a key means its list, also when it stands no further right", 3, 11],
    ["a key means its list, that one, too", 10, 11],
    ["a list item means all of it", 4, 11],
    ["a scalar means its line", 7, 7],
    ["a blank line means nothing more", 8, 8],
    ["a line that is not there", 99, 99],
  ])("%s", (_, line, lastLine) => {
    expect(blockOfLine(lines, line)).toEqual({ line, lastLine });
  });
});
