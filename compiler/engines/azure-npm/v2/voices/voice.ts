import type { Namespace, NetworkPolicy, Pod } from "../../../../model/objects.js";
import type { Flavour } from "../../../engine.js";
import type { LogEntry } from "../../../log-entry.js";

/** What became of a command that deletes a jump to AZURE-NPM. */
export interface JumpDeletion {
  /** `["iptables-nft", "-w", "60", "-D", …]` */
  readonly words: readonly string[];
  readonly flavour: Flavour;
  readonly outcome: "deleted" | "no-such-rule" | "no-such-chain";
}

/** A line of `ipset restore` that ipset refused. */
export interface RefusedLine {
  /** 1-based. */
  readonly attempt: number;
  /** The input of this attempt. */
  readonly lines: readonly string[];
  /** 0-based. */
  readonly refused: number;
  /** The set of which NPM gives something up: `cidr-p-in-ns-x-0-0OUT`. */
  readonly set: string;
  /** It gives up all that is left to tell of the set, not a line. */
  readonly whole: boolean;
}

/** Why a policy is skipped; an exception of a block can't be read. */
export type SkipReason = "address" | "selector" | "named-port" | { readonly exception: string };

/** Names of the sets that an apply is about. */
export interface SetsApplied {
  readonly changed: readonly string[];
  readonly destroyed: readonly string[];
}

/** What NPM's pod controller finds and does. */
export type PodChange =
  | { readonly kind: "added"; readonly pod: Pod }
  /** With another address than before. */
  | { readonly kind: "readdressed"; readonly pod: Pod; readonly before: Pod }
  | { readonly kind: "updated"; readonly pod: Pod; readonly before: Pod }
  /** Nothing that NPM looks at is different. */
  | { readonly kind: "unchanged"; readonly pod: Pod }
  /** It has finished, or is gone from its node; `before` is the pod in the sets. */
  | { readonly kind: "finished"; readonly key: string; readonly before: Pod | undefined }
  /** It has no address that NPM can use. */
  | { readonly kind: "without-address"; readonly pod: Pod }
  | {
      readonly kind: "deleted";
      readonly key: string;
      readonly before: Pod | undefined;
      /** Of those the controller hears, and looks away. */
      readonly hostNetwork: boolean;
    };

/**
 * What a release writes to its log, and when: one object a release. Each method is called where the code of NPM stands that
 * may log something; many say nothing.
 */
export interface V2Voice {
  /** The program starts, and is about to make its chains. */
  starting(): LogEntry[];
  detectingFlavour(attempt: "nft" | "legacy"): LogEntry[];
  /** Neither hint nor canary is in the tables. */
  noSuchChain(words: readonly string[], flavour: Flavour): LogEntry[];
  choosing(flavour: Flavour): LogEntry[];
  /** What NPM left in the tables of the other flavour goes. */
  cleaningUp(other: Flavour): LogEntry[];
  cleanedUp(other: Flavour): LogEntry[];
  executing(words: readonly string[]): LogEntry[];
  deletedJump(deletion: JumpDeletion): LogEntry[];
  foundChains(count: number): LogEntry[];
  movingJump(): LogEntry[];
  insertingJump(): LogEntry[];
  /** Chains and sets are as they should be. */
  started(): LogEntry[];
  /** NPM Lite that does not start. */
  gaveUp(): LogEntry[];

  /** Before the sets are told to the kernel; also when there is nothing to tell. */
  applyingSets(sets: SetsApplied): LogEntry[];
  refusedLine(refused: RefusedLine): LogEntry[];
  /** `attempts` went wrong before; `empty` when nothing was left to run. */
  appliedAtLast(attempts: number, empty: boolean): LogEntry[];
  removedUnusedSets(count: number, doomed: readonly string[]): LogEntry[];
  removingStaleChains(chains: readonly string[]): LogEntry[];

  applyingNamespace(namespace: Namespace, before: "unknown" | Pick<Namespace, "labels">): LogEntry[];
  deletingNamespace(name: string, before: Pick<Namespace, "labels"> | undefined): LogEntry[];
  changingPod(change: PodChange): LogEntry[];
  /** The policy can't be translated, or its sets can't be filled. */
  refusedPolicy(policy: NetworkPolicy, why: SkipReason): LogEntry[];
  updatingPolicy(key: string, known: boolean): LogEntry[];
  addingPolicy(key: string): LogEntry[];
  removingPolicy(key: string): LogEntry[];
  policyIsGone(key: string): LogEntry[];
  /** An event has been dealt with. */
  synced(kind: "Namespace" | "Pod" | "NetworkPolicy", key: string): LogEntry[];
}

/** What the log says about the surroundings. */
export interface Surroundings {
  /** Image tag. */
  readonly tag: string;
  readonly apiServerVersion: string;
  readonly placesFirst: boolean;
  readonly lite: boolean;
}
