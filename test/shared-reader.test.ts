import { expect, test } from "vitest";
import { readSource, type ReadItem } from "../compiler/model/read-source.js";
import { sharedReader } from "../compiler/shared-reader.js";

const good =
  "apiVersion: v1\nkind: Namespace\nmetadata: {name: a, labels: {app: web}}\n---\napiVersion: v1\nkind: Secret\n";
const bad = "apiVersion: v1\nkind: Namespace\nmetadata: {name: A}\n---\na: [1\n";
const generated =
  "apiVersion: v1\nkind: Pod\nmetadata: {generateName: a-}\nspec: {containers: [{name: c, image: i}]}\n";
const tier = "apiVersion: projectcalico.org/v3\nkind: Tier\nmetadata: {name: t}\n";

test("what it reads of each source is what is read of it alone, with the source's own name", () => {
  const texts = [good, bad, generated, tier, good, bad, good, generated, tier];
  const sources = texts.map((text, index) => ({ name: `${index}.yaml`, text }));
  const read = sharedReader(sources);
  for (const source of sources) {
    const options = { watched: new Set(["Tier"] as const) };
    expect(read(source, options)).toEqual(readSource(source, options));
  }
});

test("a text of two sources is read once, and forgotten then", () => {
  const [one, other] = ["old.yaml", "new.yaml"].map((name) => ({ name, text: good }));
  const read = sharedReader([one!, other!]);
  const [first, second, third] = [read(one!, {}), read(other!, {}), read(other!, {})];
  expect(labelsOf(second.items[0]!)).toBe(labelsOf(first.items[0]!));
  expect(labelsOf(third.items[0]!)).not.toBe(labelsOf(first.items[0]!));
});

test("what other options read is not taken for the same", () => {
  const [one, other] = ["old.yaml", "new.yaml"].map((name) => ({ name, text: tier }));
  const read = sharedReader([one!, other!]);
  read(one!, {});
  const options = { watched: new Set(["Tier"] as const) };
  expect(read(other!, options)).toEqual(readSource(other!, options));
});

function labelsOf(item: ReadItem): unknown {
  return "object" in item && "labels" in item.object ? item.object.labels : undefined;
}
