/** Texts that try to make a reader throw, hang or use up memory, and the code of the first diagnostic ("fine" for none). */
export const hostileTexts: Record<string, { readonly text: string; readonly expected: string }> = {
  "10,000 brackets": { text: "[".repeat(10_000) + "]".repeat(10_000), expected: "yaml-too-deep" },
  "10,000 JSON objects in each other": {
    text: '{"a":'.repeat(10_000) + "1" + "}".repeat(10_000),
    expected: "yaml-too-deep",
  },
  "10,000 dashes": { text: "- ".repeat(10_000), expected: "yaml-too-deep" },
  "900 brackets": { text: "[".repeat(900) + "]".repeat(900), expected: "fine" },
  "900 explicit keys": { text: "? ".repeat(900) + "a", expected: "yaml-key-not-text" },
  "a billion laughs": {
    text: `a: &a [x,x,x,x,x,x,x,x,x]\n${"bcdefghij"
      .split("")
      .map((name, at) => `${name}: &${name} [${Array<string>(9).fill(`*${"abcdefghi"[at]}`).join()}]\n`)
      .join("")}`,
    expected: "yaml-aliases-excessive",
  },
  "merge keys that multiply": {
    text: `a: &a {${numbered(1000, (i) => `k${i}: 1`)}}\nb: [${numbered(300, () => "{<<: *a}")}]\n`,
    expected: "yaml-aliases-excessive",
  },
  "many aliases of something small": { text: `a: &a 1\nb: [${numbered(5000, () => "*a")}]`, expected: "fine" },
  __proto__: { text: "__proto__: {a: 1}\nconstructor: {prototype: {a: 1}}\n", expected: "fine" },
  "__proto__ by merge": { text: "a: &a {__proto__: {b: 1}}\nc: {<<: *a}\n", expected: "fine" },
  "a NUL byte": { text: "a: b\u0000c\n", expected: "yaml-character" },
  "a NUL byte in quotes": { text: '{"a": "\u0000"}', expected: "yaml-character" },
  "an escape sequence for terminals": { text: "a: \u001b[31mred\n", expected: "yaml-character" },
  "bytes that were no UTF-8": { text: "a: \ufffd\n", expected: "fine" },
  "half of a surrogate pair": { text: "a: \udc00\n", expected: "yaml-character" },
  "a million digits": { text: `a: ${"9".repeat(1e6)}`, expected: "fine" },
  "a million hexadecimal digits": { text: `a: 0x${"f".repeat(1e6)}`, expected: "fine" },
  "a line of a million characters": { text: `a: ${"x ".repeat(5e5)}`, expected: "fine" },
  "a wrong line of a million characters": { text: `a: ${"x ".repeat(5e5)}: b`, expected: "yaml-mapping-in-line" },
  "a million quotes": { text: "'".repeat(1e6 + 1), expected: "yaml-quote-open" },
  "a million backslashes": { text: `a: "${"\\".repeat(1e6)}"`, expected: "fine" },
  "a million commas": { text: `a: [${",".repeat(1e6)}]`, expected: "yaml-syntax" },
  "200,000 comments in brackets": { text: `a: [b,\n${"# c\n".repeat(2e5)}c]`, expected: "fine" },
  "a million tabs in brackets": { text: `a: [b,${"\t".repeat(1e6)}\nc]`, expected: "fine" },
  "a million line ends": { text: "\n".repeat(1e6), expected: "fine" },
  "100,000 separators": { text: "---\n".repeat(1e5), expected: "fine" },
  "10,000 JSON values": { text: '{"a":1}'.repeat(1e4), expected: "fine" },
  "10,000 documents that are wrong": { text: "---\na: b: c\n".repeat(1e4), expected: "yaml-mapping-in-line" },
  "10,000 keys that are wrong": { text: "[a]: b\n".repeat(1e4), expected: "yaml-key-not-text" },
  "500 brackets that close too far left": {
    text: numbered(500, (i) => `a${i}: [\n1\n]`, "\n"),
    expected: "fine",
  },
  "anchors in each other": { text: "- &a ".repeat(300), expected: "yaml-list-item" },
  "tags and anchors on lines of their own": { text: "!!a &b\n - ".repeat(200), expected: "fine" },
  "byte order marks": { text: "\ufeff# c\n".repeat(10_000), expected: "fine" },
  "braces of a template": { text: "{{".repeat(400), expected: "yaml-template" },
  tabs: { text: "a:\t".repeat(10_000), expected: "yaml-indentation" },
  "an error below an empty first line": { text: "\n# c\n]\n", expected: "yaml-bracket-unexpected" },
  "a comma below an empty first line": { text: "\n\n  ,,", expected: "yaml-indentation" },
  "an alias of itself": { text: "&a [*a]", expected: "yaml-alias-in-itself" },
  "a key of itself": { text: "&a {*a : b}", expected: "yaml-alias-in-itself" },
  "a list of merges that is no mapping": { text: "a: &a [1]\nb: {<<: *a}", expected: "yaml-merge" },
  "quotes, newlines and shell characters in names": {
    text: 'metadata: {name: "a\'\\"; rm -rf $(pwd) `id`\\n\\\\ && |"}',
    expected: "fine",
  },
};

function numbered(count: number, item: (index: number) => string, separator = ", "): string {
  return Array.from({ length: count }, (_, index) => item(index)).join(separator);
}
