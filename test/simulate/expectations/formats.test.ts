import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { expectationOutputs } from "../../../compiler/simulate/expectations/expectation-outputs.js";
import type { CheckedExpectations } from "../../../compiler/simulate/expectations/check-expectations.js";
import { runs } from "../runs.js";
import { checkText, shop } from "./shop.js";

const mixed = `expect:
  - {from: shop/web, to: shop/api, port: 80/tcp, allow: true, because: the shop calls it}
  - {from: {namespace: test}, to: shop/api, port: [80, http], allow: true, because: "tests need 100% & <more>"}
`;

function print(name: string, checked: CheckedExpectations): string {
  return expectationOutputs.find((output) => output.name === name)!.print(checked);
}

const walk = `FORWARD 1: state is NEW: jump to AZURE-NPM
  AZURE-NPM 1: jump to AZURE-NPM-INGRESS
    AZURE-NPM-INGRESS 1: destination is in podlabel-app:api, destination is in ns-shop: jump to AZURE-NPM-INGRESS-CHAIN
      AZURE-NPM-INGRESS-CHAIN 2: set mark 0x400/0x400
    AZURE-NPM-INGRESS 2: mark is 0x400: drop`;

/** The walk's words are another's business (test/simulate/format-trace.test.ts): here only its rules count. */
function withoutWords(text: string): string {
  return text.replace(/^( *[A-Z][\w-]* \d+): .*$/gm, "$1").replace(/INGRESS-[a-z0-9]{10}/g, "INGRESS-CHAIN");
}

describe("text", () => {
  test("is quiet about what holds, and says of the rest who decided, where, and why it was expected", () => {
    expect(withoutWords(print("text", checkText(mixed)))).toBe(
      withoutWords(`e.yaml:3:5: failed: all pods in test → shop/api, 80/tcp, http: allow
  because: tests need 100% & <more>
  test/probe-1 → shop/api (and 1 more pair like it), tcp 80: the specification and the rules deny it
    specification: ingress of shop/api: no rule of shop/api-from-shop (m.yaml:26:7) allows it
    rules: decided by AZURE-NPM-INGRESS 2, because of shop/api-from-shop, spec.podSelector (m.yaml:24:16)
    a packet to tcp 80 through the rules:
${walk.replace(/^/gm, "      ")}

1 of 2 expectations failed
`),
    );
  });

  test("is one line when all hold", () => {
    const text = print("text", checkText("expect: [{from: {namespace: test}, to: shop/api, deny: true}]"));
    expect(text).toBe("1 expectation met (2 pairs)\n");
  });

  test("says that rules and specification differ", () => {
    // Azure NPM skips a policy with an IPv6 block.
    const ipv6 = shop.replace("from: [{podSelector: {}}]", "from: [{ipBlock: {cidr: '2001:db8::/32'}}]");
    const text = print("text", checkText("expect: [{from: shop/web, to: shop/api, port: 80, deny: true}]", ipv6));
    expect(text).toContain("tcp 80: the specification denies it, but the rules allow it\n");
    expect(text).toContain("the rules differ from the specification: anpm verify says how\n");
  });

  test("names one failure of a kind with its walk, ten more by their headlines, and counts the others", () => {
    const pods = Array.from({ length: 15 }, (_, index) => {
      const metadata = `{namespace: many, name: p${index}, labels: {n: n${index}}}`;
      const pod = `apiVersion: v1\nkind: Pod\nmetadata: ${metadata}\nspec: {containers: [{name: c, image: i}]}\n`;
      const spec = `{podSelector: {matchLabels: {n: n${index}}}, egress: [{ports: [{port: ${index + 1}}]}], policyTypes: [Egress]}`;
      return `${pod}---\napiVersion: networking.k8s.io/v1\nkind: NetworkPolicy\nmetadata: {namespace: many, name: p${index}}\nspec: ${spec}\n`;
    });
    const text = print(
      "text",
      checkText("expect: [{from: {namespace: many}, to: 8.8.8.8, deny: true}]", pods.join("---\n")),
    );
    expect(text.match(/^ {4}a packet to /gm)).toHaveLength(1);
    expect(text.match(/^ {2}also /gm)).toHaveLength(10);
    expect(text).toContain("  and 4 more like these\n");
  });
});

describe("json", () => {
  test("holds every expectation, and of failures the verdicts of both referees with places", () => {
    const value = JSON.parse(print("json", checkText(mixed))) as { expectations: { failures: unknown[] }[] };
    expect(value).toMatchObject({
      met: false,
      failed: 1,
      expectations: [
        { at: "e.yaml:2:5", expected: "allow", met: true, pairs: 1, failures: [] },
        {
          at: "e.yaml:3:5",
          from: ["all pods in test"],
          to: ["shop/api"],
          ports: ["80/tcp", "http"],
          because: "tests need 100% & <more>",
          met: false,
          failures: [
            {
              source: "test/probe-1",
              destination: "shop/api",
              pairs: 2,
              traffic: [{ protocol: "tcp", ports: "80" }],
              differ: false,
              specification: {
                verdict: "deny",
                egress: { verdict: "allow", reasons: [{ kind: "not-isolated" }] },
                ingress: { reasons: [{ kind: "policy-isolates", policy: "shop/api-from-shop", at: "m.yaml:26:7" }] },
              },
              rules: { verdict: "deny", because: [{ policy: "shop/api-from-shop" }] },
            },
          ],
        },
      ],
    });
  });
});

