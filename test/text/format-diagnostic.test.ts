import { expect, test } from "vitest";
import { diagnostic } from "../../compiler/text/diagnostic.js";
import { diagnosticJson, formatDiagnostic } from "../../compiler/text/format-diagnostic.js";

/** The diagnostic of a tab at the first `§` of a text, which is taken out. */
function at(text: string) {
  const offset = text.indexOf("§");
  const location = { source: { name: "p.yaml", text: text.replace("§", "") }, offset };
  return diagnostic("yaml-tab", {}, { location, object: "ns/p", field: "spec" });
}

const excerpt = (text: string) => formatDiagnostic(at(text), { excerpt: true }).split("\n").slice(1, 3);

test("a diagnostic is two lines: place, code and message, then the fix", () => {
  expect(formatDiagnostic(at("a:\n§\tb: 1\n"))).toBe(
    "p.yaml:2:1: error yaml-tab: a tab indents this line, and YAML indents with spaces only\n" +
      "  fix: replace the tab by spaces (most editors have a command that does it for the whole file)",
  );
});

test("the excerpt is the line with a caret below the place", () => {
  expect(excerpt("a: 1\nb:§ 2\nc: 3\n")).toEqual(["  2 | b: 2", "        ^"]);
  expect(excerpt("§a: 1")).toEqual(["  1 | a: 1", "      ^"]);
  expect(excerpt("a: 1\n§")).toEqual(["  2 | ", "      ^"]);
});

test("the caret stands right below tabs, wide and combined characters", () => {
  expect(excerpt("\t\ta: §b\n")).toEqual(["  1 |   a: b", "           ^"]);
  expect(excerpt("日本: §b\n")).toEqual(["  1 | 日本: b", "            ^"]);
  expect(excerpt("e\u0301: §b\n")).toEqual(["  1 | e\u0301: b", "         ^"]);
  expect(excerpt("😀: §b\n")).toEqual(["  1 | 😀: b", "          ^"]);
});

test("control characters are spelled out", () => {
  expect(excerpt("\u001b[31m§b\u0000\n")).toEqual(["  1 | \\x1b[31mb\\x00", "              ^"]);
});

test("of a very long line the part around the place is shown, whole characters only", () => {
  const [line, caret] = excerpt(`${"x".repeat(5000)}§y${"z".repeat(5000)}`);
  expect(line!.length).toBeLessThan(120);
  expect(line![caret!.indexOf("^")]).toBe("y");
  expect(excerpt(`${"😀".repeat(500)}§y`)[0]).not.toMatch(
    /[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/,
  );
});

test("for programs every key is there", () => {
  expect(diagnosticJson(at("a:\n§\tb"))).toMatchObject({
    severity: "error",
    code: "yaml-tab",
    file: "p.yaml",
    line: 2,
    column: 1,
    object: "ns/p",
    field: "spec",
  });
  expect(diagnosticJson(diagnostic("yaml-tab", {}))).toMatchObject({
    file: "",
    line: 0,
    column: 0,
    object: "",
    field: "",
  });
});
