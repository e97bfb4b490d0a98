import type { KubernetesObject } from "../../model/objects.js";
import { outsideClasses } from "../classes.js";
import { isDecided, type Cluster, type Endpoint } from "../cluster.js";
import { versionOfText } from "../ip.js";
import type { Reach } from "../reach.js";
import { addressesOf } from "../tiers/holders.js";
import { exampleAddress, nameOfEndpoint } from "./smallest-packet.js";
import type { Ways } from "./ways.js";

/** Endpoints that are alike as one end of a packet: their class by each way, the smallest first. Replies come from the other end. */
export interface Side extends Ways<number> {
  readonly members: readonly Endpoint[];
}

export interface Sides {
  readonly sources: readonly Side[];
  readonly destinations: readonly Side[];
}

/** All endpoints: pods, and an address for each class of those outside. `eachAlone`: no two of them are grouped. */
export function sidesOf(
  ways: Ways<Reach<Endpoint>>,
  cluster: Cluster,
  objects: readonly KubernetesObject[],
  eachAlone: boolean,
): Sides {
  const inside = cluster.endpoints;
  const taken = new Set(inside.map(({ address }) => address));
  // Addresses that only finished pods have are outside, and worth a look each.
  const finished = objects.flatMap((object): Endpoint[] => {
    if (object.kind !== "Pod") return [];
    const own = addressesOf(object).filter((each) => versionOfText(each) === cluster.version && !taken.has(each));
    return own.map((address) => ({ kind: "outside", address }));
  });
  const outside = outsideClasses([...new Set(Object.values(ways))], [...inside, ...finished], cluster.version);
  const endpoints = [
    ...inside.toSorted((a, b) => (nameOfEndpoint(a) < nameOfEndpoint(b) ? -1 : 1)),
    ...finished,
    ...outside
      .map(({ members }): Endpoint => ({ kind: "outside", address: exampleAddress(members) }))
      .filter(({ address }) => !cluster.tiered || !isLoopback(address)),
  ];
  const { spec, rules, own, replies, ownReplies } = ways;
  const sources = endpoints.map((endpoint) => ({
    endpoint,
    spec: spec.sourceClass(endpoint),
    rules: rules.sourceClass(endpoint),
    own: own.sourceClass(endpoint),
    replies: replies.destinationClass(endpoint),
    ownReplies: ownReplies.destinationClass(endpoint),
  }));
  const destinations = endpoints.map((endpoint) => ({
    endpoint,
    spec: spec.destinationClass(endpoint),
    rules: rules.destinationClass(endpoint),
    own: own.destinationClass(endpoint),
    replies: replies.sourceClass(endpoint),
    ownReplies: ownReplies.sourceClass(endpoint),
  }));
  return { sources: grouped(sources, eachAlone), destinations: grouped(destinations, eachAlone) };
}

function grouped(
  ends: readonly (Ways<number> & { readonly endpoint: Endpoint })[],
  eachAlone: boolean,
): readonly Side[] {
  const groups = new Map<string, Side & { readonly members: Endpoint[] }>();
  ends.forEach(({ endpoint, ...classes }, index) => {
    const { spec, rules, own, replies, ownReplies } = classes;
    const key = eachAlone ? `${index}` : `${spec} ${rules} ${own} ${replies} ${ownReplies}`;
    const group = groups.get(key);
    if (group) group.members.push(endpoint);
    else groups.set(key, { ...classes, members: [endpoint] });
  });
  return [...groups.values()];
}

/** The smallest pair of members that are two addresses and whose packets the node decides about. */
export function firstEnds(from: Side, to: Side, cluster: Cluster): readonly [Endpoint, Endpoint] | undefined {
  for (const source of from.members) {
    for (const destination of to.members) {
      if (source.address !== destination.address && isDecided(cluster, source, destination))
        return [source, destination];
    }
  }
  return undefined;
}

/** No packet on a wire has such an address; rules that know the machine's own tell it from others. */
function isLoopback(address: string): boolean {
  return address.startsWith("127.") || address === "::1";
}
