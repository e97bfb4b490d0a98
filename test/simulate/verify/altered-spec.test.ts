import fc from "fast-check";
import { expect, test } from "vitest";
import { clusterOf } from "../../../compiler/simulate/cluster.js";
import { reachBySpec } from "../../../compiler/simulate/reach-by-spec.js";
import { unaltered } from "../../../compiler/simulate/verify/alterations.js";
import { alteredTraffic } from "../../../compiler/simulate/verify/altered-spec.js";
import { Holders } from "../../../compiler/simulate/verify/holders.js";
import { compileManifests } from "../../agreement/check-cases.js";
import { clusters } from "../../agreement/clusters.js";

const outside = ["10.240.0.6", "203.0.113.9", "192.168.1.1", "2001:db8:1::1", "fe80::1"];

test("without a deviation in force it is the specification", () => {
  fc.assert(
    fc.property(clusters, (manifests) => {
      const { objects } = compileManifests(manifests, "v2");
      const cluster = clusterOf(objects);
      const reach = reachBySpec(cluster);
      const holders = new Holders(objects, cluster, []);
      const endpoints = [...cluster.endpoints, ...outside.map((address) => cluster.endpoint(address)!)];
      for (const source of endpoints) {
        for (const destination of endpoints) {
          const ends = { source: holders.of(source, unaltered), destination: holders.of(destination, unaltered) };
          const { allowed } = reach.between(reach.sourceClass(source), reach.destinationClass(destination));
          expect(alteredTraffic(cluster, ends, unaltered, [])).toEqual(allowed);
        }
      }
    }),
    { numRuns: 150, seed: 7 },
  );
}, 60_000);
