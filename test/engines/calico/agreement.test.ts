import fc from "fast-check";
import { dump } from "js-yaml";
import { expect, test } from "vitest";
import { compile, verify, type Finding } from "../../../compiler/index.js";
import { clusters, type Manifest } from "../../agreement/clusters.js";

/** Felix drops what is encapsulated, whatever policies say; with that switched off nothing is left to differ. */
test.each(["calico", "calico-3.24"])(
  "what %s does on one node is what the specification says, for every packet",
  (generation) => {
    fc.assert(
      fc.property(clusters, (manifests) => {
        fc.pre(hasOwnAddresses(manifests));
        const found = differences(manifests, generation);
        if (found.length === 0) return;
        const told = found.map(
          ({ packet: { source, destination, port, protocol, state }, expected, actual, rule }) =>
            `${source.name} to ${destination.name}, ${port ?? "any"}/${protocol} ${state}: ${expected}, ${actual} by ${rule?.chain} ${rule?.rule}`,
        );
        throw new Error(`${told.join("\n")}\n${manifests.map((each) => dump(each)).join("---\n")}`);
      }),
      { numRuns: 60, seed: 7 },
    );
  },
  60_000,
);

function differences(manifests: readonly Manifest[], generation: string): readonly Finding[] {
  const placed = manifests.map((manifest) =>
    manifest["kind"] === "Pod"
      ? { ...manifest, spec: { ...(manifest["spec"] as object), nodeName: "node-0" } }
      : manifest,
  );
  const text = placed.map((manifest) => JSON.stringify(manifest)).join("\n---\n");
  const { result, diagnostics } = compile([{ name: "generated.yaml", text }], {
    engine: "calico",
    generation,
    felix: ["AllowVXLANPacketsFromWorkloads=true", "AllowIPIPPacketsFromWorkloads=true"],
  });
  expect(result, JSON.stringify(diagnostics[0])).toBeDefined();
  return verify(result!).findings;
}

/** Behind an interface there is one pod; a cluster gives no two of them one address. IPv6 is switched off on AKS. */
function hasOwnAddresses(manifests: readonly Manifest[]): boolean {
  const addresses = manifests.flatMap(({ kind, status }) =>
    kind === "Pod" ? ((status as { podIP?: string } | undefined)?.podIP ?? []) : [],
  );
  return new Set(addresses).size === addresses.length && !addresses.some((address) => address.includes(":"));
}
