import { Ajv2020 } from "ajv/dist/2020.js";
import { load } from "js-yaml";
import { readdirSync, readFileSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { describe, expect, test } from "vitest";
import { isError, parseExpectations } from "../compiler/index.js";

const validate = new Ajv2020({ strict: true, allErrors: true }).compile(
  JSON.parse(await readFile("dist/expectations.schema.json", "utf8")) as object,
);

/** Whether the schema takes the text, and whether anpm does. */
function taken(text: string): readonly [schema: boolean, reader: boolean] {
  const { diagnostics } = parseExpectations({ name: "e.yaml", text });
  return [validate(load(text)), !diagnostics.some(isError)];
}

const sound = [
  "{from: a/b, to: c/d, port: 80, allow: true, because: x}",
  "{from: a/b, to: c/d, port: 80/tcp, deny: true}",
  "{from: a/b, to: c/d, port: [80/TCP, 8000-8010/udp, http, dns/udp, any/sctp], deny: true}",
  "{from: a/b, to: c/d, port: any, allow}",
  "{from: a/b, to: c/d, allow: 80/tcp}",
  "{from: a/b, to: c/d, deny: [80, 443]}",
  "{from: [a/b, 10.0.0.7, 10.0.0.0/8], to: a/Deployment/b, deny: true}",
  "{from: {namespace: a}, to: {namespace: a, labels: {b: c}}, deny: true}",
  "{from: {namespaceSelector: {}}, to: {namespaceSelector: {matchLabels: {b: c}}, podSelector: {}}, deny: true}",
  "{from: {namespace: a, podSelector: {matchExpressions: [{key: k, operator: In, values: [b]}]}}, to: c/d, deny: true}",
  "{from: {ipBlock: {cidr: 10.0.0.0/8, except: [10.1.0.0/16]}}, to: c/d, deny: true}",
];

const wrong = [
  "{}",
  "[]",
  "a/b",
  "{from: a/b, to: c/d}",
  "{from: a/b, allow: true}",
  "{to: c/d, allow: true}",
  "{from: a/b, to: c/d, allow: true, deny: true}",
  "{from: a/b, to: c/d, allow: false}",
  `{from: a/b, to: c/d, allow: "true"}`,
  "{from: a/b, to: c/d, port: 80, allow: 80}",
  "{from: a/b, to: c/d, port: 0, allow: true}",
  "{from: a/b, to: c/d, port: 65536, allow: true}",
  "{from: a/b, to: c/d, port: 80/http, allow: true}",
  "{from: a/b, to: c/d, port: [], allow: true}",
  "{from: a/b, to: c/d, port: a--b, allow: true}",
  "{from: a/b, to: c/d, port: sixteen-letters-, allow: true}",
  "{from: a/b, to: c/d, allow: true, reason: x}",
  "{from: a/b, to: c/d, allow: true, because: 5}",
  "{from: [], to: c/d, allow: true}",
  `{from: "", to: c/d, allow: true}`,
  "{from: 5, to: c/d, allow: true}",
  "{from: {}, to: c/d, allow: true}",
  "{from: {labels: {a: b}}, to: c/d, allow: true}",
  "{from: {namespace: a, namespaceSelector: {}}, to: c/d, allow: true}",
  "{from: {namespace: a, labels: {}, podSelector: {}}, to: c/d, allow: true}",
  "{from: {namespace: a, ipBlock: {cidr: 10.0.0.0/8}}, to: c/d, allow: true}",
  "{from: {namespace: a, lables: {}}, to: c/d, allow: true}",
  "{from: {ipBlock: {}}, to: c/d, allow: true}",
  "{from: {namespace: a, podSelector: {matchExpressions: [{key: k, operator: Inn}]}}, to: c/d, allow: true}",
];

describe("the shipped schema of expectations", () => {
  test.each(sound)("takes %s, as anpm does", (item) => {
    expect(taken(`expect: [${item}]`)).toEqual([true, true]);
  });

  test.each(wrong)("refuses %s, as anpm does", (item) => {
    expect(taken(`expect: [${item}]`)).toEqual([false, false]);
  });

  test.each(["expect: []", "expct: []", "{}", "expect: [{from: a/b, to: c/d, deny: true}]\nmore: 1"])(
    "refuses the file %j, as anpm does",
    (text) => {
      expect(taken(text)).toEqual([false, false]);
    },
  );

  test("takes the expectations of the readme", async () => {
    const readme = await readFile("README.md", "utf8");
    const files = [...readme.matchAll(/^```yaml\n(expect:\n[^]*?)\n```$/gm)].map(([, text]) => text!);
    expect(files.length).toBeGreaterThan(0);
    for (const text of files) expect(taken(text)).toEqual([true, true]);
  });

  test("takes what a golden case of a diagnostic has, unless the diagnostic is about the file's form", () => {
    const cases = readdirSync("golden/errors").flatMap((name) => {
      try {
        return [{ name, text: readFileSync(`golden/errors/${name}/expectations.yaml`, "utf8") }];
      } catch {
        return [];
      }
    });
    expect(cases.length).toBeGreaterThan(10);
    for (const { name, text } of cases) {
      const [schema, reader] = taken(text);
      expect({ name, schema }).toEqual({ name, schema: reader });
    }
  });
});
