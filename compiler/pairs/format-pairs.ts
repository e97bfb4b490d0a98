import type { KubernetesObject, Pod } from "../model/objects.js";
import type { Origin } from "../text/origin.js";
import { formatLocation } from "../text/source.js";
import type { AnyDirection, AnyExpression, AnyGroup, AnyPairs, Member, Rank } from "./any-pairs.js";
import { describeBlock, describeExpression, describePorts } from "./describe.js";
import { resolverOf, type Addresses, type ResolvedGroup, type Resolver } from "./resolve.js";

/** The pair groups of all policies, to be read by people; with `objects`, also the addresses they mean. */
export function formatPairs(pairs: readonly AnyPairs[], objects?: readonly KubernetesObject[]): string {
  const resolver = objects && resolverOf(objects);
  return pairs
    .map((policy, index) => {
      const tier = describeNewTier(policy, pairs[index - 1]);
      return [...(tier === undefined ? [] : [tier, ""]), formatPolicy(policy, resolver)].join("\n");
    })
    .join("\n");
}

/** The tier that begins with a policy, and how it ends; undefined where the one before is of the same. */
export function describeNewTier({ rank }: AnyPairs, before: AnyPairs | undefined): string | undefined {
  if (!rank || (rank.tier.kind === before?.rank?.tier.kind && rank.tier.name === before.rank.tier.name)) {
    return undefined;
  }
  const { kind, name, order, otherwise } = rank.tier;
  if (kind === "profiles") return "behind all tiers, profiles: what none of an endpoint's decides about is denied";
  const place = order === undefined ? "" : ` (order ${order})`;
  const end = otherwise === "deny" ? "denied" : "passed to the next tier";
  return `tier ${name}${place}: what its policies look at and none decides about is ${end}`;
}

/** What the groups of a direction do not say themselves; undefined when they say all. */
export function remarkOnDirection({ groups }: AnyDirection, rank: Rank | undefined): string | undefined {
  if (rank && groups.length === 0) {
    return `has no rule${rank.tier.kind === "tier" ? ": the end of the tier decides" : ""}`;
  }
  return !rank && groups.length === 1 && groups[0]!.verdict === "allow" ? "nothing is disallowed" : undefined;
}

function formatPolicy(pairs: AnyPairs, resolver: Resolver | undefined): string {
  const word = pairs.rank?.tier.kind === "profiles" ? "" : "policy ";
  const head = `${word}${pairs.policy}${rankWords(pairs.rank)}  (${placeOf(pairs.origin)})`;
  const directions = pairs.directions.flatMap((direction) => ["", ...formatDirection(direction, pairs.rank, resolver)]);
  return [head, ...directions, ""].join("\n");
}

function rankWords(rank: Rank | undefined): string {
  if (!rank) return "";
  const order = rank.order === undefined ? [] : [`order ${rank.order}`];
  return [...order, ...rank.remarks].map((words) => `, ${words}`).join("");
}

function formatDirection(pairs: AnyDirection, rank: Rank | undefined, resolver: Resolver | undefined): string[] {
  const { direction, subjects, groups } = pairs;
  const preposition = direction === "ingress" ? "to" : "from";
  const lines = [`  ${direction} ${preposition} ${describeExpression(subjects)}`];
  for (const group of groups) {
    lines.push(...formatGroup(group, pairs, resolver?.resolve(group)));
  }
  const remark = remarkOnDirection(pairs, rank);
  return remark === undefined ? lines : [...lines, `    ${remark}`];
}

function formatGroup(
  group: AnyGroup,
  { subjects, groups }: AnyDirection,
  resolved: ResolvedGroup | undefined,
): string[] {
  const isOneOfSeveral = groups.length > 1;
  const line =
    group.verdict === "disallow"
      ? `disallow everything${isOneOfSeveral ? " else" : ""}`
      : `${group.verdict.padEnd(8)} ${describeGroup(group, subjects.length)}  (${fieldOf(group.origin)})`;
  return [`    ${line}`, ...(resolved ? formatResolved(group, resolved) : [])];
}

/** `from pods labelled app=web on 80/tcp`; what a rule asks of the subject's end besides, too. */
function describeGroup(group: AnyGroup, subjectMatches: number): string {
  const ingress = group.direction === "ingress";
  const own = (ingress ? group.destinations : group.sources).slice(subjectMatches);
  const [from, to] = ingress ? [group.sources, own] : [own, group.destinations];
  const words = (preposition: string, expression: AnyExpression, isPeer: boolean) =>
    isPeer || expression.length > 0 ? [`${preposition} ${describeExpression(expression)}`] : [];
  return [...words("from", from, ingress), ...words("to", to, !ingress), `on ${describePorts(group)}`].join(" ");
}

function formatResolved(group: AnyGroup, { sources, destinations, named }: ResolvedGroup): string[] {
  const indent = "             ";
  const lines = [
    `${indent}sources:      ${formatAddresses(sources)}`,
    `${indent}destinations: ${formatAddresses(destinations)}`,
    ...[...named].map(([name, targets]) => {
      return `${indent}port ${name}: ${targets.length > 0 ? targets.join(", ") : "no destination has a port of that name"}`;
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
    case "members":
      return addresses.members.length === 0 ? "none" : formatMembers(addresses.members);
    case "nets": {
      const where = addresses.nets.length === 0 ? "every address" : addresses.nets.join(", ");
      return addresses.except.length === 0 ? where : `${where} except ${formatMembers(addresses.except)}`;
    }
  }
}

function formatMembers(members: readonly Member[]): string {
  return members.map(({ name, net }) => (name === "" ? net : `${net} (${name})`)).join(", ");
}

function formatPods(pods: readonly Pod[]): string {
  return pods.map((pod) => `${pod.ip} (${pod.namespace}/${pod.name})`).join(", ");
}

/** How many addresses, where somebody counts them. */
function countOf(addresses: Addresses): number | undefined {
  if (addresses.kind === "members" && addresses.members.every(({ net }) => !net.includes("/")))
    return addresses.members.length;
  return addresses.kind === "pods" ? addresses.pods.length : undefined;
}

function placeOf(origin: Origin): string {
  return origin.kind === "engine" ? origin.reason : formatLocation(origin.location);
}

function fieldOf(origin: Origin): string {
  return origin.kind === "engine" ? origin.reason : origin.field;
}
