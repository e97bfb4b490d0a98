import fc from "fast-check";
import { expect, test } from "vitest";
import { compile } from "../../../compiler/compile.js";
import { entitiesOf, textsOf } from "../../../compiler/diff/edits/entity.js";
import { calicoClusters, calicoOptions } from "../../agreement/calico-clusters.js";
import type { Manifest } from "../../agreement/clusters.js";
import { textOf } from "../versions.js";

function resultOf(text: string) {
  const { result, diagnostics } = compile([{ name: "manifests.yaml", text }], calicoOptions);
  if (!result) throw new Error(diagnostics.map(({ message }) => message).join("\n"));
  return result;
}

/** The texts of all entities, as one. */
function rewritten(text: string): string {
  const { objects, resources } = resultOf(text);
  return [...entitiesOf([...resources, ...objects]).values()]
    .flatMap((entity) => textsOf(entity, entity.form))
    .join("\n---\n");
}

function expectSameTables(text: string): void {
  // Origins tell of places.
  const tablesOf = (each: string) =>
    JSON.stringify(resultOf(each).tables, (key, value: unknown) => (key === "origin" ? undefined : value));
  expect(tablesOf(rewritten(text))).toBe(tablesOf(text));
}

test("objects written in the form that edits are told of compile to the same tables, those of IPv6 too", () => {
  fc.assert(
    fc.property(calicoClusters, (manifests) => expectSameTables(textOf(manifests))),
    { numRuns: 60 },
  );
});

const noted: Manifest = {
  apiVersion: "v1",
  kind: "Pod",
  metadata: {
    namespace: "x",
    name: "noted",
    labels: { app: "web" },
    annotations: { "cni.projectcalico.org/podIPs": "10.240.0.9/32,fd00::9/128" },
  },
  spec: {
    nodeName: "node-0",
    initContainers: [{ name: "a", image: "i", ports: [{ name: "http", containerPort: 8080 }] }],
    containers: [{ name: "b", image: "i", ports: [{ name: "dns", containerPort: 53 }] }],
  },
};

test.each<[string, Manifest]>([
  ["without a status", noted],
  ["with a status that tells of no address", { ...noted, status: { phase: "Running" } }],
])("so does a pod %s whose addresses are noted in its annotations", (_, manifest) => {
  const text = textOf([
    { apiVersion: "v1", kind: "Namespace", metadata: { name: "x" } },
    { apiVersion: "v1", kind: "ServiceAccount", metadata: { namespace: "x", name: "default" } },
    manifest,
    {
      apiVersion: "networking.k8s.io/v1",
      kind: "NetworkPolicy",
      metadata: { namespace: "x", name: "http" },
      spec: { podSelector: {}, ingress: [{ ports: [{ port: "http" }] }] },
    },
  ]);
  expect(JSON.stringify(resultOf(text).tables.ipv6)).toContain("fd00::9");
  expectSameTables(text);
});
