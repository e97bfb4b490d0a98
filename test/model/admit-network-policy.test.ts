import { describe, expect, test } from "vitest";
import { admitText, policy, said, words } from "./said.js";
import { toStored } from "./to-stored.js";

/** The stored spec of the only policy. */
function stored(spec: string): unknown {
  const { objects, diagnostics } = admitText(policy(spec));
  expect(diagnostics).toEqual([]);
  const [object] = objects;
  return object?.kind === "NetworkPolicy" ? toStored(object).spec : undefined;
}

describe("what is stored", () => {
  test("policyTypes default to Ingress, and to both when there is an egress rule", () => {
    expect(stored("{}")).toEqual({ podSelector: {}, policyTypes: ["Ingress"] });
    expect(stored("{egress: []}")).toEqual({ podSelector: {}, policyTypes: ["Ingress"] });
    expect(stored("{egress: [{}]}")).toEqual({ podSelector: {}, policyTypes: ["Ingress", "Egress"], egress: [{}] });
  });

  test("the same policy type twice is kept, as written", () => {
    expect(stored("{policyTypes: [Egress, Egress]}")).toEqual({ podSelector: {}, policyTypes: ["Egress", "Egress"] });
  });

  test("a port without protocol is TCP, a null port is none", () => {
    expect(
      stored("{ingress: [{ports: [{port: 80.0}, {port: null, protocol: null}, {port: 0x50, endPort: 8_1}]}]}"),
    ).toEqual({
      podSelector: {},
      policyTypes: ["Ingress"],
      ingress: [
        { ports: [{ port: 80, protocol: "TCP" }, { protocol: "TCP" }, { port: 80, endPort: 81, protocol: "TCP" }] },
      ],
    });
  });

  test("labels are kept by key, null values as empty ones", () => {
    const { objects } = admitText(policy("{podSelector: {matchLabels: {b: x, a: null}}}"));
    const [object] = objects;
    expect(object?.kind === "NetworkPolicy" && [...object.podSelector.matchLabels]).toEqual([
      ["a", ""],
      ["b", "x"],
    ]);
  });

  test("every part knows its place", () => {
    const { objects } = admitText(policy("{ingress: [{from: [{podSelector: {}}], ports: [{port: 80}]}]}"));
    const [object] = objects;
    if (object?.kind !== "NetworkPolicy") throw new Error("no policy");
    const { text } = object.source;
    const rule = object.ingress[0]!;
    expect(text.slice(rule.offset).startsWith("{from:")).toBe(true);
    expect(text.slice(rule.peers[0]!.offset).startsWith("{podSelector:")).toBe(true);
    expect(text.slice(rule.ports[0]!.offset).startsWith("{port: 80}")).toBe(true);
  });
});

describe("ports", () => {
  const port = (fields: string): readonly string[] => said(policy(`{ingress: [{ports: [{${fields}}]}]}`));
  const at = "ns1/p spec.ingress[0].ports[0]";

  test.each([
    ["port: 1", []],
    ["port: 65536", [`4:34 error port-out-of-range ${at}.port`]],
    ["port: -1", [`4:34 error port-out-of-range ${at}.port`]],
    ["port: 2147483648", [`4:34 error number-too-large ${at}.port`]],
    ["port: true", [`4:34 error wrong-type ${at}.port`]],
    ["port: abcdefghijklmnop", [`4:34 error port-name-invalid ${at}.port`]],
    ["port: http-", [`4:34 error port-name-invalid ${at}.port`]],
    ["port: 80, endPort: 80", []],
    [
      "port: 80, endPort: 0",
      [`4:47 error port-range-reversed ${at}.endPort`, `4:47 error port-out-of-range ${at}.endPort`],
    ],
    ["endPort: 80", [`4:37 error end-port-without-port ${at}.endPort`]],
    ["port: http, endPort: 80", [`4:49 error end-port-with-name ${at}.endPort`]],
    ["port: yes, endPort: 80", [`4:34 error wrong-type ${at}.port`]],
    ["protocol: SCTP", []],
    ["protocol: udp", [`4:38 error protocol-unknown ${at}.protocol`]],
    ["protocol: 6", [`4:38 error wrong-type ${at}.protocol`]],
  ])("%s", (fields, expected) => expect(port(fields)).toEqual(expected));

  test("the fix of a quoted number is the number, of a protocol its spelling", () => {
    expect(words(policy('{ingress: [{ports: [{port: "80"}]}]}'))).toBe(
      '"80" is no port name: it has no letter a-z; fix: write 80 without quotes to mean the number',
    );
    expect(words(policy("{ingress: [{ports: [{protocol: tcp}]}]}"))).toBe('unknown protocol "tcp"; fix: write TCP');
  });

  test("a reversed range says both ends", () => {
    expect(words(policy("{ingress: [{ports: [{port: 90, endPort: 80}]}]}"))).toBe(
      "endPort 80 is below port 90; fix: write endPort: 90 or higher, or swap the two",
    );
  });
});

