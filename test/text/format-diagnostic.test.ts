import { describe, expect, test } from "vitest";
import type { Diagnostic } from "../../compiler/text/diagnostic.js";
import { formatDiagnostic, printDiagnosticsJson } from "../../compiler/text/format-diagnostic.js";

function found(text: string, at: string, message = "what is wrong"): Diagnostic {
  const location = { source: { name: "policy.yaml", text }, offset: text.indexOf(at) };
  return { severity: "error", code: "not-utf-8", message, fix: "what to write", location };
}

describe("formatDiagnostic", () => {
  test("says place, severity, code and message, and the fix below", () => {
    expect(formatDiagnostic(found("a: 1\nbc: 2\n", "2"))).toBe(
      "policy.yaml:2:5: error not-utf-8: what is wrong\n  fix: what to write",
    );
  });

  test("without a place it names the object, if there is one", () => {
    const { location: _, ...placeless } = found("", "");
    expect(formatDiagnostic(placeless)).toBe("error not-utf-8: what is wrong\n  fix: what to write");
    expect(formatDiagnostic({ ...placeless, object: "shop/web" })).toBe(
      "error not-utf-8: shop/web: what is wrong\n  fix: what to write",
    );
  });

  test("shows the line with a caret below the place, also behind tabs", () => {
    const lines = formatDiagnostic(found("a: 1\n\tbc: 2\n", "2"), { excerpt: true }).split("\n");
    expect(lines.slice(1, 3)).toEqual(["  2 |  bc: 2", "             ^".slice(0, 11) + "^"]);
  });

  test("shows of a long line only what is around the place", () => {
    const [, line, caret] = formatDiagnostic(found(`${"x".repeat(500)}?${"y".repeat(500)}`, "?"), {
      excerpt: true,
    }).split("\n");
    expect(line).toBe(`  1 | …${"x".repeat(50)}?${"y".repeat(49)}…`);
    expect(line!.indexOf("?")).toBe(caret!.indexOf("^"));
  });

  test("spells out what would steer a terminal or reorder text", () => {
    const shown = formatDiagnostic(found("a: \u001b[31m\u202eb\n", "a", "\u001b]0;title\u0007\nnext"), {
      excerpt: true,
    });
    expect(shown).toContain("error not-utf-8: \\x1b]0;title\\x07\\nnext");
    expect(shown).toContain("  1 | a: \\x1b[31m\\u202eb");
  });
});

describe("printDiagnosticsJson", () => {
  test("has every key, empty or 0 where there is nothing to say", () => {
    const { location: _, ...placeless } = found("", "");
    expect(printDiagnosticsJson([placeless])).toBe(
      '{"diagnostics":[{"severity":"error","code":"not-utf-8","message":"what is wrong","fix":"what to write",' +
        '"file":"","line":0,"column":0,"object":"","field":""}]}\n',
    );
  });

  test("is an empty list when there are none", () => {
    expect(printDiagnosticsJson([])).toBe('{"diagnostics":[]}\n');
  });
});
