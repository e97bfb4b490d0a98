import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  byteLength,
  labelNameMistakes,
  labelValueMistakes,
  portNameMistakes,
  qualifiedNameMistakes,
  subdomainNameMistakes,
} from "../../compiler/model/name-rules.js";

/** The rules as regular expressions; lengths apart. Source: Kubernetes 1.34, apimachinery util/validation. */
const label = /^[a-z0-9]([-a-z0-9]*[a-z0-9])?$/;
const subdomain = /^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$/;
const token = /^([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]$/;

const nearNames = fc.oneof(
  fc.string({ unit: fc.constantFrom("a", "b", "0", "-", ".", "_", "/", "A", "é", "\n"), maxLength: 8 }),
  fc
    .tuple(fc.constantFrom("a", "a.", "ab/", ".a"), fc.integer({ min: 12, max: 260 }))
    .map(([text, times]) => text.repeat(times).slice(0, times)),
);

describe("names are judged as by the regular expressions", () => {
  test.each<[string, (text: string) => readonly string[], (text: string) => boolean]>([
    ["DNS label", labelNameMistakes, (text) => label.test(text) && text.length <= 63],
    ["DNS subdomain", subdomainNameMistakes, (text) => subdomain.test(text) && text.length <= 253],
    ["label value", labelValueMistakes, (text) => text === "" || (token.test(text) && text.length <= 63)],
    ["qualified name", qualifiedNameMistakes, isQualifiedName],
    ["port name", portNameMistakes, isPortName],
  ])("%s", (_, mistakesOf, isGood) => {
    fc.assert(
      fc.property(nearNames, (text) => (mistakesOf(text).length === 0) === isGood(text)),
      { numRuns: 2000 },
    );
  });
});

function isQualifiedName(text: string): boolean {
  const parts = text.split("/");
  if (parts.length > 2) return false;
  const name = parts.at(-1)!;
  const prefix = parts.length === 2 ? parts[0]! : "a";
  return token.test(name) && name.length <= 63 && subdomain.test(prefix) && prefix.length <= 253;
}

function isPortName(text: string): boolean {
  return /^[-a-z0-9]{1,15}$/.test(text) && /[a-z]/.test(text) && !text.includes("--") && !/^-|-$/.test(text);
}

test("mistakes are told apart", () => {
  expect(labelNameMistakes("a.b")).toEqual(["has dots"]);
  expect(labelNameMistakes("A".repeat(64))).toEqual(["has more than 63 characters", "has upper-case letters"]);
  expect(qualifiedNameMistakes("A_/")).toEqual([
    "has upper-case letters before the slash",
    "has nothing after the slash",
  ]);
  expect(portNameMistakes("80,443")).toEqual(["has other characters than a-z, 0-9 and -", "has no letter a-z"]);
});

test("a name that was good once is good again, and a bad one bad", () => {
  for (let i = 0; i < 2; i++) {
    expect([qualifiedNameMistakes("a.b/c"), labelValueMistakes("x")]).toEqual([[], []]);
    expect([qualifiedNameMistakes("a b"), labelValueMistakes("x y")].every((found) => found.length > 0)).toBe(true);
  }
});

test("lengths are counted in UTF-8", () => {
  fc.assert(
    fc.property(fc.string({ unit: "binary" }), (text) => byteLength(text) === new TextEncoder().encode(text).length),
  );
});
