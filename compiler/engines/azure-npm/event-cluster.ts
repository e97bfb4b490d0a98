import type { Namespace, NetworkPolicy, Pod } from "../../model/objects.js";
import { keyOf } from "../../model/objects.js";
import type { Origin } from "../../text/origin.js";
import type { Cluster } from "./cluster.js";
import type { IgnoredPod } from "./ignored-pods.js";
import { everyNamespace, originOf } from "./origins.js";
import type { SetManager } from "./set-manager.js";
import { silence, type SetReason, type V1Voice } from "./v1/voices/voice.js";

/** What a release calls the sets of pods and namespaces. */
export interface ClusterNames {
  namespace(name: string): string;
  /** The sets of a pod that carries the label. */
  podLabel(key: string, value: string): readonly string[];
  /** The lists of a namespace that carries the label. */
  namespaceLabel(key: string, value: string): readonly string[];
  readonly allNamespaces: string;
}

/** How a release tells pods apart. */
export interface EventHabits {
  /** Pods that stand in no set: those without an address; or also finished ones and those of unknown phase. */
  readonly ignores: "no-address" | "no-address-or-finished";
  /** Addresses are remembered by pod, and updates that change nothing are passed over. */
  readonly remembersAddresses: boolean;
  /** A pod that is added gives its namespace a new record. Up to v1.0.30. */
  readonly podsRenewRecords: boolean;
  /** Prefix of the sets of named ports; absent where they have none. */
  readonly namedPortPrefix?: string;
}

/** What NPM keeps with a namespace; a new record, without policies, takes its place at times. */
export interface NamespaceRecord {
  /** By name. */
  readonly policies: Map<string, NetworkPolicy>;
  /** The policies of one selector, merged, by selector. */
  readonly merged: Map<string, NetworkPolicy>;
}

/**
 * Pods and namespaces of the releases before v1.4: each event is carried out as it comes, an update as a deletion and an
 * addition. Source: Azure NPM v1.0.30, v1.0.32 and v1.2.2, npm/{pod,namespace}.go.
 */
export class EventCluster implements Cluster {
  readonly #sets: SetManager;
  readonly #names: ClusterNames;
  readonly #habits: EventHabits;
  readonly #voice: V1Voice;
  readonly #namespaces = new Map<string, Namespace>();
  readonly #pods = new Map<string, Pod>();
  /** By uid. */
  readonly #addresses = new Map<string, string>();
  /** By the name of the namespace's set. */
  readonly records = new Map<string, NamespaceRecord>();

  constructor(sets: SetManager, names: ClusterNames, habits: EventHabits, voice: V1Voice = silence) {
    this.#sets = sets;
    this.#names = names;
    this.#habits = habits;
    this.#voice = voice;
  }

