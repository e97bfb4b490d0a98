import { expect, test } from "vitest";
import { parseDocuments } from "../../compiler/manifest/parse-documents.js";
import { readIdentities } from "../../compiler/model/read-identities.js";

const read = (text: string, namespace?: string) => {
  const found = parseDocuments({ name: "m.yaml", text }).documents.map((each) => readIdentities(each, namespace));
  return {
    names: found.flatMap(({ identities }) =>
      identities.map((each) => `${each.kind} ${each.namespace === "" ? "" : `${each.namespace}/`}${each.name}`),
    ),
    codes: found.flatMap(({ diagnostics }) => diagnostics.map(({ code, field }) => `${code} ${field ?? ""}`.trim())),
  };
};

test("kind, namespace and name are enough; nothing else has to be right", () => {
  const pod = "{apiVersion: v1, kind: Pod, metadata: {name: a, namespace: x}, spec: {containers: wrong}, nonsense: 1}";
  expect(read(pod)).toEqual({ names: ["Pod x/a"], codes: [] });
});

test("without a namespace it is the default one, or that of the command line", () => {
  const pod = "{apiVersion: v1, kind: Pod, metadata: {name: a}}";
  expect(read(pod).names).toEqual(["Pod default/a"]);
  expect(read(pod, "shop").names).toEqual(["Pod shop/a"]);
});

test("a namespace lies in none", () => {
  expect(read("{apiVersion: v1, kind: Namespace, metadata: {name: x}}", "shop").names).toEqual(["Namespace x"]);
});

test("lists are taken apart, in written order, and other kinds are passed over", () => {
  const items = [
    "{apiVersion: apps/v1, kind: Deployment, metadata: {name: web, namespace: x}}",
    "{apiVersion: v1, kind: Service, metadata: {name: web}}",
    "{apiVersion: networking.k8s.io/v1, kind: NetworkPolicy, metadata: {name: p, namespace: x}}",
  ];
  expect(read(`{apiVersion: v1, kind: List, items: [${items.join(", ")}]}`)).toEqual({
    names: ["Deployment x/web", "NetworkPolicy x/p"],
    codes: [],
  });
});

test("a name must be there, and a namespace must be the one asked for", () => {
  expect(read("{apiVersion: v1, kind: Pod, metadata: {namespace: x}}")).toEqual({
    names: [],
    codes: ["name-missing metadata.name"],
  });
  expect(read("{apiVersion: v1, kind: Pod, metadata: {name: a, namespace: x}}", "y").codes).toEqual([
    "namespace-conflict metadata.namespace",
  ]);
  expect(read("{apiVersion: v1, kind: Pod, metadata: {name: 7}}").codes).toEqual(["wrong-type metadata.name"]);
});
