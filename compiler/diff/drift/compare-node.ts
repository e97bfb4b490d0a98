import type { Machine } from "../../engines/engine.js";
import type { Flavour } from "../../netfilter/flavour.js";
import { chainsOf, ownChains, ownSets } from "../../netfilter/owned.js";
import type { Ownership } from "../../netfilter/ownership.js";
import type { Chain, IpSet, TableName, Tables } from "../../netfilter/tables.js";
import type { Origin } from "../../text/origin.js";
import { compareJumps } from "./compare-jumps.js";
import { compareRules, type RuleContext } from "./compare-rules.js";
import { compareSets } from "./compare-sets.js";
import { skeletonOf } from "./detect-generation.js";
import type { DriftFinding } from "./finding.js";
import { knownTables, type NodeState } from "./node-state.js";
import type { IpVersion } from "../../text/ip-version.js";

export interface DriftReport {
  /** Some finding is more than a note. */
  readonly drifted: boolean;
  readonly findings: readonly DriftFinding[];
  /** It owns what is of the version of IP. */
  readonly machine: Machine;
  /** The version of IP whose tables and sets were compared. */
  readonly version: IpVersion;
  /** The flavour of iptables that holds the rules. */
  readonly flavour: Flavour;
  /** The user did not say which generation it is. */
  readonly guessed: boolean;
  readonly node: NodeState;
  /** What the node should hold, other people's rules included. */
  readonly wanted: Tables;
}

export interface Circumstances {
  /** What namespaces bring by themselves that the manifests do not define. */
  readonly implied: readonly IpSet[];
  /** The policies of the manifests, `namespace/name` or name. */
  readonly policies: ReadonlySet<string>;
}

/** A node beside the tables that it should hold. */
export function compareNode(
  node: NodeState,
  wanted: Tables,
  machine: Machine,
  { implied, policies }: Circumstances,
  version: IpVersion,
): DriftFinding[] {
  const { ownership, leftovers } = machine;
  const skeleton = skeletonOf(machine, version);
  const tables = knownTables(node, ownership);
  const policyOf = (origin: Origin | undefined): string | undefined =>
    origin?.kind === "field" && policies.has(origin.object) ? origin.object : undefined;
  const contextOf = (table: TableName): RuleContext => ({
    version,
    ownership,
    table,
    skeleton: ownChains(chainsOf(skeleton, table), ownership),
    policyOf,
    policyNamed: (comment) => machine.policyNamed?.(comment),
  });
  const everywhere = (state: Pick<Tables, "chains" | "others">): Chain[] =>
    tables.flatMap((table) => chainsOf(state, table));
  const sets =
    node.sets &&
    compareSets(
      ownSets(node.sets, ownership),
      { chains: everywhere(wanted), sets: wanted.sets },
      {
        chains: everywhere(node),
        policyOf,
        leavesMembers: leftovers?.members ?? false,
        leavesFilledSets: leftovers?.filledSets ?? false,
        implied,
        otherSets: (node.otherSets ?? []).filter(({ name }) => name.startsWith(ownership.setPrefix)),
      },
    );
  return [
    ...tables.flatMap((table) => compareJumps(chainsOf(node, table), wanted, contextOf(table))),
    ...otherFlavour(node, ownership),
    ...tables.flatMap((table) => compareRules(chainsOf(node, table), wanted, contextOf(table))),
    ...(sets ?? []),
    ...unknownTables(tables, ownership),
  ];
}

function otherFlavour({ otherFlavour: dumps = [] }: NodeState, ownership: Ownership): DriftFinding[] {
  const other = dumps.flatMap((dump) =>
    ownership.tables.flatMap((table) => ownChains(chainsOf(dump, table), ownership)),
  );
  if (other.length === 0) return [];
  const message = `the other flavour of iptables holds ${other.length} chains of the engine: a packet must pass both`;
  return [{ code: "other-flavour", severity: "drift", message, chain: other[0]!.name }];
}

function unknownTables(known: readonly TableName[], { tables }: Ownership): DriftFinding[] {
  const unknown = tables.filter((table) => !known.includes(table));
  if (unknown.length === 0) return [];
  const message = `the dumps do not tell what the tables ${unknown.join(", ")} hold; iptables-save without -t does`;
  return [{ code: "tables-unknown", severity: "note", message }];
}

export function isDrift(findings: readonly DriftFinding[]): boolean {
  return findings.some(({ severity }) => severity === "drift");
}
