import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { calico } from "../../compiler/engines/calico/calico.js";
import { holdsTraffic, protocols } from "../../compiler/simulate/traffic.js";
import { clusterOf, isDecided } from "../../compiler/simulate/cluster.js";
import { usualCircumstances } from "../../compiler/simulate/circumstances.js";
import { judge } from "../../compiler/simulate/judge.js";
import { reachBySpec } from "../../compiler/simulate/reach-by-spec.js";
import { unexplained } from "../../compiler/simulate/verify/findings.js";
import { verify } from "../../compiler/simulate/verify/verify.js";
import { calicoClusters } from "./calico-clusters.js";
import { checkCases, compileManifests } from "./check-cases.js";

/** `node dist/scripts/agreement.js --engine calico --cases 10000` checks more. */

const outside = {
  4: ["8.8.8.8", "203.0.113.7", "10.240.9.1", "10.240.0.200", "192.168.7.9"],
  6: ["2001:4860::8", "2001:db8::7", "fd00::9:1", "fd00::200", "fd00:7::9"],
};

describe("in random clusters with tiers, host endpoints and network sets", () => {
  test("the tables of every generation differ from the documentation by named deviations only, and just as these say", () => {
    const { cases, found, failure } = checkCases({ engine: "calico", cases: 25, seed: 20_261 });
    expect(failure).toBeUndefined();
    expect(cases).toBe(25);
    expect(found.get("calico-2019")?.get("calico-unknown-feature")).toBeGreaterThan(5);
  }, 240_000);

  test("reach by the documentation answers for all packets at once what the judge answers for each", () => {
    const property = fc.property(calicoClusters, (manifests) => {
      const { objects, specification } = compileManifests(manifests, calico.generations[0]!);
      for (const version of [4, 6] as const) {
        const cluster = clusterOf(objects, specification, version);
        const reach = reachBySpec(cluster, usualCircumstances[version]);
        const endpoints = [...cluster.endpoints, ...outside[version].map((address) => cluster.endpoint(address)!)];
        for (const source of endpoints) {
          for (const destination of endpoints) {
            if (source.address === destination.address || !isDecided(cluster, source, destination)) continue;
            const { allowed, depends } = reach.between(reach.sourceClass(source), reach.destinationClass(destination));
            expect(depends).toEqual([]);
            for (const protocol of protocols) {
              for (const port of protocol === "other" ? [0] : [1, 22, 53, 80, 85, 443, 1500]) {
                const { verdict } = judge(cluster, { source, destination, protocol, port });
                if (holdsTraffic(allowed, protocol, port) === (verdict === "allow")) continue;
                expect.fail(`${source.address} to ${destination.address} ${port}/${protocol}: judged ${verdict}`);
              }
            }
          }
        }
      }
    });
    fc.assert(property, { numRuns: 40, seed: 5 });
  }, 240_000);

  test.each(["calico-ignores-end-port", "calico-selectors-of-one", "calico-refuses-sctp"])(
    "canary: with %s unknown, something is not explained",
    (code) => {
      const property = fc.property(calicoClusters, (manifests) => {
        const result = compileManifests(manifests, "calico-2019");
        const deviations = result.machine.deviations.filter((deviation) => deviation.code !== code);
        const { findings } = verify({ ...result, machine: { ...result.machine, deviations } });
        return findings.every((finding) => finding.code !== unexplained);
      });
      expect(fc.check(property, { numRuns: 300, seed: 1, endOnFailure: true }).failed).toBe(true);
    },
    240_000,
  );
});
