import { printSelector } from "../../../model/calico/selector.js";
import { jump, markClear, markNotClear, returnToCaller } from "../felix/fragments.js";
import type { FelixChain, FelixRule } from "../felix/rule.js";
import type { Generation } from "../generation.js";
import { groupId } from "../hashes.js";
import type { Marks } from "../marks.js";
import type { Direction, Policy } from "../policy.js";
import { engineOrigin } from "../cluster/origins.js";
import { fullName, kindOf, policyChainName } from "./policy-chains.js";

/** What an endpoint's chain jumps to for its policies, in order, and the chains that are made for it. */
export interface PolicyJumps {
  readonly chains: readonly string[];
  readonly groups: readonly FelixChain[];
}

/** Looked at after so many policies of a group: whether one has decided. */
const stride = 5;

/**
 * Policies of one tier and direction. Since v3.28 neighbours with one selector are a group, which has a chain of its own where two or
 * more of them are enforced. Source: Calico 87c15906f, felix/dataplane/linux/endpoint_mgr.go, groupPolicies; felix/rules/endpoints.go.
 */
export function policyJumps(
  policies: readonly Policy[],
  direction: Direction,
  generation: Generation,
  marks: Marks,
): PolicyJumps {
  const { groups } = generation.endpoints;
  const enforced = (some: readonly Policy[]): readonly Policy[] => some.filter(({ staged }) => !staged);
  const nameOf = (policy: Policy): string => policyChainName(policy, direction, generation);
  if (!groups) return { chains: enforced(policies).map(nameOf), groups: [] };
  const chains: string[] = [];
  const made: FelixChain[] = [];
  for (const group of neighbours(policies)) {
    const members = enforced(group);
    if (members.length < 2) chains.push(...members.map(nameOf));
    else {
      const chain = groupChain(group, members.map(nameOf), direction, groups.nameHasTier, marks);
      chains.push(chain.name);
      made.push(chain);
    }
  }
  return { chains, groups: made };
}

function neighbours(policies: readonly Policy[]): readonly (readonly Policy[])[] {
  const groups: Policy[][] = [];
  let last: string | undefined;
  for (const policy of policies) {
    const selector = printSelector(policy.selector);
    if (selector !== last) groups.push([]);
    groups.at(-1)!.push(policy);
    last = selector;
  }
  return groups;
}

function groupChain(
  group: readonly Policy[],
  jumps: readonly string[],
  direction: Direction,
  nameHasTier: boolean,
  marks: Marks,
): FelixChain {
  const first = group[0]!;
  const selector = printSelector(first.selector);
  const lines = [
    ...(nameHasTier ? [first.tier] : []),
    selector,
    direction === "ingress" ? "inbound" : "outbound",
    String(group.length),
    ...group.map((policy) =>
      nameHasTier
        ? fullName(policy)
        : `{Name: ${policy.name}, Namespace: ${policy.namespace}, Kind: ${kindOf(policy)}}`,
    ),
  ];
  const verdict = marks.accept | marks.pass;
  const rules = jumps.flatMap((chain, index): FelixRule[] => {
    const jumpRule = { ...(index % stride !== 0 && { matches: [markClear(verdict)] }), action: jump(chain) };
    if (index === 0 || index % stride !== 0) return [jumpRule];
    return [{ comments: ["Return on verdict"], matches: [markNotClear(verdict)], action: returnToCaller }, jumpRule];
  });
  const prefix = direction === "ingress" ? "cali-gi-" : "cali-go-";
  return { name: prefix + groupId(lines), rules, origin: engineOrigin(`policies that select ${selector}`) };
}
