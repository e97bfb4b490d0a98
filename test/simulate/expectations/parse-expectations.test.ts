import { describe, expect, test } from "vitest";
import { describeExpectation } from "../../../compiler/simulate/expectations/describe-result.js";
import { parseExpectations } from "../../../compiler/simulate/expectations/parse-expectations.js";
import { positionOf } from "../../../compiler/text/source.js";

/** Expectations in words, or diagnostics as `line:column code field: fix`. */
function read(text: string): readonly string[] {
  const { expectations, diagnostics } = parseExpectations({ name: "e.yaml", text });
  return [
    ...expectations.map(describeExpectation),
    ...diagnostics.map(({ code, location, field, fix }) => {
      const { line, column } = positionOf(location!);
      return `${line}:${column} ${code} ${field ?? "-"}: ${fix}`;
    }),
  ];
}

const item = (text: string): readonly string[] => read(`expect: [{from: a/b, to: c/d, ${text}}]`);
const from = (text: string): readonly string[] => read(`expect:\n- from: ${text}\n  to: c/d\n  deny:`);

describe("the file", () => {
  test("is YAML or JSON, and may have several documents", () => {
    const json = `{"expect": [{"from": "a/b", "to": "c/d", "port": 80, "allow": true, "because": "x"}]}`;
    expect(read(json)).toEqual(["a/b → c/d, 80/tcp: allow"]);
    expect(read(`${json}\n---\nexpect:\n  - {from: a/b, to: c/d, deny: true}\n`)).toEqual([
      "a/b → c/d, 80/tcp: allow",
      "a/b → c/d, any: deny",
    ]);
  });

  test.each([
    ["", ["1:1 expect-missing -: write expect: and below it items such as {from: shop/web"]],
    ["# nothing\n", ["1:1 expect-missing"]],
    ["expect:\n", ["1:1 expect-empty expect: add items such as"]],
    ["expect: []\n", ["1:9 expect-empty"]],
    ["expect: {}\n", ["1:9 wrong-type expect: start each item"]],
    ["- from: a\n", ["1:1 wrong-type"]],
    ["kind: Pod\napiVersion: v1\n", ["1:1 expect-missing -: write -f before its name"]],
    ["expct: []\n", ["1:1 expect-missing", "1:1 unknown-field expct: write expect"]],
    ["expect:\n\t- x\n", ["2:1 yaml-tab"]],
  ])("%j has mistakes", (text, mistakes) => {
    const found = read(text);
    expect(found).toHaveLength(mistakes.length);
    mistakes.forEach((mistake, index) => expect(found[index]).toContain(mistake));
  });

  test("says all mistakes at once, with their places, and keeps the expectations that are sound", () => {
    const text = `expect:
  - {from: a/b, to: c/d, port: 80/tcp, allow: true}
  - {from: a/b, too: c/d, port: 80/http, allow: true}
  - {form: a/b, to: c/d}
  - nothing
`;
    expect(read(text)).toEqual([
      "a/b → c/d, 80/tcp: allow",
      expect.stringContaining("3:5 expectation-incomplete expect[1].to: add to:"),
      "3:17 unknown-field expect[1].too: write to",
      expect.stringContaining("3:33 expectation-port-invalid expect[1].port"),
      expect.stringContaining("4:5 expectation-incomplete expect[2].from"),
      "4:5 expectation-without-verdict expect[2]: add allow: true or deny: true",
      "4:6 unknown-field expect[2].form: write from",
      expect.stringContaining("5:5 wrong-type expect[3]"),
    ]);
  });

  test("a thousand mistakes are counted", () => {
    const found = read(`expect:\n${"- {}\n".repeat(1000)}`);
    expect(found).toHaveLength(201);
    expect(found.at(-1)).toContain("more-mistakes");
  });
});

describe("the verdict", () => {
  test.each([
    ["allow: true", "allow"],
    ["allow: yes", "allow"],
    ["allow", "allow"],
    ["deny: true", "deny"],
    ["deny", "deny"],
  ])("%s", (text, verdict) => {
    expect(item(`port: 80, ${text}`)).toEqual([`a/b → c/d, 80/tcp: ${verdict}`]);
  });

  test("may carry the ports", () => {
    expect(item("allow: [80, 53/udp]")).toEqual(["a/b → c/d, 80/tcp, 53/udp: allow"]);
    expect(item("deny: http")).toEqual(["a/b → c/d, http: deny"]);
  });

  test.each([
    ["allow: false", "expectation-verdict-unclear expect[0].allow: write deny: true"],
    ["deny: no", "expectation-verdict-unclear expect[0].deny: write allow: true"],
    [`deny: "true"`, "expectation-verdict-unclear expect[0].deny: write deny: true"],
    ["allow: true, deny: true", "expectation-two-verdicts expect[0].deny: write two"],
    ["port: 80, allow: 443", "expectation-ports-twice expect[0].allow: write all ports in port"],
    ["port: 80", "expectation-without-verdict"],
    ["expect: allow, allow", "unknown-field expect[0].expect: write allow: true or deny: true"],
    ["allow, reason: x", "unknown-field expect[0].reason: write because"],
    ["allow, because: 5", "wrong-type expect[0].because: write it in quotes"],
    ["allow: true, allow: true", "duplicate-field expect[0].allow"],
  ])("%s is a mistake", (text, mistake) => {
    const found = item(text);
    expect(found).toHaveLength(1);
    expect(found[0]).toContain(mistake);
  });
});

