import { dump } from "js-yaml";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { parseDocuments } from "../../compiler/manifest/parse-documents.js";
import { positionOf } from "../../compiler/text/source.js";
import { hostileTexts } from "./hostile-texts.js";
import { problems, read } from "./read.js";

/** What holds for every text: no exception, and diagnostics that are sorted and stand inside of the text. */
function expectSound(text: string): void {
  const { diagnostics } = parseDocuments({ name: "x", text });
  let last = { line: 0, column: 0 };
  for (const { location, message, fix } of diagnostics) {
    expect(location!.offset).toBeGreaterThanOrEqual(0);
    expect(location!.offset).toBeLessThanOrEqual(text.length);
    const position = positionOf(location!);
    expect(position.line > last.line || (position.line === last.line && position.column >= last.column)).toBe(true);
    last = position;
    expect(message).not.toMatch(/undefined|\[object/);
    expect(fix).not.toBe("");
    expect(message.length + fix.length).toBeLessThan(600);
  }
}

describe("hostile texts", () => {
  test.each(Object.keys(hostileTexts))("%s", (name) => {
    const { text, expected } = hostileTexts[name]!;
    expectSound(text);
    expect(problems(text)[0]?.replace(/^\S+ /, "") ?? "fine").toBe(expected);
  });
});

const fragments = fc.constantFrom(
  ..."- |a: |: |\n|\n  |\n- |{|}|[|]|,|'|\"|#| #|&a |*a|!!str |!|>|? |%|@|`|---\n|...\n|\\|\t|\r\n|<<: |yes|0x1F|1e3|~|{{|}}|\ufeff|\u0000|\ud800|é".split(
    "|",
  ),
  "|",
);

test("any text is read without an exception, and its diagnostics have places inside of it", () => {
  fc.assert(fc.property(fc.string({ unit: "binary" }), expectSound), { numRuns: 500 });
  fc.assert(
    fc.property(fc.array(fragments, { maxLength: 40 }), (parts) => expectSound(parts.join(""))),
    {
      numRuns: 3000,
    },
  );
});

const objects = fc.jsonValue({ maxDepth: 6 }).map((value) => ({ value }));

/** As JSON, an integer beyond 2^53 as the nearest number, as JavaScript would read it. */
function json(value: unknown): string {
  return JSON.stringify(value, (_, one: unknown) => (typeof one === "bigint" ? Number(one) : one));
}

test("any JSON object reads back equal, indented or not", () => {
  const spaces = fc.constantFrom(undefined, 1, 4, "\t");
  fc.assert(
    fc.property(objects, spaces, (value, space) => {
      expect(read(JSON.stringify(value, undefined, space)).map(json)).toEqual([json(value)]);
    }),
    { numRuns: 500 },
  );
});

test("any JSON object printed as YAML reads back equal", () => {
  fc.assert(
    fc.property(objects, (value) => {
      const text = dump(value);
      // js-yaml leaves these plain, since to YAML they are no numbers; to Go, and so to kubectl, they are.
      fc.pre(!/(^|\s)[-+]?0[XBO]/m.test(text));
      expect(read(text).map(json)).toEqual([json(value)]);
    }),
    { numRuns: 500 },
  );
});
