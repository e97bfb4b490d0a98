import { expect, test } from "vitest";
import { parseDocuments } from "../../compiler/manifest/parse-documents.js";
import { problems } from "./read.js";

test.each([
  ["a tab indents a line", "a:\n\tb: 1\n", "2:1 yaml-tab"],
  ["a line holds nothing but a tab", "a: 1\n\t\nb: 2\n", "2:1 yaml-tab"],
  ["a tab follows a dash", "a:\n-\tb\n", "2:2 yaml-tab"],
  ["a brace is never closed", "a: {b: 1\nc:\n  d: {}\n", "1:4 yaml-bracket-open"],
  ["a bracket is never closed", "a: [1, 2\n", "1:4 yaml-bracket-open"],
  ["there is a bracket too many", "a: [1]]\n", "1:7 yaml-bracket-unexpected"],
  ["the wrong bracket closes", "a: [1}\n", "1:6 yaml-bracket-unexpected"],
  ["a comma is missing", "a: ['b' 'c']\n", "1:9 yaml-missing-comma"],
  ["a quote is never closed", 'a: "b\n', "1:4 yaml-quote-open"],
  ["a value goes on after its quotes", 'a: "b" c\n', "1:8 yaml-after-value"],
  ["an escape does not exist", 'a: "\\q"\n', "1:5 yaml-escape"],
  ["a text holds a colon", "a: b: c\n", "1:5 yaml-mapping-in-line"],
  ["the space after a colon is missing", "a:b\nc: d\n", "1:2 yaml-colon-space"],
  ["the space before a brace is missing", "a: {b:{c: d}}\n", "1:6 yaml-colon-space"],
  ["an IPv6 block in brackets is not quoted", "except: [fd00::/8, ::/0]\n", "1:20 yaml-text-in-brackets"],
  ["a question mark in brackets is not quoted", "a: {b: c?d}\n", "1:8 yaml-text-in-brackets"],
  ["a key has no colon", "a: 1\nb\nc: 2\n", "2:1 yaml-key-without-value"],
  ["a list begins on the line of its key", "a: - b\n", "1:4 yaml-list-item"],
  ["a line is indented too little", "a:\n  b: 1\n c: 2\n", "3:2 yaml-indentation"],
  ["a line is indented too much", "a: 1\n  b: 2\n", "2:3 yaml-indentation"],
  ["a text begins with @", "a: @b\n", "1:4 yaml-reserved-character"],
  ["a line begins with %", "%a\nb: c\n", "1:1 yaml-directive"],
  ["a template is not filled in", "a: {{ .Values.a }}\n", "1:4 yaml-template"],
  ["a template controls lines", "{{- if .Values.a }}\na: b\n{{- end }}\n", "1:1 yaml-template"],
  ["a template stands within a text", "a: {{ .Values.a }}-b\n", "1:4 yaml-template"],
  ["a control character came in", "a: b\u0007\n", "1:5 yaml-character"],
  ["half of a character came in", "a: \ud800\n", "1:4 yaml-character"],
  ["an invisible line end came in", "a: b\u2028c\n", "1:5 yaml-line-separator"],
  ["a key goes over two lines", 'a:\n  "b\nc": d\n', "2:3 yaml-key-without-value"],
  ["an anchor has an odd name", "&a: b\n", "1:1 yaml-syntax"],
  ["nothing else is known", "a: | b\n  c\n", "1:6 yaml-syntax"],
  ["it is nested too deep", `a: ${"[".repeat(1500)}`, "1:1003 yaml-too-deep"],
])("%s", (_, text, problem) => {
  expect(problems(text)).toEqual([problem]);
});

test("the fix of a wrong indentation names the spaces of the line before", () => {
  const [found] = parseDocuments({ name: "x", text: "a:\n    b: 1\n   c: 2\n" }).diagnostics;
  expect(found!.fix).toBe("give it as many spaces as the lines it belongs to: the line before has 4");
});
