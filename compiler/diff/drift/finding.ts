import type { OtherTable } from "../../netfilter/tables.js";
import type { Origin } from "../../text/origin.js";

/** Where a node is not what it should be. */
export interface DriftFinding {
  readonly code: DriftCode;
  /** `note`: what chance, history or lazy cleaning explain, and what changes the fate of no packet. */
  readonly severity: "drift" | "note";
  /** In a sentence, for people. */
  readonly message: string;
  /** `namespace/name`; absent: no policy's. */
  readonly policy?: string;
  /** Of a set: the policies whose rules match it. */
  readonly usedBy?: readonly string[];
  /** What asks for it, where the manifests or the engine do. */
  readonly origin?: Origin;
  readonly chain?: string;
  /** The table of the chain, where that is not filter. */
  readonly table?: OtherTable["name"];
  /** Kernel name. */
  readonly set?: string;
  /** Rules as iptables-save prints them, `-A CHAIN` included: those that the node lacks, and those it has and should not. */
  readonly missingRules?: readonly string[];
  readonly unexpectedRules?: readonly string[];
  readonly missingMembers?: readonly string[];
  readonly unexpectedMembers?: readonly string[];
}

/** What a code stands for, in a line. Codes are stable. */
export const driftCodes = {
  "jump-missing": "nothing leads to the engine's rules: no policy is in force",
  "jump-misplaced": "the jump to the engine's rules stands at another place than the release puts it",
  "jump-unexpected": "a second jump, or one from another chain, leads to the engine's rules",
  "chain-missing": "a chain of the engine's own is not there",
  "chain-unexpected": "a chain with rules that neither a policy nor the engine asks for",
  "policy-missing": "no rule of a policy is there",
  "policy-incomplete": "a chain of a policy is missing or empty, or nothing leads to it",
  "policy-stale": "a policy that the manifests do not have is in force",
  "policy-half-deleted": "of a policy that the manifests do not have, some is left",
  "rule-missing": "a rule is not there",
  "rule-unexpected": "a rule that nothing asks for",
  "rule-duplicated": "a rule stands there more than once",
  "rule-order": "rules stand in another order",
  "rule-spelling": "a rule lists its matches in another order, or has another comment",
  "set-missing": "a set is not there",
  "set-unexpected": "a set that nothing asks for",
  "set-type": "a set of another type or size",
  "set-members": "a set lacks members, or has more of them",
  "chain-left": "a chain that nothing needs any more and that decides nothing",
  "set-left": "a set that no rule uses any more",
  "member-left": "a set keeps the address of a pod that is gone",
  "namespace-implied": "the manifests do not define the namespace; a node forgets one that is deleted",
  "written-order": "the rules are those that come of applying the objects in the order written",
  "tables-unknown": "the dumps hold the filter table alone, and the engine has rules in others",
  "other-flavour": "the other flavour of iptables holds rules of the engine, too",
} as const;

export type DriftCode = keyof typeof driftCodes;
