import { expect, test } from "vitest";
import { formatText } from "../../../compiler/diff/formats/format-text.js";
import { portChanged } from "./shop.js";

test("names never steer a terminal", () => {
  const text = formatText(portChanged(["old\u001b[2J.yaml", "new\r\n\u202e\ud800.yaml"]));
  expect(text).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u202e\ud800]/);
  expect(text).toContain("old\\x1b[2J.yaml → new\\x0d\\n\\u202e\\ud800.yaml: opens");
});

test("lines are painted by their mark, the rest is not", () => {
  const painted: string[] = [];
  const plain = formatText(portChanged(), (mark, line) => {
    painted.push(`${mark} ${line.slice(2, 3)}`);
    return line;
  });
  expect(plain).toBe(formatText(portChanged()));
  expect(painted.length).toBeGreaterThan(4);
  expect(painted.every((each) => each[0] === each[2])).toBe(true);
});
