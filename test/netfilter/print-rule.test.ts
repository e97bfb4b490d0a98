import fc from "fast-check";
import { expect, test } from "vitest";
import { parseRule } from "../../compiler/netfilter/parse-rule.js";
import { printRule, ruleWords } from "../../compiler/netfilter/print-rule.js";
import type { Match } from "../../compiler/netfilter/tables.js";
import { quoteWord, splitWords } from "../../compiler/netfilter/words.js";

test.each([
  ["DROP-ALL_1", "DROP-ALL_1"],
  ["ns-a/b", '"ns-a/b"'],
  ["", '""'],
  [`"it's" \\`, `"\\"it\\'s\\" \\\\"`],
  ["Zürich", '"Zürich"'],
])("the comment %j is printed as %s", (text, printed) => {
  expect(quoteWord(text)).toBe(printed);
});

test("a port, and a range of ports", () => {
  const port = (first: number, last: number): Match => ({ kind: "destination-port", protocol: "sctp", first, last });
  expect(printRule({ matches: [port(80, 80)] })).toBe("-m sctp --dport 80");
  expect(printRule({ matches: [port(80, 65535)] })).toBe("-m sctp --dport 80:65535");
});

test("a mark shows its mask unless it is the whole mark", () => {
  const mark = (value: number, mask: number): Match => ({ kind: "mark", value, mask, negated: true });
  expect(printRule({ matches: [mark(0x3000, 0xffffffff)] })).toBe("-m mark ! --mark 0x3000");
  expect(printRule({ matches: [mark(0xffffffff, 0xff)] })).toBe("-m mark ! --mark 0xffffffff/0xff");
  expect(printRule({ matches: [], target: { kind: "set-mark", value: 0, mask: 0xffffffff } })).toBe(
    "-j MARK --set-xmark 0x0/0xffffffff",
  );
});

test("of a comment the kernel keeps 255 characters, and only they decide about quotes", () => {
  const comment = (text: string) => printRule({ matches: [{ kind: "comment", text }] });
  expect(comment("a".repeat(300))).toBe(`-m comment --comment ${"a".repeat(255)}`);
  expect(comment(`${"a".repeat(255)}:b`)).toBe(`-m comment --comment ${"a".repeat(255)}`);
});

test("the words of a rule carry no quotes", () => {
  const rule = parseRule(splitWords('-m comment --comment "a \\"b\\"" -j LOG --log-prefix "x: "')!);
  expect(ruleWords(rule)).toEqual(["-m", "comment", "--comment", 'a "b"', "-j", "LOG", "--log-prefix", "x: "]);
});

test("every rule that is printed is read back equal", () => {
  const negated = fc.boolean();
  const name = fc.stringMatching(/^[A-Za-z][A-Za-z0-9:_-]{0,20}$/);
  const mark = fc.integer({ min: 0, max: 0xffffffff });
  const match: fc.Arbitrary<Match> = fc.oneof(
    fc.record({ kind: fc.constant("protocol" as const), protocol: fc.constantFrom("tcp", "udp", "132"), negated }),
    fc.record({
      kind: fc.constant("set" as const),
      set: name,
      negated,
      flags: fc.constantFrom("src", "dst", "dst,dst"),
    }),
    fc.record({ kind: fc.constant("mark" as const), value: mark, mask: mark, negated }),
    fc.record({ kind: fc.constant("comment" as const), text: fc.string() }),
    fc.record({ kind: fc.constant("comment" as const), text: fc.constantFrom("-j", "!", "-m", '"', "\\", "a\nb") }),
    fc.record({
      kind: fc.constant("connection-state" as const),
      states: fc.subarray(["NEW", "RELATED", "ESTABLISHED"], { minLength: 1 }),
      negated,
    }),
    fc.tuple(fc.integer({ min: 0, max: 65535 }), fc.integer({ min: 0, max: 65535 })).map(([a, b]) => ({
      kind: "destination-port" as const,
      protocol: "tcp",
      first: Math.min(a, b),
      last: Math.max(a, b),
    })),
  );
  const target = fc.oneof(
    fc.record({ kind: fc.constantFrom("jump" as const, "goto" as const), to: name }),
    fc.record({ kind: fc.constant("set-mark" as const), value: mark, mask: mark }),
  );
  fc.assert(
    fc.property(fc.array(match), target, (matches, target) => {
      const rule = { matches, target };
      expect(parseRule(splitWords(printRule(rule))!)).toEqual(rule);
    }),
    { numRuns: 2000 },
  );
});