describe("ports", () => {
  test.each([
    ["80", "80/tcp"],
    [`"80"`, "80/tcp"],
    ["80/TCP", "80/tcp"],
    ["8000-8010/udp", "8000-8010/udp"],
    ["any", "any"],
    ["any/sctp", "any/sctp"],
    ["http", "http"],
    ["dns/udp", "dns/udp"],
  ])("%s is %s", (text, port) => {
    expect(item(`port: ${text}, deny`)).toEqual([`a/b → c/d, ${port}: deny`]);
  });

  test.each(["0", "65536", "-1", "80/http", "80/tcp/x", "90-80", "80-", "HTTP_", `""`, "[]", "80/", "1.5"])(
    "%s is none",
    (text) => {
      expect(item(`port: ${text}, deny`)).toEqual([expect.stringContaining("expectation-port-invalid expect[0].port")]);
    },
  );

  test.each(["{port: 80, protocol: TCP}", "true", "[[80]]"])("%s is no text and no number", (text) => {
    expect(item(`port: ${text}, deny`)).toEqual([expect.stringContaining("wrong-type expect[0].port")]);
  });
});

describe("ends", () => {
  test.each([
    ["a/b", "a/b"],
    ["[a/b, 10.0.0.7]", "a/b, 10.0.0.7"],
    ["10.0.0.0/8", "10.0.0.0/8"],
    ["{ipBlock: {cidr: 10.0.0.0/8, except: [10.1.0.0/16]}}", "10.0.0.0/8 except 10.1.0.0/16"],
    ["{namespace: a}", "all pods in a"],
    ["{namespace: a, labels: {x: z, v: w}}", "pods v=w,x=z in a"],
    ["{namespace: a, podSelector: {matchLabels: {x: z}}}", "pods x=z in a"],
    ["{namespaceSelector: {}}", "all pods in namespaces of any labels"],
    ["{namespaceSelector: {matchLabels: {x: z}}, labels: {v: w}}", "pods v=w in namespaces x=z"],
    [
      "{namespace: a, podSelector: {matchExpressions: [{key: k, operator: NotIn, values: [b, c]}, {key: l, operator: Exists}]}}",
      "pods k notin (b,c),l in a",
    ],
  ])("%s", (text, words) => {
    expect(from(text)).toEqual([`${words} → c/d, any: deny`]);
  });

  test.each([
    ["", "expectation-incomplete expect[0].from"],
    [`""`, "end-empty expect[0].from"],
    ["[]", "end-empty expect[0].from"],
    ["[a/b, [c/d]]", "wrong-type expect[0].from[1]"],
    ["5", "wrong-type expect[0].from"],
    ["{}", "end-empty expect[0].from"],
    ["{labels: {x: z}}", "end-without-namespace expect[0].from"],
    ["{podSelector: {}}", "end-without-namespace expect[0].from"],
    ["{namespace: a, namespaceSelector: {}}", "end-mixed expect[0].from.namespaceSelector"],
    ["{namespace: a, labels: {}, podSelector: {}}", "end-mixed expect[0].from.podSelector"],
    ["{namespace: a, ipBlock: {cidr: 10.0.0.0/8}}", "end-mixed expect[0].from.namespace"],
    [`{namespace: ""}`, "end-empty expect[0].from.namespace"],
    ["{ipBlock: {cidr: 10.0.0.0}}", "cidr-invalid expect[0].from.ipBlock.cidr"],
    ["[{ipBlock: {}}]", "cidr-missing expect[0].from[0].ipBlock.cidr"],
    ["{namespace: a, lables: {}}", "unknown-field expect[0].from.lables: write labels"],
    ["{namespace: a, name: b}", "unknown-field expect[0].from.name: write the pod as a text, namespace/name"],
    ["{namespace: a, labels: {x z: z}}", "label-key-invalid expect[0].from.labels"],
    [
      "{namespace: a, podSelector: {matchExpressions: [{key: k, operator: Inn}]}}",
      "operator-unknown expect[0].from.podSelector.matchExpressions[0].operator",
    ],
  ])("%s is a mistake", (text, mistake) => {
    const found = from(text);
    expect(found).toHaveLength(1);
    expect(found[0]).toContain(mistake);
  });
});

describe("hostile files", () => {
  test.each([
    ["an alias bomb", `a: &a [x, x]\nb: &b [*a, *a]\n${bomb("b", 40)}expect: [*b]\n`],
    ["deep nesting", `expect: [{from: ${"[".repeat(5000)}${"]".repeat(5000)}, to: b, deny}]`],
    ["__proto__", `__proto__: {}\nexpect: [{__proto__: 1, constructor: 2, from: __proto__, to: toString, deny: true}]`],
    ["a huge number", `expect: [{from: a, to: b, port: 1${"0".repeat(400)}, deny: true}]`],
    ["control characters", `expect: [{from: "\\x1b[2J\\0", to: "\\u202e", "\\x07": 1, deny: "\\x1b]0;"}]`],
  ])("%s ends with diagnostics that hold no control characters", (_, text) => {
    const { diagnostics } = parseExpectations({ name: "e.yaml", text });
    expect(diagnostics.length).toBeGreaterThan(0);
    for (const { message, fix } of diagnostics) expect(`${message}${fix}`).not.toMatch(/[\0-\x1f\x7f-\x9f\u202e]/);
  });

  test("a hundred thousand expectations are read", () => {
    const text = `expect:\n${"- {from: a/b, to: c/d, port: 80, deny: true}\n".repeat(100_000)}`;
    expect(parseExpectations({ name: "e.yaml", text }).expectations).toHaveLength(100_000);
  }, 30_000);
});

/** Each line doubles the one before. */
function bomb(first: string, lines: number): string {
  let text = "";
  for (let line = 0; line < lines; line += 1) {
    text += `${first}${line}: &${first}${line} [*${line === 0 ? first : `${first}${line - 1}`}, *${line === 0 ? first : `${first}${line - 1}`}]\n`;
  }
  return text;
}
