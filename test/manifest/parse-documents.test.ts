import { existsSync, readdirSync, readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { parseDocuments } from "../../compiler/manifest/parse-documents.js";
import { places, problems, read } from "./read.js";

describe("documents", () => {
  test("are separated by lines of three dashes, and empty ones are dropped", () => {
    expect(read("# c\n---\na: 1\n--- # next\nb: 2\n---\n---\n~\n---\n# end\n")).toEqual([{ a: 1 }, { b: 2 }]);
  });

  test("an error in one leaves the others alone", () => {
    const text = "a: 1\n---\nb: {\n---\nc: 3\n---\nd: e: f\n";
    expect(read(text)).toEqual([{ a: 1 }, { c: 3 }]);
    expect(problems(text)).toEqual(["3:4 yaml-bracket-open", "7:5 yaml-mapping-in-line"]);
  });

  test("JSON values may follow each other without a separator", () => {
    expect(read('{"a":1}{"b":"}{"}\n{"c":3}')).toEqual([{ a: 1 }, { b: "}{" }, { c: 3 }]);
  });

  test("what follows ... without a separator is skipped with a warning, as kubectl skips it", () => {
    expect(read("a: 1\n...\nb: 2\n")).toEqual([{ a: 1 }]);
    expect(problems("a: 1\n...\nb: 2\n")).toEqual(["3:1 document-ignored"]);
    expect(problems("a: 1\n...\n]\n")).toEqual(["3:1 document-ignored"]);
    expect(problems("a: 1\n...\n---\nb: 2\n")).toEqual([]);
  });

  test("nothing but a comment may follow three dashes", () => {
    expect(problems("--- {a: b}\n")).toEqual(["1:5 yaml-separator"]);
  });

  test("line ends may be those of Windows, and a byte order mark may begin the text", () => {
    expect(read("\ufeffa: b\r\nc:\r\n- d\r\n")).toEqual([{ a: "b", c: ["d"] }]);
    expect(places("\ufeffa: b")).toContain("1:1 a:");
  });
});

describe("scalars", () => {
  test.each([
    ["y Y yes Yes YES on On ON true True TRUE", true],
    ["n N no No NO off Off OFF false False FALSE", false],
    ["~ null Null NULL", null],
    ["80 0120 0x50 0X50 0o120 0O120 0b1010000 8_0 +80", 80],
    ["8e1 80. 80.0 08e1 +8E+1", 80],
    ["-1 -0b1 0b-1", -1],
    [".5 0.5 5e-1 +.5", 0.5],
    ["18446744073709551615", 18446744073709551615n],
    ["9007199254740993", 9007199254740993n],
    ["18446744073709551616", 18446744073709551616],
  ])("%s mean %s", (texts, value) => {
    for (const text of texts.split(" ")) expect([text, ...read(`[${text}]`)]).toEqual([text, [value]]);
  });

  test.each(
    "yEs oN tRUE nULL 1:30 0x 0b2 0o8 _1 1e 1e400 0x10000000000000000 2024-01-01 2024-01-01T10:00:00Z 10.0.0.1 ._5 --1 <<".split(
      " ",
    ),
  )("%s is a text", (text) => expect(read(`[${text}]`)).toEqual([[text]]));

  test("a quoted word or number is a text", () => {
    expect(read(`["yes", 'on', "80", '~', "", "<<"]`)).toEqual([["yes", "on", "80", "~", "", "<<"]]);
  });

  test("a tag decides: !!str, !!int, !!float, !!bool, !!binary, and any other leaves the text", () => {
    const text = `[!!str 80, !!int "0x50", !!float 80.5, !!bool 'yes', !!binary aMOpCg==, !mine 80, ! 80]`;
    expect(read(text)).toEqual([["80", 80, 80.5, true, "hé\n", "80", "80"]]);
    expect(problems("a: !!int x\nb: !!binary x\nc: !!null 1\n")).toEqual([
      "1:10 yaml-tag",
      "2:13 yaml-binary",
      "3:11 yaml-tag",
    ]);
  });

  test("a whole float is an integer to kubectl in YAML, and none in JSON", () => {
    const float = (text: string) =>
      parseDocuments({ name: "x", text }).documents.map(({ value }) =>
        value.kind === "mapping" && value.entries[0]!.value.kind === "scalar"
          ? value.entries[0]!.value.float
          : undefined,
      );
    expect(float('"a": 80.0')).toEqual([false]);
    expect(float('{"a": 80.0}')).toEqual([true]);
    expect(float('{"a": 80}')).toEqual([false]);
    expect(float('{"a": 80.0, }')).toEqual([false]);
    expect(float("a: 80.5")).toEqual([true]);
    expect(float("a: 1e21")).toEqual([true]);
  });

  test(".inf and .nan are errors as values and texts as keys", () => {
    expect(problems("a: .inf\nb: [.NaN]\n")).toEqual(["1:4 yaml-not-a-number", "2:5 yaml-not-a-number"]);
    expect(read(".inf: a\n")).toEqual([{ ".inf": "a" }]);
  });

  test("quotes, folds and block texts are decoded", () => {
    expect(read(`a: 'it''s'\nb: "\\x41\\u263a\\n"\nc: x\n  y\n\n  z\nd: |\n  1\n   2\n\ne: >-\n  f\n  g\n`)).toEqual([
      { a: "it's", b: "A☺\n", c: "x y\nz", d: "1\n 2\n", e: "f g" },
    ]);
  });

  test("JSON escapes belong to JSON", () => {
    expect(read('{"a": "\\/ \\ud83d\\ude00 \\ud83d"}')).toEqual([{ a: "/ 😀 \ufffd" }]);
    expect(problems('a: "\\ud83d\\ude00"\nb: "\\/"\n')).toEqual(["1:5 yaml-escape", "2:5 yaml-escape"]);
  });
});

describe("keys", () => {
  test("become texts as kubectl makes them", () => {
    expect(read("on: a\n0x10: b\n1.50: c\n1e6: d\n8.0: e\n")).toEqual([
      { true: "a", 16: "b", "1.5": "c", "1e+06": "d", 8: "e" },
    ]);
  });

  test("that are null, a list or a mapping are errors", () => {
    expect(problems("~: a\n---\n[a]: b\n---\n? {a: b}\n: c\n")).toEqual([
      "1:1 yaml-key-not-text",
      "3:1 yaml-key-not-text",
      "5:3 yaml-key-not-text",
    ]);
  });

  test("written twice stay twice, in written order", () => {
    const [document] = parseDocuments({ name: "x", text: "a: 1\nb: 2\na: 3\n" }).documents;
    expect(document!.value.kind === "mapping" && document!.value.entries.map((entry) => entry.key)).toEqual([
      "a",
      "b",
      "a",
    ]);
  });

  test("may be called like properties of JavaScript objects", () => {
    expect(read("__proto__: {constructor: 1}\ntoString: 2\n").map((value) => JSON.stringify(value))).toEqual([
      '{"__proto__":{"constructor":1},"toString":2}',
    ]);
    expect(({} as { constructor: unknown }).constructor).toBe(Object);
  });
});

describe("aliases and merge keys", () => {
  test("an alias shares the node of its anchor", () => {
    const [document] = parseDocuments({ name: "x", text: "a: &x {b: c}\nd: *x\n" }).documents;
    const entries = document!.value.kind === "mapping" ? document!.value.entries : [];
    expect(entries[1]!.value).toBe(entries[0]!.value);
  });

  test("<< takes the keys of a mapping or of a list of them, the first of the list winning", () => {
    expect(read("x: &x {a: 1, b: 1}\ny: &y {a: 2, c: 2}\nz:\n  <<: [*x, *y]\n  b: 3\n").at(0)).toMatchObject({
      z: { a: 1, b: 3, c: 2 },
    });
  });

  test("<< also replaces a key above it, as go-yaml does", () => {
    expect(read("{a: 1, <<: {a: 2}}")).toEqual([{ a: 2 }]);
  });

  test("an alias of an unknown name suggests a known one, and an alias inside of its own value is an error", () => {
    const [unknown] = parseDocuments({ name: "x", text: "a: &front 1\nb: *frnt\n" }).diagnostics;
    expect([unknown!.code, unknown!.fix]).toEqual(["yaml-alias-unknown", "did you mean *front?"]);
    expect(problems("a: &x [*x]\n")).toEqual(["1:8 yaml-alias-in-itself"]);
    expect(problems("a: &x [1]\n---\nb: *x\n")).toEqual(["3:4 yaml-alias-unknown"]);
  });

  test("<< of anything else is an error", () => {
    expect(problems("a:\n  <<: 1\n")).toEqual(["2:7 yaml-merge"]);
  });
});

describe("places", () => {
  test("are those of the value as written, its quote or | included", () => {
    expect(places(`a: "x"\n'b':\n  - |\n    y\n  - &n z\nc:\nd: [ {e: *n} ]\n`)).toEqual([
      "1:1 {}",
      "1:1 a:",
      "1:4 x",
      "2:1 b:",
      "3:3 []",
      "3:5 y\n",
      "5:8 z",
      "6:1 c:",
      "6:1 null",
      "7:1 d:",
      "7:4 []",
      "7:6 {}",
      "7:7 e:",
      "5:8 z",
    ]);
  });

  test("of an empty list item is its dash", () => {
    expect(places("a:\n- b\n- # none\n-\n").slice(3)).toEqual(["2:3 b", "3:2 null", "4:2 null"]);
  });

  test("count from the beginning of the source in every document", () => {
    expect(places("a: 1\n---\nb: 2\n---\n{c: 3}\n").filter((place) => !place.endsWith(":"))).toEqual([
      "1:1 {}",
      "1:4 1",
      "3:1 {}",
      "3:4 2",
      "5:1 {}",
      "5:5 3",
    ]);
  });
});

describe("kubectl accepts what js-yaml alone does not", () => {
  test.each([
    ["a: [\n1, 2 # two\n# three\n]\nb: 3\n", { a: [1, 2], b: 3 }],
    ["a: {\n  b: [c,\nd\n]\n}\n", { a: { b: ["c", "d"] } }],
    ["a:\n  - {b: c,\n  d: e}\n", { a: [{ b: "c", d: "e" }] }],
    ["a: \"x\n\ny \\\nz\"\nb: 'it''s\nq'\n", { a: "x\ny z", b: "it's q" }],
    ["a: {b:\t1}\nc:\t{\n\td: 1\n}\n", { a: { b: 1 }, c: { d: 1 } }],
    ['- "a\nb"\n- c\n', ["a b", "c"]],
  ])("%j", (text, value) => {
    expect(problems(text)).toEqual([]);
    expect(read(text)).toEqual([value]);
  });
});

const vectors = new URL("../../../shared/vectors/validation/", import.meta.url);

test.skipIf(!existsSync(vectors))(
  `texts that kubectl's decoder refuses or accepts${existsSync(vectors) ? "" : " (skipped: ../shared/vectors is not there)"}`,
  () => {
    const refused: string[] = [];
    const names = readdirSync(vectors).filter((name) => name.endsWith(".yaml"));
    for (const name of names) {
      const text = readFileSync(new URL(name, vectors), "utf8");
      if (problems(text).length > 0) refused.push(name);
    }
    expect(names.length).toBeGreaterThan(100);
    expect(refused).toEqual(["395-doc-tab-indent.yaml", "397-doc-unclosed-brace.yaml", "415-doc-helm-template.yaml"]);
  },
);
