import fc from "fast-check";
import { expect, test } from "vitest";
import { clusterOf, isPair } from "../../compiler/simulate/cluster.js";
import { judge } from "../../compiler/simulate/judge.js";
import { reachBySpec } from "../../compiler/simulate/reach-by-spec.js";
import { holdsTraffic, protocols } from "../../compiler/simulate/traffic.js";
import { runs } from "./runs.js";
import { clusters } from "./clusters.js";

const outside = ["10.0.0.200", "10.0.255.1", "192.168.1.1", "8.8.8.8", "2001:db8::1", "2001:db8:1::1", "fe80::1"];
const ports = [0, 79, 80, 81, 89, 90, 91, 443, 444, 453, 454, 8080, 65535];

test("reach by the specification answers for all packets at once what the judge answers for each", () => {
  fc.assert(
    fc.property(clusters, (objects) => {
      const cluster = clusterOf(objects);
      const reach = reachBySpec(cluster);
      const endpoints = [...cluster.endpoints, ...outside.map((address) => cluster.endpoint(address)!)];
      for (const source of endpoints) {
        for (const destination of endpoints) {
          if (!isPair(source, destination)) continue;
          const { allowed, depends } = reach.between(reach.sourceClass(source), reach.destinationClass(destination));
          expect(depends).toEqual([]);
          for (const protocol of protocols) {
            for (const port of protocol === "other" ? [0] : ports) {
              const { verdict } = judge(cluster, { source, destination, protocol, port });
              if (holdsTraffic(allowed, protocol, port) === (verdict === "allow")) continue;
              expect.fail(`${source.address} to ${destination.address} ${port}/${protocol}: judged ${verdict}`);
            }
          }
        }
      }
    }),
    runs(300),
  );
}, 600_000);