describe("junit", () => {
  test("has a case for each expectation, and the failure's text in it", () => {
    const xml = print("junit", checkText(mixed));
    expect(xmlMistakes(xml)).toEqual([]);
    expect(xml).toContain(`<testsuites name="anpm test" tests="2" failures="1" errors="0">`);
    expect(xml).toContain(`name="shop/web → shop/api, 80/tcp: allow" classname="e.yaml" file="e.yaml" line="2"/>`);
    expect(xml).toContain(`<failure type="expectation" message="tests need 100% &amp; &lt;more&gt;">`);
  });

  test("canary: what is no XML is found", () => {
    for (const bad of ["<a", "<a><b></a>", "<a b=c></a>", "<a>&</a>", `<a b="<"/>`, "<a>\x07</a>", "x"]) {
      expect(xmlMistakes(bad)).not.toEqual([]);
    }
  });
});

describe("tap", () => {
  test("is version 14 with a plan, and a block of YAML for what failed", () => {
    const lines = print("tap", checkText(mixed)).split("\n");
    expect(lines.slice(0, 5)).toEqual([
      "TAP version 14",
      "1..2",
      "ok 1 - shop/web → shop/api, 80/tcp: allow",
      "not ok 2 - all pods in test → shop/api, 80/tcp, http: allow",
      "  ---",
    ]);
    expect(lines.slice(-2)).toEqual(["  ...", ""]);
    expect(lines).toContain(`  because: "tests need 100% & <more>"`);
  });
});

describe("github", () => {
  test("annotates the line of the expectation, escaped as workflow commands want it", () => {
    const [command, count, end] = print("github", checkText(mixed)).split("\n");
    expect(command).toMatch(/^::error file=e\.yaml,line=3,col=5,title=expectation failed::all pods in test/);
    expect(command).toContain("%0Abecause: tests need 100%25 & <more>%0A");
    expect([count, end]).toEqual(["1 of 2 expectations failed", ""]);
  });
});

describe("whatever a file says", () => {
  const nasty = fc.oneof(
    fc.string({ unit: "binary" }),
    fc.constantFrom(
      "\x1b[2J",
      "]]>",
      "-->",
      "\r\n::error::x",
      "# SKIP",
      "\ud800",
      "\ufffe",
      "%0A",
      "a,b:c",
      "\u2028",
      `"'<&>`,
    ),
  );

  test("each output keeps its form", () => {
    fc.assert(
      fc.property(nasty, nasty, (name, because) => {
        const checked = withName(checkText(mixed.replace(`"tests need 100% & <more>"`, "REASON")), name, because);
        expect(xmlMistakes(print("junit", checked))).toEqual([]);
        for (const line of print("tap", checked).split("\n").slice(2, -1)) expect(line).toMatch(/^(not )?ok \d|^ {2}/);
        const commands = print("github", checked).split("\n");
        expect(commands).toHaveLength(3);
        expect(commands[0]).toMatch(/^::error file=[^,:]*,line=3,col=5,title=expectation failed::/);
        for (const output of ["text", "junit", "tap", "github"]) {
          expect(print(output, checked)).not.toMatch(/[\0-\x08\x0b-\x1f\x7f-\x9f\u2028-\u202e]/);
        }
        expect(JSON.parse(print("json", checked))).toMatchObject({ expectations: [{}, { because }] });
      }),
      runs(100),
    );
  }, 60_000);

  test("a thousand selectors over a thousand pods are checked by classes", () => {
    const pods = `apiVersion: apps/v1
kind: Deployment
metadata: {namespace: big, name: d}
spec: {replicas: 1000, selector: {matchLabels: {a: b}}, template: {metadata: {labels: {a: b}}, spec: {containers: [{name: c, image: i}]}}}
`;
    const item = "- {from: {namespace: big, labels: {a: b}}, to: {namespaceSelector: {}}, allow: true}\n";
    const { results } = checkText(`expect:\n${item.repeat(1000)}`, pods);
    expect(results.map(({ pairs }) => pairs)).toEqual(Array.from({ length: 1000 }, () => 999_000));
  }, 60_000);
});

/** The same results of a file with another name and reasons. */
function withName(checked: CheckedExpectations, name: string, because: string): CheckedExpectations {
  const results = checked.results.map((result) => {
    const source = { ...result.expectation.source, name };
    return { ...result, expectation: { ...result.expectation, source, because } };
  });
  return { ...checked, results };
}

/** What keeps a text from being well-formed XML of the kind that is written here: elements, attributes, texts, entities. */
function xmlMistakes(text: string): readonly string[] {
  const mistakes: string[] = [];
  // The characters that XML 1.0 allows.
  if (/[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]/u.test(text))
    mistakes.push("a character that XML does not allow");
  const open: string[] = [];
  const body = text.replace(/^<\?xml version="1\.0" encoding="UTF-8"\?>\n/, "");
  const token =
    /<(\/?)([a-z]+)((?: [a-z]+="(?:[^<&"]|&(?:amp|lt|gt|quot);)*")*)(\/?)>|((?:[^<&]|&(?:amp|lt|gt|quot);)+)/gy;
  while (token.lastIndex < body.length) {
    const at = token.lastIndex;
    const found = token.exec(body);
    if (!found) return [...mistakes, `no XML: ${body.slice(at, at + 40)}`];
    const [, closing, name, , empty, words] = found;
    if (words !== undefined && open.length === 0 && words.trim() !== "") mistakes.push("text outside");
    if (name === undefined) continue;
    if (closing && open.pop() !== name) mistakes.push(`</${name}> closes something else`);
    if (!closing && !empty) open.push(name);
  }
  return [...mistakes, ...open.map((name) => `<${name}> is open`)];
}
