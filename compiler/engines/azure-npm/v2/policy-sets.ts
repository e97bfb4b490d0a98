import type { AddressSet, PolicyPairs } from "../../../pairs/pair-group.js";
import type { Origin } from "../../../text/origin.js";
import type { SetMetadata, SetNames } from "./sets.js";

/** A set that a policy needs, with what only the policy puts into it. */
export interface PolicySet {
  readonly metadata: SetMetadata;
  readonly origin: Origin;
  /** The sets that a nested list holds. */
  readonly lists: readonly SetMetadata[];
  /** The members of a CIDR set, in the order NPM adds them. */
  readonly blocks: readonly string[];
}

/** The sets of a policy, each once, in the order its pairs name them. */
export function policySets(pairs: PolicyPairs, names: SetNames): PolicySet[] {
  const found = new Map<string, PolicySet>();
  const add = (
    metadata: SetMetadata,
    origin: Origin,
    lists: readonly SetMetadata[] = [],
    blocks: readonly string[] = [],
  ) => {
    if (!found.has(metadata.readableName)) found.set(metadata.readableName, { metadata, origin, lists, blocks });
  };
  const addSet = (set: AddressSet, origin: Origin) => {
    const lists = set.kind === "pod-label-values" ? set.values.map((value) => names.podLabel(set.key, value)) : [];
    for (const member of lists) add(member, origin);
    add(names.of(set), origin, lists, set.kind === "cidr" ? blockMembers(set.cidr, set.except) : []);
  };
  for (const { subjects, origin, groups } of pairs.directions) {
    for (const { set } of subjects) addSet(set, origin);
    for (const group of groups) {
      for (const { set } of group.sources) addSet(set, group.origin);
      for (const { set } of group.destinations) addSet(set, group.origin);
      for (const port of group.ports) if (port.kind === "named") add(names.namedPort(port.name), group.origin);
    }
  }
  return [...found.values()];
}

/**
 * Members of a CIDR set. `hash:net` can't hold 0.0.0.0/0, so that NPM writes its halves; a half that is excepted is
 * written as such only. Source: Azure NPM cbd7560cf, npm/pkg/controlplane/translation/translatePolicy.go, ipBlockIPSet.
 */
function blockMembers(cidr: string, except: readonly string[]): string[] {
  const nomatch = except.map((block) => `${block} nomatch`);
  const blocks = cidr === "0.0.0.0/0" ? ["0.0.0.0/1", "128.0.0.0/1"] : [cidr];
  return [...new Set([...blocks.filter((block) => !nomatch.includes(`${block} nomatch`)), ...nomatch])];
}
