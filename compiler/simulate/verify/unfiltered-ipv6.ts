import type { Deviation } from "../../engines/deviation.js";
import { parseCidr } from "../../model/cidr.js";
import type { Cluster, Endpoint } from "../cluster.js";
import { isDecided, isPair } from "../cluster.js";
import { reachBySpec } from "../reach-by-spec.js";
import { allTraffic, noTraffic, subtractTraffic } from "../traffic.js";
import type { Observation } from "./findings.js";

/**
 * What the specification refuses between the IPv6 addresses of a cluster, where the engine lets all of it pass. Outside the cluster one address is
 * asked for each block of the policies, and one more.
 */
export function* unfilteredIpv6(cluster: Cluster, deviations: readonly Deviation[]): Generator<Observation> {
  const pods = cluster.endpoints;
  if (pods.length === 0) return;
  const known = codes.find((each) => deviations.some(({ code }) => code === each));
  const reach = reachBySpec(cluster);
  const endpoints: readonly Endpoint[] = [...pods, ...outsideAddresses(cluster)];
  for (const source of endpoints) {
    for (const destination of endpoints) {
      if (!isPair(source, destination) || !isDecided(cluster, source, destination)) continue;
      const { allowed } = reach.between(reach.sourceClass(source), reach.destinationClass(destination));
      const traffic = subtractTraffic(allTraffic, allowed);
      if (traffic === noTraffic) continue;
      yield { source, destination, traffic, state: "new", known: {}, occurrences: known ? [{ code: known }] : [] };
    }
  }
}

const codes = ["npm-ipv6-unfiltered", "calico-ipv6-unfiltered"] as const;

function outsideAddresses(cluster: Cluster): readonly Endpoint[] {
  const blocks = cluster.policies
    .flatMap(({ ingress, egress }) => [...ingress, ...egress].flatMap(({ peers }) => peers))
    .flatMap((peer) => (peer.kind === "ipBlock" ? [peer.cidr, ...peer.except] : []))
    .filter((text) => text.includes(":") && parseCidr(text));
  const addresses = new Set(["2001:db8:ffff::1", ...blocks.map((text) => text.slice(0, text.indexOf("/")))]);
  return [...addresses].flatMap((address) => {
    const found = cluster.endpoint(address);
    return found?.kind === "outside" ? [found] : [];
  });
}
