import fc from "fast-check";
import { expect, test } from "vitest";
import { connectionRows } from "../../../compiler/diff/connections/connection-rows.js";
import { diff, type DiffVersion } from "../../../compiler/diff/diff.js";
import { keyOf } from "../../../compiler/model/objects.js";
import type { Manifest } from "../../agreement/clusters.js";
import { lacking, matrixRows } from "./matrix-difference.js";
import { textOf, versionOf, versionPairs } from "../versions.js";

/** Pods run on one of two nodes, by the last digit of their names. */
function placed(manifests: readonly Manifest[]): Manifest[] {
  return manifests.map((manifest) => {
    if (manifest["kind"] !== "Pod") return manifest;
    const { name } = manifest["metadata"] as { readonly name: string };
    const nodeName = Number(/\d$/.exec(name)?.[0] ?? 0) % 2 === 0 ? "here" : "there";
    return { ...manifest, spec: { ...(manifest["spec"] as object), nodeName } };
  });
}

/** Names of pods with an address that a pod of the node has: tables tell two pods of one address not apart. */
function podsHere({ result }: DiffVersion): string[] {
  const pods = result.objects.filter((object) => object.kind === "Pod");
  const running = pods.filter(({ phase }) => phase !== "Succeeded" && phase !== "Failed");
  const addresses = new Set(running.flatMap((pod) => (pod.nodeName === "here" && !pod.hostNetwork ? pod.ip : [])));
  return running.filter((pod) => addresses.has(pod.ip)).map(keyOf);
}

test("of an engine whose tables are one node's, what opens and closes is the difference of the matrices, where an end is on the node", () => {
  let changed = 0;
  const property = fc.property(
    versionPairs,
    fc.constantFrom({ engine: "calico" }, { engine: "calico", generation: "calico-2019" }),
    fc.constantFrom(undefined, "azure-npm"),
    ([before, after], options, otherEngine) => {
      const calico = { ...options, node: "here" };
      const old = versionOf(textOf(placed(before)), otherEngine === undefined ? calico : { engine: otherEngine });
      const young = versionOf(textOf(placed(otherEngine === undefined ? after : before)), calico);
      const { connections } = diff(old, young);
      const said = (what: "opened" | "closed") =>
        connectionRows(connections, what, 1_000_000)
          .rows.filter(({ source, destination }) => source.includes("/") && destination.includes("/"))
          .map((row) => `${row.source} ${row.destination} ${row.protocol} ${row.ports}`)
          .sort();
      const here = new Set([old, young].flatMap(podsHere));
      const ofNode = (row: string): boolean =>
        row
          .split(" ")
          .slice(0, 2)
          .some((name) => here.has(name));
      const [was, is] = [matrixRows(old), matrixRows(young)];
      expect(said("opened")).toEqual(lacking(is, was).filter(ofNode));
      expect(said("closed")).toEqual(lacking(was, is).filter(ofNode));
      changed += Number(connections.length > 0);
    },
  );
  fc.assert(property, { numRuns: 40 });
  expect(changed).toBeGreaterThan(20);
}, 240_000);
