import { expect, test } from "vitest";
import { parseDocuments } from "../../compiler/manifest/parse-documents.js";
import { sharedParser } from "../../compiler/manifest/shared-parser.js";

const good = "a: [1, 2]\n---\nb: c\n";
const bad = "a: [1\n";

test("what it reads of each source is what is read of it alone, with the source's own name", () => {
  const sources = [good, bad, "other: 1\n", good, bad, good].map((text, index) => ({ name: `${index}.yaml`, text }));
  const parse = sharedParser(sources);
  for (const source of sources) expect(parse(source)).toEqual(parseDocuments(source));
});

test("a text of two sources is read once, and forgotten then", () => {
  const [one, other] = ["old.yaml", "new.yaml"].map((name) => ({ name, text: good }));
  const parse = sharedParser([one!, other!]);
  const [first, second] = [parse(one!), parse(other!)];
  expect(second.documents[0]!.value).toBe(first.documents[0]!.value);
  expect(second.documents[0]!.source).toBe(other);
  expect(parse(other!).documents[0]!.value).not.toBe(first.documents[0]!.value);
});