  ignoredPods(): Pod[] {
    return [...this.#pods.values()].filter((pod) => this.reasonToIgnore(pod));
  }

  reasonToIgnore(pod: Pod): IgnoredPod | undefined {
    if (pod.ip === "") return "no-address";
    const finished = ["Failed", "Succeeded", "Unknown"].includes(pod.phase);
    return finished && this.#habits.ignores === "no-address-or-finished" ? "finished" : undefined;
  }

  /** The record of a namespace, made where a policy comes before its namespace. */
  record(namespace: string): NamespaceRecord {
    const name = this.#names.namespace(namespace);
    let found = this.records.get(name);
    if (!found) this.records.set(name, (found = newRecord()));
    return found;
  }

  forgetPolicies(namespace: string): void {
    this.records.set(this.#names.namespace(namespace), newRecord());
  }

  /** Every namespace that NPM has heard of goes to the list of all, by name. */
  listAllNamespaces(): boolean {
    const names = [...this.records.keys()].sort();
    const list = this.#names.allNamespaces;
    const missed = names.find((name) => !this.#sets.addToList(list, name, everyNamespace));
    if (missed !== undefined) this.#voice.couldNotListNamespace(missed, list);
    return missed === undefined;
  }

  applyNamespace(namespace: Namespace): void {
    const before = this.#namespaces.get(namespace.name);
    this.#namespaces.set(namespace.name, namespace);
    if (before) {
      if (this.#habits.remembersAddresses && sameLabels(before.labels, namespace.labels)) return;
      this.#voice.updatingNamespace(before, namespace);
      if (!this.#removeNamespace(before)) return;
    }
    const set = this.#names.namespace(namespace.name);
    this.#voice.creatingNamespace(namespace.name, namespace.labels);
    if (!this.#sets.createSet(set, originOf(namespace, "metadata.name"))) return;
    if (!this.#sets.addToList(this.#names.allNamespaces, set, everyNamespace)) return;
    const origin = originOf(namespace, "metadata.labels");
    for (const [key, value] of namespace.labels) {
      for (const list of this.#names.namespaceLabel(key, value)) {
        this.#voice.joiningList(set, list, "pair");
        if (!this.#sets.addToList(list, set, origin)) return;
      }
    }
    this.records.set(set, newRecord());
  }

  deleteNamespace(name: string): void {
    const namespace = this.#namespaces.get(name);
    this.#namespaces.delete(name);
    if (namespace) this.#removeNamespace(namespace);
  }

  applyPod(pod: Pod): void {
    const key = keyOf(pod);
    const before = this.#pods.get(key);
    this.#pods.set(key, pod);
    if (!before) {
      if (!this.reasonToIgnore(pod)) this.#addPod(pod);
      return;
    }
    if (this.reasonToIgnore(pod)) return;
    const leaving = pod.deletionGracePeriodSeconds !== undefined;
    if (this.#habits.remembersAddresses && !leaving && sameForNpm(before, pod)) return;
    this.#voice.updatingPod(before, pod);
    if (!this.#removePod(before)) return;
    if (leaving || (this.#habits.remembersAddresses && isFinished(pod))) return;
    this.#addPod(pod);
  }

  deletePod(key: string): void {
    const pod = this.#pods.get(key);
    this.#pods.delete(key);
    if (pod) this.#removePod(pod);
  }

  #addPod(pod: Pod): void {
    const set = this.#names.namespace(pod.namespace);
    const origin = originOf(pod, "metadata.namespace");
    const owner = uidOf(pod);
    this.#voice.creatingPod(pod);
    if (!this.#habits.podsRenewRecords && !this.records.has(set)) {
      this.#voice.namingSet("addresses", set, this.#sets.kernelName(set));
      this.#sets.createSet(set, origin);
    }
    const add = (name: string, from: Origin, reason: SetReason) => {
      this.#voice.joiningSet(pod.ip, name, reason);
      const added = this.#sets.addToSet(name, pod.ip, owner, from);
      if (!added) this.#voice.couldNotJoinSet(name, this.#sets.kernelName(name), pod.ip, reason);
      return added;
    };
    if (!add(set, origin, "namespace") && !this.#habits.remembersAddresses) return;
    const labels = originOf(pod, "metadata.labels");
    for (const [key, value] of pod.labels) {
      for (const name of this.#names.podLabel(key, value)) {
        if (!add(name, labels, "pair") && !this.#habits.remembersAddresses) return;
      }
    }
    if (this.#habits.podsRenewRecords) this.forgetPolicies(pod.namespace);
    if (!this.#habits.remembersAddresses) return;
    for (const { name, member } of this.#namedPorts(pod, pod.ip)) {
      this.#sets.addToSet(name, member, owner, originOf(pod, "spec.containers"), { type: "hash:ip,port" });
    }
    this.#addresses.set(owner, pod.ip);
  }

  #removePod(pod: Pod): boolean {
    const owner = uidOf(pod);
    const address = this.#habits.remembersAddresses ? this.#addresses.get(owner) : pod.ip;
    if (address === undefined || (!this.#habits.remembersAddresses && this.reasonToIgnore(pod))) return true;
    this.#voice.deletingPod({ ...pod, ip: address });
    const labels = [...pod.labels].flatMap(([key, value]) => this.#names.podLabel(key, value));
    const own = this.#names.namespace(pod.namespace);
    for (const name of [own, ...labels]) {
      this.#voice.leavingSet(address, name, name === own ? "namespace" : "pair");
      if (!this.#sets.removeFromSet(name, address, owner)) return false;
    }
    if (!this.#habits.remembersAddresses) return true;
    for (const { name, member } of this.#namedPorts(pod, address)) this.#sets.removeFromSet(name, member, owner);
    this.#addresses.delete(owner);
    return true;
  }

  #namedPorts({ ports }: Pod, address: string): { name: string; member: string }[] {
    const { namedPortPrefix } = this.#habits;
    if (namedPortPrefix === undefined) return [];
    return ports
      .filter(({ name }) => name !== "")
      .map(({ name, protocol, containerPort }) => {
        const prefix = protocol === "TCP" ? "" : `${protocol.toLowerCase()}:`;
        return { name: namedPortPrefix + name, member: `${address},${prefix}${containerPort}` };
      });
  }

  #removeNamespace(namespace: Namespace): boolean {
    const set = this.#names.namespace(namespace.name);
    this.#voice.deletingNamespace(namespace.name, namespace.labels);
    if (!this.records.has(set)) return true;
    for (const list of [...namespace.labels].flatMap(([key, value]) => this.#names.namespaceLabel(key, value))) {
      this.#voice.leavingList(set, list, "pair");
      if (!this.#sets.removeFromList(list, set)) return false;
    }
    if (!this.#sets.removeFromList(this.#names.allNamespaces, set)) return false;
    this.#sets.destroySet(set);
    this.records.delete(set);
    return true;
  }
}

function newRecord(): NamespaceRecord {
  return { policies: new Map(), merged: new Map() };
}

/** `10.0.0.4,80` for TCP, `10.0.0.4,udp:53`, in sets that are called as the port. */
function uidOf(pod: Pod): string {
  return pod.uid === "" ? keyOf(pod) : pod.uid;
}

function isFinished({ phase }: Pod): boolean {
  return phase === "Succeeded" || phase === "Failed";
}

function sameForNpm(before: Pod, pod: Pod): boolean {
  return before.phase === pod.phase && before.ip === pod.ip && sameLabels(before.labels, pod.labels);
}

function sameLabels(a: ReadonlyMap<string, string>, b: ReadonlyMap<string, string>): boolean {
  return a.size === b.size && [...a].every(([key, value]) => b.get(key) === value);
}
