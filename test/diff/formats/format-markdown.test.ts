import { expect, test } from "vitest";
import { formatMarkdown } from "../../../compiler/diff/formats/format-markdown.js";
import { difference, portChanged, shop } from "./shop.js";

test("what opens and closes comes first, then the edits, then the rest in folds", () => {
  const text = formatMarkdown(portChanged());
  expect(text.match(/^(#+ .*|<summary>.*)$/gm)).toEqual([
    "### Opens connections of 1 source-destination pair, closes connections of 1; rules: 1 added, 1 removed; no set changes; 1 edit",
    "#### Connections",
    "#### Edits",
    "<summary>Meaning of the policies (2)</summary>",
    "<summary>Rules (2)</summary>",
    expect.stringMatching(/^<summary>The node's log would gain \(\d+\)<\/summary>$/),
  ]);
  expect(text).toContain(
    "```diff\n- closes shop/web → shop/api on tcp 80  by #1\n+ opens shop/web → shop/api on tcp 443  by #1\n```",
  );
  expect(text).toContain(
    "```diff\n! #1 NetworkPolicy shop/api-from-web: spec.ingress[0].ports[0].port 80 → 443  (old.yaml:20:11 → new.yaml:20:11)\n```",
  );
});

test("no name ends its code: fences are longer than any run of backticks, and lines stay lines", () => {
  const hostile = "a````\n```\n<img src=x> @everyone [x](javascript:1).yaml";
  const text = formatMarkdown(portChanged([hostile, "b`.yaml"]));
  const outside: string[] = [];
  let fence = "";
  for (const line of text.split("\n")) {
    const [, run] = /^(`{3,})[^`]*$/.exec(line) ?? [];
    if (fence === "" && run) fence = run;
    else if (fence === "") outside.push(line);
    else if (line === fence) fence = "";
    else expect(run, line).toBeUndefined();
  }
  expect(fence).toBe("");
  const spans = outside.filter((line) => line.includes("everyone"));
  expect(spans).toHaveLength(1);
  expect(spans[0]).toMatch(/^(`{5}) [^]* \1$/);
});

test("a comment is never longer than GitHub takes; what is left out is counted", () => {
  const names = Array.from({ length: 60 }, (_, index) => `${"long-".repeat(40)}${index}`);
  const policies = names.map((name) => shop.split("---\n")[2]!.replace("api-from-web", name));
  const text = formatMarkdown(difference(shop, [shop, ...policies].join("---\n")));
  expect(text.length).toBeLessThan(65_536);
  expect(text.match(/^and \d+ more$/gm)!.length).toBeGreaterThan(1);
});

test("no difference is one heading", () => {
  expect(formatMarkdown(difference(shop, shop, ["a.yaml", "a.yaml"]))).toBe("### No difference\n\n`a.yaml → a.yaml`\n");
});