describe("selectors", () => {
  const selector = (fields: string): readonly string[] => said(policy(`{podSelector: {${fields}}}`));
  const at = "ns1/p spec.podSelector";

  test("an unquoted yes is a boolean, and the fix is to quote it", () => {
    expect(words(policy("{podSelector: {matchLabels: {app: yes}}}"))).toBe(
      'this must be a string, not the boolean yes; fix: write it in quotes: "yes"',
    );
  });

  test.each([
    ["matchLabels: {a: 1}", ["wrong-type", ".matchLabels"]],
    ["matchLabels: {'': b}", ["label-key-invalid", ".matchLabels"]],
    ["matchLabels: {/a: b}", ["label-key-invalid", ".matchLabels"]],
    ["matchLabels: {A.com/a: b}", ["label-key-invalid", ".matchLabels"]],
    ["matchLabels: {a: -b}", ["label-value-invalid", ".matchLabels"]],
    ["matchExpressions: [{key: a, operator: In}]", ["values-missing", ".matchExpressions[0].values"]],
    ["matchExpressions: [{key: a, operator: NotIn, values: null}]", ["values-missing", ".matchExpressions[0].values"]],
    [
      "matchExpressions: [{key: a, operator: Exists, values: ['']}]",
      ["values-forbidden", ".matchExpressions[0].values"],
    ],
    ["matchExpressions: [{key: a/b/c, operator: Exists}]", ["label-key-invalid", ".matchExpressions[0].key"]],
    [
      "matchExpressions: [{key: a, operator: In, values: [b, c_]}]",
      ["label-value-invalid", ".matchExpressions[0].values[1]"],
    ],
    ["matchExpressions: [{key: 1, operator: Exists}]", ["wrong-type", ".matchExpressions[0].key"]],
    ["matchExpressions: [{key: a, operator: 1}]", ["wrong-type", ".matchExpressions[0].operator"]],
    ["matchExpressions: {}", ["wrong-type", ".matchExpressions"]],
    ["MatchLabels: {}", ["unknown-field", ".MatchLabels"]],
  ])("%s", (fields, [code, field]) => {
    expect(selector(fields).map((text) => text.replace(/^\S+ /, ""))).toEqual([`error ${code} ${at}${field}`]);
  });

  test("an unknown operator lists the known ones", () => {
    expect(words(policy("{podSelector: {matchExpressions: [{key: a, operator: Inn, values: [b]}]}}"))).toBe(
      'unknown operator "Inn"; fix: use In, NotIn, Exists or DoesNotExist',
    );
  });
});

