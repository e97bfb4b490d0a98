import { describe, expect, test } from "vitest";
import { parseDocuments } from "../../compiler/manifest/parse-documents.js";
import type { Document, Entry, Value } from "../../compiler/manifest/value.js";
import { admit } from "../../compiler/model/admit.js";
import { keyOf } from "../../compiler/model/objects.js";
import { admitText, policy, said, words } from "./said.js";

const pod = (name: string, more = ""): string =>
  `apiVersion: v1\nkind: Pod\nmetadata: {name: ${name}${more}}\nspec: {containers: [{}]}\n`;

function names(text: string): readonly string[] {
  return admitText(text).objects.map((object) => `${object.kind} ${keyOf(object)}`);
}

describe("what an object is", () => {
  test.each([
    ["hello", "1:1 error document-not-object - -"],
    ["[1]", "1:1 error document-not-object - -"],
    ["apiVersion: v1\nmetadata: {name: x}", "1:1 error kind-missing x kind"],
    ["apiVersion: v1\nkind: null", "2:7 error kind-missing - kind"],
    ["apiVersion: v1\nkind: [Pod]", "2:7 error wrong-type - kind"],
    ["apiVersion: v1\nKind: Pod", "2:1 error unknown-field - Kind"],
    ["kind: Pod", "1:1 error api-version-missing - apiVersion"],
    ["apiVersion: 1\nkind: Pod", "1:13 error wrong-type - apiVersion"],
    ["apiVersion: v1\nkind: Servce", "2:7 error kind-unknown - kind"],
    ["apiVersion: networking.k8s.io/v1\nkind: NetworkPolicies", "2:7 error kind-unknown - kind"],
    ["apiVersion: v1\nkind: ThingList\nitems: []", "2:7 error kind-unknown - kind"],
    ["apiVersion: v1\nkind: NetworkPolicy", "1:13 error api-version-wrong - apiVersion"],
    ["apiVersion: extensions/v1beta1\nkind: NetworkPolicy", "1:13 error api-version-wrong - apiVersion"],
    ["apiVersion: networking.k8s.io/v1beta1\nkind: NetworkPolicy", "1:13 error api-version-wrong - apiVersion"],
    ["apiVersion: v1beta1\nkind: Pod", "1:13 error api-version-wrong - apiVersion"],
    ["apiVersion: apps/v1beta2\nkind: Deployment", "1:13 error api-version-wrong - apiVersion"],
    ["apiVersion: batch/v1beta1\nkind: CronJob", "1:13 error api-version-wrong - apiVersion"],
  ])("%s", (text, expected) => expect(said(text)).toEqual([expected]));

  test("an unknown kind suggests the known one, with the version it belongs to", () => {
    expect(words("apiVersion: networking.k8s.io/v1\nkind: NetworkPolicies")).toContain(
      "fix: write kind: NetworkPolicy",
    );
    expect(words("apiVersion: v1\nkind: Deploymnt")).toContain("fix: write apiVersion: apps/v1 and kind: Deployment");
  });

  test("other kinds are counted by version, also those of other groups with the same name", () => {
    const text = [
      "apiVersion: v1\nkind: Service",
      "apiVersion: v1\nkind: Service",
      "apiVersion: crd.projectcalico.org/v1\nkind: NetworkPolicy",
      "apiVersion: example.com/v1\nkind: AllowList\nspec: {}",
    ].join("\n---\n");
    const { objects, diagnostics, skipped, read } = admitText(text);
    expect([objects, diagnostics, [...read]]).toEqual([[], [], []]);
    expect([...skipped]).toEqual([
      ["v1/Service", 2],
      ["crd.projectcalico.org/v1/NetworkPolicy", 1],
      ["example.com/v1/AllowList", 1],
    ]);
  });
});

