import type { Labels, Namespace, NetworkPolicy, Pod } from "../../../../model/objects.js";
import type { LogEntry } from "../../../log-entry.js";
import type { Entry } from "../../kernel/entry.js";
import type { IpsetRun } from "../../kernel/ipset.js";
import type { IptablesRun } from "../../kernel/iptables.js";
import type { ParsedDirection } from "../../v2019/parsed-direction.js";
import type { Translation } from "../translation.js";

/** An event as the API server tells it. */
export type Heard = "ADD" | "UPDATE" | "DELETE";

/** Why a namespace joins or leaves a list: it comes or goes, by the label's key or by key and value; or it was relabelled. */
export type ListReason = "key" | "pair" | "relabelled";

/**
 * What a release of NPM v1 writes to its log, and when: one object a node. Each method is called where the code of NPM
 * stands that may log something; most releases stay silent in many. Names of sets are readable ones, with their prefixes.
 */
export interface V1Voice {
  ranIptables(run: IptablesRun): void;
  ranIpset(run: IpsetRun): void;

  /** The program starts, and is about to remove the chains of the NPM before. */
  starting(): void;
  /** iptables did not understand the command that removes the jump. */
  keptJump(): void;
  destroyingSets(): void;
  /** The API server has told its version. */
  connected(): void;
  started(): void;

  makingChains(): void;
  /** `words` are those behind the name: `nethash`, `maxelem`, … */
  creatingSet(name: string, kernelName: string, words: readonly string[]): void;
  creatingList(name: string, kernelName: string): void;
  /** The kernel would not let a set go. */
  keptSet(name: string): void;
  keptList(name: string): void;
  /** Kernel names. */
  couldNotJoinList(list: string, member: string): void;

  heardOfNamespace(heard: Heard, name: string): void;
  /** An update that does not touch the labels. */
  sameLabels(name: string): void;
  /** Something is to be done for a namespace. */
  syncingNamespace(namespace: Namespace): void;
  updatingNamespace(before: Namespace, namespace: Namespace): void;
  creatingNamespace(name: string, labels: Labels): void;
  joiningList(namespace: string, list: string, reason: ListReason): void;
  leavingList(namespace: string, list: string, reason: ListReason): void;
  deletingNamespace(name: string, labels: Labels): void;
  /** A namespace of no set is deleted. */
  unknownNamespace(name: string): void;

  heardOfPod(heard: Heard, pod: Pod): void;
  /** Pods of the host's network are looked away from. */
  ignoringHostNetwork(heard: Heard, pod: Pod): void;
  nothingToSync(heard: Heard): void;
  podIsGone(key: string): void;
  syncingPod(key: string): void;
  updatingPod(before: Pod, pod: Pod): void;
  readdressing(before: Pod, pod: Pod, phase: "found" | "deleting" | "adding"): void;
  creatingPod(pod: Pod): void;
  /** Everything that NPM did for the pod is undone. */
  cleaningUpPod(key: string): void;
  deletingPod(pod: Pod): void;
  joiningSet(address: string, set: string, reason: SetReason): void;
  leavingSet(address: string, set: string, reason: SetReason): void;
  couldNotJoinSet(set: string, kernelName: string, address: string, reason: SetReason): void;
  addingNamedPorts(): void;
  namedPort(port: Pod["ports"][number], operation: "add" | "delete"): void;

  heardOfPolicy(heard: Heard, policy: StoredPolicy, before?: StoredPolicy): void;
  policyIsGone(key: string): void;
  translated(policy: StoredPolicy, translation: Translation): void;
  /** A release before v1.0.27 has read the policy. */
  parsed(directions: readonly ParsedDirection[]): void;
  namingSet(kind: "addresses" | "ports" | "block", name: string, kernelName: string): void;
  destroyingBlock(name: string, kernelName: string): void;
  /** The namespace could not be put into the list of all, and the policy is given up. */
  couldNotListNamespace(namespace: string, list: string): void;
  addingRule(entry: Entry): void;
  deletingRule(entry: Entry): void;
  /** A rule at which a policy is given up. */
  stoppedAtRule(entry: Entry, operation: "add" | "delete"): void;

  /** Something that a queue holds could not be done, and goes back into it; a rule was in the way. */
  requeuing(key: string, task: PolicyTask, entry: Entry): void;
  synced(kind: "Namespace" | "Pod" | "NetworkPolicy", key: string): void;
}

/** What NPM was at when it failed: adding a policy's rules, or taking those away of one that has changed, or is deleted. */
export type PolicyTask = "add" | "update" | "delete";

/** A policy as the API server stored it. */
export interface StoredPolicy extends NetworkPolicy {
  readonly resourceVersion?: number;
}

/** Why an address joins or leaves a set: it is a pod of the namespace, or has the label; or the pod was relabelled. */
export type SetReason = "namespace" | "key" | "pair" | "relabelled";

/** What the log says about the surroundings. */
export interface Surroundings {
  /** Image tag. */
  readonly tag: string;
  readonly apiServerVersion: string;
}

/** A voice of a new node, whose entries go where `say` puts them. */
export type VoiceMaker = (surroundings: Surroundings, say: (entry: LogEntry) => void) => V1Voice;

/** Says nothing; what releases have in common. */
export const silence: V1Voice = {
  ranIptables: nothing,
  ranIpset: nothing,
  starting: nothing,
  keptJump: nothing,
  destroyingSets: nothing,
  connected: nothing,
  started: nothing,
  makingChains: nothing,
  creatingSet: nothing,
  creatingList: nothing,
  keptSet: nothing,
  keptList: nothing,
  couldNotJoinList: nothing,
  heardOfNamespace: nothing,
  sameLabels: nothing,
  syncingNamespace: nothing,
  updatingNamespace: nothing,
  creatingNamespace: nothing,
  joiningList: nothing,
  leavingList: nothing,
  deletingNamespace: nothing,
  unknownNamespace: nothing,
  heardOfPod: nothing,
  ignoringHostNetwork: nothing,
  nothingToSync: nothing,
  podIsGone: nothing,
  syncingPod: nothing,
  updatingPod: nothing,
  readdressing: nothing,
  creatingPod: nothing,
  cleaningUpPod: nothing,
  deletingPod: nothing,
  joiningSet: nothing,
  leavingSet: nothing,
  couldNotJoinSet: nothing,
  addingNamedPorts: nothing,
  namedPort: nothing,
  heardOfPolicy: nothing,
  policyIsGone: nothing,
  translated: nothing,
  parsed: nothing,
  namingSet: nothing,
  destroyingBlock: nothing,
  couldNotListNamespace: nothing,
  addingRule: nothing,
  deletingRule: nothing,
  stoppedAtRule: nothing,
  requeuing: nothing,
  synced: nothing,
};

function nothing(): void {
  // Most releases say nothing here.
}
