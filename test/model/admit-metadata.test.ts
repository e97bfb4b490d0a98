import { describe, expect, test } from "vitest";
import { admitText, policy, said } from "./said.js";

function metadata(fields: string): readonly string[] {
  return said(policy("{}", fields)).map((text) => text.replace(/^\S+ /, ""));
}

describe("names", () => {
  test.each([
    ["name: a.b-c.0", []],
    ["name: ''", ["error name-missing - metadata.name"]],
    ["{}", ["error name-missing - metadata.name"]],
    ["name: a..b", ["error name-invalid default/a..b metadata.name"]],
    ["name: a.-b", ["error name-invalid default/a.-b metadata.name"]],
    ["name: true", ["error wrong-type default/true metadata.name"]],
    ["generateName: a-", []],
    ["name: p, generateName: A", ["error name-invalid default/p metadata.generateName"]],
    ["name: p, namespace: a.b", ["error namespace-invalid a.b/p metadata.namespace"]],
    ["name: p, namespace: null", []],
  ])("%s", (fields, expected) => expect(metadata(fields.replace(/^\{\}$/, ""))).toEqual(expected));

  test("metadata that is no object has no further mistakes", () => {
    expect(said("apiVersion: v1\nkind: Namespace\nmetadata: []\n")).toEqual(["3:11 error wrong-type - metadata"]);
  });

  test("a namespace's name must do as a label's value too, for the server makes it one", () => {
    expect(said("apiVersion: v1\nkind: Namespace\nmetadata: {name: a/b}\n")).toEqual([
      "3:18 error name-invalid a/b metadata.name",
      "3:18 error label-value-invalid a/b metadata.labels",
    ]);
    expect(said("apiVersion: v1\nkind: Namespace\nmetadata: {name: Shop}\n")).toEqual([
      "3:18 error name-invalid Shop metadata.name",
    ]);
  });

  test("objects of one generateName stay apart", () => {
    const text = [1, 2, 3].map(() => policy("{}", "generateName: a-")).join("---\n");
    expect(admitText(text).objects.map((object) => "name" in object && object.name)).toEqual([
      "a-xxxxx",
      "a-xxxx1",
      "a-xxxx2",
    ]);
  });
});

describe("the namespace", () => {
  test("is default, or what -n says, unless the object says its own", () => {
    const namespaceOf = (fields: string, options = {}): unknown => {
      const [object] = admitText(policy("{}", fields), options).objects;
      return object && "namespace" in object && object.namespace;
    };
    expect(namespaceOf("name: p")).toBe("default");
    expect(namespaceOf("name: p", { namespace: "x" })).toBe("x");
    expect(namespaceOf("name: p, namespace: x", { namespace: "x" })).toBe("x");
  });

  test("that differs from -n is an error, unless others are kept", () => {
    expect(said(policy("{}"), { namespace: "other" })).toEqual([
      "3:32 error namespace-conflict ns1/p metadata.namespace",
    ]);
    expect(said(policy("{}"), { namespace: "other", otherNamespaces: "kept" })).toEqual([]);
  });

  test("of a Namespace is an error, and -n does not matter to it", () => {
    const text = "apiVersion: v1\nkind: Namespace\nmetadata: {name: a, namespace: b}\n";
    expect(said(text, { namespace: "c" })).toEqual(["3:32 error namespace-forbidden a metadata.namespace"]);
  });
});

describe("the other fields", () => {
  test.each([
    ["labels: {a: b, C.d_e: ''}", []],
    ["labels: [a]", ["wrong-type metadata.labels"]],
    ["labels: {a: {}}", ["wrong-type metadata.labels"]],
    ["annotations: {A.com/B: ''}", []],
    ["annotations: {'a b': c}", ["annotation-key-invalid metadata.annotations"]],
    [`annotations: {a: ${"x".repeat(262143)}}`, []],
    [`annotations: {a: ${"x".repeat(262144)}}`, ["annotations-too-large metadata.annotations"]],
    [`annotations: {a: ${"é".repeat(131072)}}`, ["annotations-too-large metadata.annotations"]],
    ["uid: 5", ["wrong-type metadata.uid"]],
    ["generation: 9223372036854775807", []],
    ["generation: 9223372036854775808", ["number-too-large metadata.generation"]],
    ["generation: -1", ["generation-negative metadata.generation"]],
    ["generation: '1'", ["wrong-type metadata.generation"]],
    ["creationTimestamp: null", []],
    ["creationTimestamp: 2024-02-29T23:59:59.5+01:00", []],
    ["creationTimestamp: 2023-02-29T00:00:00Z", ["time-invalid metadata.creationTimestamp"]],
    ["creationTimestamp: 2024-01-01", ["time-invalid metadata.creationTimestamp"]],
    ["creationTimestamp: ''", ["time-invalid metadata.creationTimestamp"]],
    ["deletionTimestamp: 5", ["wrong-type metadata.deletionTimestamp"]],
    ["deletionGracePeriodSeconds: 1.5", ["wrong-type metadata.deletionGracePeriodSeconds"]],
    ["finalizers: [a.com/b, kubernetes]", []],
    ["finalizers: [mine]", ["finalizer-invalid metadata.finalizers[0]"]],
    ["finalizers: [a.com/b/c]", ["finalizer-invalid metadata.finalizers"]],
    ["finalizers: [orphan, foregroundDeletion]", ["finalizers-conflict metadata.finalizers"]],
    ["ownerReferences: [{apiVersion: a/v1, kind: K, name: o, uid: u}]", []],
    ["ownerReferences: [{apiVersion: a/v1, kind: K, uid: u}]", ["owner-incomplete metadata.ownerReferences.name"]],
    [
      "ownerReferences: [{apiVersion: a/, kind: K, name: o, uid: u}]",
      ["owner-incomplete metadata.ownerReferences.apiVersion"],
    ],
    ["ownerReferences: [{apiVersion: v1, kind: Event, name: o, uid: u}]", ["owner-forbidden metadata.ownerReferences"]],
    [
      "ownerReferences: [{apiVersion: v1, kind: K, name: o, uid: u, controller: yes please}]",
      ["wrong-type metadata.ownerReferences[0].controller"],
    ],
    [
      "ownerReferences: [{apiVersion: v1, kind: K, name: o, uid: u, controller: true}, {apiVersion: v1, kind: K, name: m, uid: v, controller: true}]",
      ["owner-two-controllers metadata.ownerReferences"],
    ],
    ["managedFields: [{manager: kubectl, operation: Apply, fieldsType: FieldsV1, fieldsV1: {'f:x': {}}}]", []],
    ["managedFields: [{manager: kubectl}]", ["managed-fields-invalid metadata.managedFields[0].operation"]],
    [
      "managedFields: [{operation: Update, fieldsType: X}]",
      ["managed-fields-invalid metadata.managedFields[0].fieldsType"],
    ],
    [
      'managedFields: [{operation: Update, manager: "a\\tb"}]',
      ["managed-fields-invalid metadata.managedFields[0].manager"],
    ],
    ["managedFields: [{operation: Update, time: soon}]", ["time-invalid metadata.managedFields[0].time"]],
    ["clusterName: x", ["unknown-field metadata.clusterName"]],
  ])("%s", (fields, expected) => {
    expect(metadata(`name: p, ${fields}`)).toEqual(expected.map((text) => `error ${text.replace(" ", " default/p ")}`));
  });
});
