import type { Machine } from "../../engines/engine.js";
import { ownChains, ownSets } from "../../netfilter/owned.js";
import type { Flavour } from "../../netfilter/flavour.js";
import type { IpSet, Tables } from "../../netfilter/tables.js";
import { compareJumps } from "./compare-jumps.js";
import { compareRules, type RuleContext } from "./compare-rules.js";
import { compareSets } from "./compare-sets.js";
import { skeletonOf } from "./detect-generation.js";
import type { DriftFinding } from "./finding.js";
import { type NodeState } from "./node-state.js";

export interface DriftReport {
  /** Some finding is more than a note. */
  readonly drifted: boolean;
  readonly findings: readonly DriftFinding[];
  readonly machine: Machine;
  /** The flavour of iptables that holds the rules. */
  readonly flavour: Flavour;
  /** The user did not say which generation it is. */
  readonly guessed: boolean;
  readonly node: NodeState;
  /** What the node should hold, other people's rules included. */
  readonly wanted: Tables;
}

/**
 * A node beside the tables that it should hold; `implied` is what namespaces bring by themselves that the manifests do not define.
 */
export function compareNode(
  node: NodeState,
  wanted: Tables,
  machine: Machine,
  implied: readonly IpSet[],
): DriftFinding[] {
  const { ownership, leftovers } = machine;
  const context: RuleContext = {
    ownership,
    skeleton: skeletonOf(machine),
    policyNamed: (comment) => machine.policyNamed?.(comment),
  };
  const sets =
    node.sets &&
    compareSets(ownSets(node.sets, ownership), wanted, {
      chains: node.chains,
      leavesMembers: leftovers?.members ?? false,
      leavesFilledSets: leftovers?.filledSets ?? false,
      implied,
      otherSets: (node.otherSets ?? []).filter(({ name }) => name.startsWith(ownership.setPrefix)),
    });
  const other = ownChains(node.otherFlavour ?? [], ownership);
  const otherFlavour: DriftFinding[] =
    other.length === 0
      ? []
      : [
          {
            code: "other-flavour",
            severity: "drift",
            message: `the other flavour of iptables holds ${other.length} chains of the engine: a packet must pass both`,
            chain: other[0]!.name,
          },
        ];
  return [
    ...compareJumps(node.chains, wanted, context),
    ...otherFlavour,
    ...compareRules(node.chains, wanted, context),
    ...(sets ?? []),
  ];
}

export function isDrift(findings: readonly DriftFinding[]): boolean {
  return findings.some(({ severity }) => severity === "drift");
}
