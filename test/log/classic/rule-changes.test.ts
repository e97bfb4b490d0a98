import fc from "fast-check";
import { expect, test } from "vitest";
import { ruleChanges } from "../../../compiler/log/classic/rule-changes.js";

const items = (text: string) => text.split("").map((one) => ({ text: one }));

function told(before: string, after: string): string {
  const { removed, inserted } = ruleChanges(items(before), items(after));
  return [
    ...removed.map(({ text }) => `-${text}`),
    ...inserted.map(({ item, index }) => `+${item.text}@${index}`),
  ].join(" ");
}

test.each([
  ["abc", "abc", ""],
  ["", "abc", "+a@0 +b@1 +c@2"],
  ["abc", "", "-a -b -c"],
  ["abc", "xabc", "+x@0"],
  ["abc", "axc", "-b +x@1"],
  ["abc", "cab", "-c +c@0"],
  // The first of equal rules is the one that goes.
  ["aba", "ab", "-a -b +b@1"],
])("from %j to %j: %j", (before, after, changes) => {
  expect(told(before, after)).toBe(changes);
});

test("carried out as iptables does, the changes lead from one list to the other", () => {
  const list = fc.array(fc.constantFrom("a", "b", "c", "d", "e", "f"), { maxLength: 12 }).map((all) => all.join(""));
  fc.assert(
    fc.property(list, list, (before, after) => {
      const { removed, inserted } = ruleChanges(items(before), items(after));
      const chain = items(before);
      for (const { text } of removed) {
        chain.splice(
          chain.findIndex((item) => item.text === text),
          1,
        );
      }
      for (const { item, index, length } of inserted) {
        expect(chain.length).toBe(length);
        chain.splice(index, 0, item);
      }
      expect(chain.map(({ text }) => text).join("")).toBe(after);
    }),
    { numRuns: 2000, seed: 1 },
  );
});
