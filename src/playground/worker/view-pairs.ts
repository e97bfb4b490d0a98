import {
  describeBlock,
  describeExpression,
  describeNewTier,
  describePorts,
  remarkOnDirection,
  resolverOf,
  type Addresses,
  type AnyGroup,
  type AnyPairs,
  type CompileResult,
  type Resolver,
} from "../../../compiler/index.js";
import type { GroupView, PolicyView } from "../views.js";
import { causeOf } from "./place.js";

const shownPods = 6;

/** What each policy means, in the words of `-o pairs --resolve`. */
export function viewPairs({ pairs, objects }: CompileResult): readonly PolicyView[] {
  const resolver = resolverOf(objects);
  return pairs.map((each, at) => viewPolicy(each, pairs[at - 1], resolver));
}

function viewPolicy(pairs: AnyPairs, before: AnyPairs | undefined, resolver: Resolver): PolicyView {
  const { policy, origin, rank } = pairs;
  const tier = describeNewTier(pairs, before);
  return {
    id: `policy ${policy}`,
    ...(tier !== undefined && { tier }),
    policy,
    cause: causeOf(origin),
    related: [],
    directions: pairs.directions.map((each, at) => {
      const remark = remarkOnDirection(each, rank);
      return {
        direction: each.direction,
        subjects: describeExpression(each.subjects),
        groups: each.groups.map((group, index) => viewGroup(group, `pairs ${policy} ${at} ${index}`, resolver)),
        ...(remark !== undefined && { remark }),
      };
    }),
  };
}

function viewGroup(group: AnyGroup, id: string, resolver: Resolver): GroupView {
  const { sources, destinations } = resolver.resolve(group);
  return {
    id,
    verdict: group.verdict,
    peers: describeExpression(group.direction === "ingress" ? group.sources : group.destinations),
    ports: describePorts(group),
    sources: describeAddresses(sources),
    destinations: describeAddresses(destinations),
    cause: causeOf(group.origin),
    related: [],
  };
}

function describeAddresses(addresses: Addresses): string {
  switch (addresses.kind) {
    case "block":
      return describeBlock(addresses.cidr, addresses.except);
    case "everything":
      return addresses.except.length === 0
        ? "every address"
        : `every address except those of ${namePods(addresses.except)}`;
    case "pods":
      return addresses.pods.length === 0 ? "no pod" : namePods(addresses.pods);
    case "members":
      return addresses.members.length === 0 ? "nobody" : someOf(addresses.members.map(({ name }) => name));
    case "nets": {
      const where = addresses.nets.length === 0 ? "every address" : someOf(addresses.nets);
      return addresses.except.length === 0
        ? where
        : `${where} except ${someOf(addresses.except.map(({ net }) => net))}`;
    }
  }
}

function namePods(pods: readonly { readonly namespace: string; readonly name: string }[]): string {
  return someOf(pods.map(({ namespace, name }) => `${namespace}/${name}`));
}

function someOf(names: readonly string[]): string {
  const more = names.length - shownPods;
  return names.slice(0, shownPods).join(", ") + (more > 0 ? ` and ${more} more` : "");
}
