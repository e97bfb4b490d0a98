import type { KubernetesObject, Pod } from "../model/objects.js";
import type { Origin } from "../text/origin.js";
import { formatLocation } from "../text/source.js";
import { describeBlock, describeExpression, describePort } from "./describe.js";
import type { DirectionPairs, PairGroup, PolicyPairs } from "./pair-group.js";
import { resolverOf, type Addresses, type ResolvedGroup, type Resolver } from "./resolve.js";

/** The pair groups of all policies, to be read by people; with `objects`, also the addresses they mean. */
export function formatPairs(pairs: readonly PolicyPairs[], objects?: readonly KubernetesObject[]): string {
  const resolver = objects && resolverOf(objects);
  return pairs.map((policy) => formatPolicy(policy, resolver)).join("\n");
}

function formatPolicy(pairs: PolicyPairs, resolver: Resolver | undefined): string {
  const head = `policy ${pairs.policy}  (${placeOf(pairs.origin)})`;
  return [head, ...pairs.directions.flatMap((direction) => ["", ...formatDirection(direction, resolver)]), ""].join(
    "\n",
  );
}

function formatDirection({ direction, subjects, groups }: DirectionPairs, resolver: Resolver | undefined): string[] {
  const preposition = direction === "ingress" ? "to" : "from";
  const lines = [`  ${direction} ${preposition} ${describeExpression(subjects)}`];
  for (const group of groups) {
    lines.push(...formatGroup(group, groups.length > 1, resolver?.resolve(group)));
  }
  if (groups.length === 1 && groups[0]!.verdict === "allow") lines.push("    nothing is disallowed");
  return lines;
}

function formatGroup(group: PairGroup, isOneOfSeveral: boolean, resolved: ResolvedGroup | undefined): string[] {
  const ingress = group.direction === "ingress";
  const peers = describeExpression(ingress ? group.sources : group.destinations);
  const place = `(${fieldOf(group.origin)})`;
  const lines =
    group.verdict === "disallow"
      ? [`    disallow everything${isOneOfSeveral ? " else" : ""}`]
      : [`    allow    ${ingress ? "from" : "to"} ${peers} on ${group.ports.map(describePort).join(", ")}  ${place}`];
  return resolved ? [...lines, ...formatResolved(group, resolved)] : lines;
}

function formatResolved(group: PairGroup, { sources, destinations, named }: ResolvedGroup): string[] {
  const indent = "             ";
  const lines = [
    `${indent}sources:      ${formatAddresses(sources)}`,
    `${indent}destinations: ${formatAddresses(destinations)}`,
    ...[...named].map(([name, targets]) => {
      const found = targets.map(({ pod, port }) => `${pod.ip}:${port}`);
      return `${indent}port ${name}: ${found.length > 0 ? found.join(", ") : "no destination has a port of that name"}`;
    }),
  ];
  const [left, right] = [countOf(sources), countOf(destinations)];
  if (left !== undefined && right !== undefined) {
    lines.push(
      `${indent}${left} × ${right} = ${left * right} ${left * right === 1 ? "pair" : "pairs"} of addresses on ${group.ports.length} ${group.ports.length === 1 ? "port entry" : "port entries"}`,
    );
  }
  return lines;
}

function formatAddresses(addresses: Addresses): string {
  switch (addresses.kind) {
    case "block":
      return describeBlock(addresses.cidr, addresses.except);
    case "everything":
      return addresses.except.length === 0 ? "every address" : `every address except ${formatPods(addresses.except)}`;
    case "pods":
      return addresses.pods.length === 0 ? "none" : formatPods(addresses.pods);
  }
}

function formatPods(pods: readonly Pod[]): string {
  return pods.map((pod) => `${pod.ip} (${pod.namespace}/${pod.name})`).join(", ");
}

/** How many addresses, where that is a number of pods. */
function countOf(addresses: Addresses): number | undefined {
  return addresses.kind === "pods" ? addresses.pods.length : undefined;
}

function placeOf(origin: Origin): string {
  return origin.kind === "engine" ? origin.reason : formatLocation(origin.location);
}

function fieldOf(origin: Origin): string {
  return origin.kind === "engine" ? origin.reason : origin.field;
}