describe("peers", () => {
  const peer = (fields: string): readonly string[] =>
    said(policy(`{egress: [{to: [${fields}]}]}`)).map((text) => text.replace(/^\S+ /, ""));
  const at = "ns1/p spec.egress[0].to[0]";

  test.each([
    ["{}", [`error peer-empty ${at}`]],
    ["null", [`error peer-empty ${at}`]],
    ["{podSelector: null}", [`error peer-empty ${at}`]],
    ["{podSelectors: {}}", [`error peer-empty ${at}`, `error unknown-field ${at}.podSelectors`]],
    ["{ipBlock: {cidr: 10.0.0.0/8}, podSelector: {}}", [`error peer-mixed ${at}`]],
    ["{ipBlock: {}}", [`error cidr-missing ${at}.ipBlock.cidr`]],
    ["{ipBlock: {cidr: null}}", [`error cidr-missing ${at}.ipBlock.cidr`]],
    ["{ipBlock: {cidr: 10.0.0.1}}", [`error cidr-invalid ${at}.ipBlock.cidr`]],
    ["{ipBlock: {cidr: foo, except: [bar]}}", [`error cidr-invalid ${at}.ipBlock.cidr`]],
    [
      "{ipBlock: {cidr: foo, except: [1]}}",
      [`error cidr-invalid ${at}.ipBlock.cidr`, `error wrong-type ${at}.ipBlock.except[0]`],
    ],
    ["{ipBlock: {cidr: 10.0.0.0/8, except: [10.0.0.0/8]}}", [`error except-outside-cidr ${at}.ipBlock.except[0]`]],
    ["{ipBlock: {cidr: 10.0.0.0/8, except: 10.1.0.0/16}}", [`error wrong-type ${at}.ipBlock.except`]],
    ["{ipBlock: {cidr: 10.0.0.1/8}}", [`warning cidr-host-bits ${at}.ipBlock.cidr`]],
    ["{ipBlock: {cidr: 10.0.0.0/08}}", [`warning cidr-non-standard ${at}.ipBlock.cidr`]],
    ["{ipBlock: {cidr: '2001:DB8::/32'}}", [`warning cidr-not-canonical ${at}.ipBlock.cidr`]],
    ["{ipBlock: {cidr: 10.0.0.1/8, except: [x]}}", [`error cidr-invalid ${at}.ipBlock.except[0]`]],
  ])("%s", (fields, expected) => expect(peer(fields)).toEqual(expected));

  test("an address without a length is told its length", () => {
    expect(words(policy("{ingress: [{from: [{ipBlock: {cidr: '2001:db8::1'}}]}]}"))).toBe(
      '"2001:db8::1" is no CIDR; fix: write 2001:db8::1/128 for this one address',
    );
  });
});

describe("the shape of the object", () => {
  test("all mistakes of all documents are said at once, in the order of the text", () => {
    const text = `${policy("{podSelector: {matchLabels: {a: yes}}, ingress: [{ports: [{port: 0}]}], policyTypes: [in]}")}---\n${policy("[]", "name: q")}`;
    expect(said(text)).toEqual([
      "4:39 error wrong-type ns1/p spec.podSelector.matchLabels",
      "4:72 error port-out-of-range ns1/p spec.ingress[0].ports[0].port",
      "4:93 error policy-type-unknown ns1/p spec.policyTypes[0]",
      "9:7 error wrong-type default/q spec",
    ]);
  });

  test("names of fields must match to the letter", () => {
    expect(words(policy("{PodSelector: {}}"))).toBe('there is no field "PodSelector" here; fix: write podSelector');
    expect(words(policy("{ingress: [{to: []}]}"))).toBe(
      'there is no field "to" here; fix: use from or ports, or remove it',
    );
  });

  test("a repeated field is an error at its second place, and the last one counts", () => {
    expect(said(policy("{ingress: 5, ingress: [], podSelector: {matchLabels: {a: b, a: c}}}"))).toEqual([
      "4:20 error duplicate-field ns1/p spec.ingress",
      "4:67 error duplicate-field ns1/p spec.podSelector.matchLabels.a",
    ]);
  });

  test("in an object saved from a server an unknown field is a warning, in another an error", () => {
    expect(said(`${policy("{}")}status: {}\n`)).toEqual(["5:1 error unknown-field ns1/p status"]);
    const saved = admitText(`${policy("{}", "name: p, uid: u-1")}status: {}\n`);
    expect(saved.diagnostics.map(({ severity, code }) => [severity, code])).toEqual([
      ["warning", "unknown-field-from-server"],
    ]);
    expect(saved.objects.map((object) => (object.kind === "NetworkPolicy" ? object.uid : ""))).toEqual(["u-1"]);
    expect(said(`${policy("{}", "name: p, managedFields: []")}status: {}\n`)).toEqual([
      "5:1 warning unknown-field-from-server default/p status",
    ]);
  });

  test("three policy types are too many, whatever they are", () => {
    expect(said(policy("{policyTypes: [a, b, c]}"))).toEqual([
      "4:21 error policy-types-too-many ns1/p spec.policyTypes",
    ]);
  });
});
