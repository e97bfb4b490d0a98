import fc from "fast-check";
import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { editedParser, parseDocuments } from "../../compiler/index.js";

const text = ["aks-3-from-development", "aliases-and-merge-keys", "list-and-json", "several-documents-same-object"]
  .flatMap((name) => ["yaml", "json"].map((type) => `golden/${name}/manifests.${type}`))
  .map((file) => {
    try {
      return readFileSync(file, "utf8");
    } catch {
      return "";
    }
  })
  .filter((each) => each !== "")
  .join("\n---\n");

test("whatever is typed, documents and diagnostics are those of reading all anew", () => {
  const piece = fc.oneof(
    fc.constantFrom(
      "\n---\n",
      "---",
      "{}",
      "{a: 1}",
      "*a",
      "&a ",
      "\n",
      " ",
      ":",
      "- ",
      "#",
      "\ufeff",
      "\t",
      "%",
      "...",
      '"',
    ),
    fc.string({ maxLength: 4 }),
  );
  const edit = fc.record({
    at: fc.double({ min: 0, max: 1, noNaN: true }),
    length: fc.constantFrom(0, 0, 1, 3, 200),
    piece,
  });
  fc.assert(
    fc.property(fc.array(edit, { maxLength: 12 }), (edits) => {
      const parse = editedParser();
      let now = text;
      expect(parse({ name: "m", text: now })).toEqual(parseDocuments({ name: "m", text: now }));
      for (const { at, length, piece: inserted } of edits) {
        const from = Math.floor(at * now.length);
        const typed = now.slice(0, from) + inserted + now.slice(from + length);
        expect(parse({ name: "m", text: typed })).toEqual(parseDocuments({ name: "m", text: typed }));
        // Half of what is typed is taken back, so that a mistake does not stay.
        if (length % 2 === 0) now = typed;
      }
    }),
    { numRuns: 25 },
  );
});

test("only what was edited is read: the documents before it are the same objects", () => {
  const parse = editedParser();
  const first = parse({ name: "m", text: "a: 1\n---\nb: 2\n---\nc: 3\n" }).documents;
  const second = parse({ name: "m", text: "a: 1\n---\nb: 22\n---\nc: 3\n" }).documents;
  expect(second[0]!.value).toBe(first[0]!.value);
  expect(second.map(({ value }) => value.offset)).toEqual([0, 9, 19]);
});

test("a node that an alias repeats is one object still, after it has moved", () => {
  const parse = editedParser();
  parse({ name: "m", text: "a: 1\n---\nb: &b [1]\nc: *b\n" });
  const { value } = parse({ name: "m", text: "a: 12\n---\nb: &b [1]\nc: *b\n" }).documents[1]!;
  const [b, c] = value.kind === "mapping" ? value.entries : [];
  expect(b!.value).toBe(c!.value);
});