describe("lists", () => {
  test("are taken apart to any depth, in order", () => {
    const item = (name: string): string => `{apiVersion: v1, kind: Namespace, metadata: {name: ${name}}}`;
    const list = (...items: readonly string[]): string => `{apiVersion: v1, kind: List, items: [${items.join(", ")}]}`;
    expect(names(list(item("a"), list(list(item("b")), item("c")), item("d")))).toEqual([
      "Namespace a",
      "Namespace b",
      "Namespace c",
      "Namespace d",
    ]);
  });

  test("of one kind say for their items what these are", () => {
    expect(
      names(
        "apiVersion: v1\nkind: NamespaceList\nitems:\n- metadata: {name: a}\n- {kind: Pod, metadata: {name: b}, spec: {containers: [{}]}}",
      ),
    ).toEqual(["Namespace a", "Pod default/b"]);
    expect(
      names(
        "apiVersion: apps/v1\nkind: DeploymentList\nitems:\n- {metadata: {name: w}, spec: {template: {spec: {containers: [{}]}}}}",
      ),
    ).toEqual(["Pod default/w-1"]);
    expect([...admitText("apiVersion: v1\nkind: ServiceList\nitems: [{}, {}]").skipped]).toEqual([["v1/Service", 2]]);
  });

  test("may be empty, but hold objects only, and are lists", () => {
    expect(said("apiVersion: v1\nkind: List")).toEqual([]);
    expect(said("apiVersion: v1\nkind: List\nitems: [null, 5]")).toEqual([
      "3:9 error document-not-object - -",
      "3:15 error document-not-object - -",
    ]);
    expect(said("apiVersion: v1\nkind: List\nitems: {}")).toEqual(["3:8 error wrong-type - items"]);
  });

  test("nested ten thousand deep are no problem", () => {
    const word = (text: string): Value => ({ kind: "scalar", offset: 0, value: text, text, float: false });
    const entry = (key: string, of: Value): Entry => ({ key, keyOffset: 0, value: of });
    const list = (...items: readonly Value[]): Value => ({
      kind: "mapping",
      offset: 0,
      entries: [
        entry("apiVersion", word("v1")),
        entry("kind", word("List")),
        entry("items", { kind: "sequence", offset: 0, items }),
      ],
    });
    let value = list();
    for (let i = 0; i < 10_000; i++) value = list(value);
    const document: Document = { source: { name: "deep.yaml", text: "" }, value };
    expect(admit([document])).toMatchObject({ objects: [], diagnostics: [] });
  });

  test("that aliases repeat at every depth are read once", () => {
    let text =
      "apiVersion: v1\nkind: List\nitems:\n- &a0 {apiVersion: v1, kind: List, items: [{apiVersion: v1, kind: Namespace, metadata: {name: x}}]}\n";
    for (let i = 1; i <= 3; i++)
      text += `- &a${i} {apiVersion: v1, kind: List, items: [*a${i - 1}, *a${i - 1}, *a${i - 1}]}\n`;
    const { objects, diagnostics } = admitText(text);
    expect(objects.map(keyOf)).toEqual(["x"]);
    expect(new Set(diagnostics.map(({ code }) => code))).toEqual(new Set(["list-repeated"]));
    expect(diagnostics.length).toBe(9);
  });
});

describe("an object that comes twice", () => {
  test("is the later one, in the later place, with a warning that names both", () => {
    const text = [pod("a", ", labels: {v: '1'}"), pod("b"), pod("a", ", labels: {v: '2'}")].join("---\n");
    const { objects, diagnostics } = admitText(text);
    expect(objects.map((object) => [keyOf(object), object.kind === "Pod" && object.labels.get("v")])).toEqual([
      ["default/b", undefined],
      ["default/a", "2"],
    ]);
    expect(said(text)).toEqual(["11:1 warning object-replaced default/a -"]);
    expect(diagnostics[0]?.message).toBe("Pod default/a replaces the one at a.yaml:1:1");
  });

  test("may have the name of another kind, or lie in another namespace", () => {
    const text = [pod("a"), policy("{}", "name: a"), pod("a", ", namespace: x")].join("---\n");
    expect(said(text)).toEqual([]);
    expect(names(text)).toEqual(["Pod default/a", "NetworkPolicy default/a", "Pod x/a"]);
  });
});

test("what was read is counted by kind, good or bad", () => {
  const { read } = admitText([pod("a"), pod("B"), policy("{}")].join("---\n"));
  expect([...read]).toEqual([
    ["Pod", 2],
    ["NetworkPolicy", 1],
  ]);
});

test("documents of several sources keep their source", () => {
  const sources = ["a", "b"].map((name) => ({ name: `${name}.yaml`, text: policy("{}", `name: ${name}`) }));
  const { objects } = admit(sources.flatMap((source) => parseDocuments(source).documents));
  expect(objects.map(({ source }) => source.name)).toEqual(["a.yaml", "b.yaml"]);
});

test("the server's warnings are left out of an object that it would refuse", () => {
  expect(said(policy("{ingress: [{from: [{ipBlock: {cidr: 10.0.0.1/8}}]}], policyTypes: [x]}"))).toEqual([
    "4:74 error policy-type-unknown ns1/p spec.policyTypes[0]",
  ]);
});

test("keys that JavaScript knows are keys like others", () => {
  expect(said(policy("{podSelector: {matchLabels: {__proto__: a}}}"))).toEqual([
    "4:36 error label-key-invalid ns1/p spec.podSelector.matchLabels",
  ]);
  expect(said(policy("{podSelector: {matchLabels: {constructor: a}}}"))).toEqual([]);
  expect(said(policy("{__proto__: {}}"))).toEqual(["4:8 error unknown-field ns1/p spec.__proto__"]);
});

test("of an object with very many mistakes some are counted only", () => {
  const fields = Array.from({ length: 250 }, (_, i) => `field${i}: 1`).join(", ");
  const lines = said(policy(`{${fields}}`));
  expect(lines.length).toBe(201);
  expect(lines.at(-1)).toMatch(/^4:\d+ error more-mistakes ns1\/p -$/);
  expect(admitText(policy(`{${fields}}`)).diagnostics.at(-1)?.message).toBe("50 more mistakes in this object");
});

test("many warnings hide no error", () => {
  const peers = Array.from({ length: 1100 }, () => "{ipBlock: {cidr: 10.0.0.1/8}}").join(", ");
  const warnings = said(policy(`{ingress: [{from: [${peers}]}]}`));
  expect(warnings.length).toBe(1001);
  expect(warnings.at(-1)).toContain(" warning more-warnings ns1/p -");
  expect(said(policy(`{ingress: [{from: [${peers}, {}]}]}`)).map((text) => text.split(" ")[2])).toEqual(["peer-empty"]);
});
