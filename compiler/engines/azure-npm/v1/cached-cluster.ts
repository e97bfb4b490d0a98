import type { ContainerPort, Labels, Namespace, Pod } from "../../../model/objects.js";
import { keyOf } from "../../../model/objects.js";
import type { Cluster } from "../cluster.js";
import type { IgnoredPod } from "../ignored-pods.js";
import { everyNamespace, originOf } from "../origins.js";
import type { SetManager } from "../set-manager.js";
import { allNamespaces } from "./translate.js";
import type { V1Voice } from "./voices/voice.js";

/**
 * Pods and namespaces since v1.4: compared with what was done for them last.
 * Source: Azure NPM v1.4.9, npm/{podController,nameSpaceController}.go.
 */
export class CachedCluster implements Cluster {
  readonly #sets: SetManager;
  /** Labels of each namespace that has sets; empty for those known by a pod only. */
  readonly #namespaces = new Map<string, Labels>();
  readonly #pods = new Map<string, Pod>();
  readonly #ignored = new Map<string, Pod>();
  /** Names of the namespaces that are in the cluster. */
  readonly #heardOf = new Set<string>();

  readonly #voice: V1Voice;

  constructor(sets: SetManager, voice: V1Voice) {
    this.#sets = sets;
    this.#voice = voice;
  }

  ignoredPods(): Pod[] {
    return [...this.#ignored.values()];
  }

  reasonToIgnore(pod: Pod): IgnoredPod | undefined {
    if (pod.ip === "") return "no-address";
    if (pod.hostNetwork) return "host-network";
    if (pod.phase === "Succeeded" || pod.phase === "Failed") return "finished";
    return pod.deletionGracePeriodSeconds === 0 ? "deleted" : undefined;
  }

  listAllNamespaces(): boolean {
    return true;
  }

  applyNamespace(namespace: Namespace): void {
    const set = `ns-${namespace.name}`;
    const before = this.#namespaces.get(namespace.name);
    const origin = originOf(namespace, "metadata.labels");
    this.#voice.heardOfNamespace(this.#heardOf.has(namespace.name) ? "UPDATE" : "ADD", namespace.name);
    if (before && this.#heardOf.has(namespace.name) && sameLabels(before, namespace.labels)) {
      this.#voice.sameLabels(namespace.name);
      return;
    }
    this.#heardOf.add(namespace.name);
    this.#voice.syncingNamespace(namespace);
    if (!before) {
      this.#voice.creatingNamespace(namespace.name, namespace.labels);
      if (!this.#createNamespace(namespace.name, originOf(namespace, "metadata.name"))) return;
      for (const { label, reason } of labelSets(namespace.labels)) {
        this.#voice.joiningList(set, `ns-${label}`, reason);
        if (!this.#sets.addToList(`ns-${label}`, set, origin)) return;
      }
    } else {
      const { added, removed } = compareLabels(before, namespace.labels);
      for (const label of removed) {
        this.#voice.leavingList(set, `ns-${label}`, "relabelled");
        if (!this.#sets.removeFromList(`ns-${label}`, set)) return;
      }
      for (const label of added) {
        this.#voice.joiningList(set, `ns-${label}`, "relabelled");
        if (!this.#sets.addToList(`ns-${label}`, set, origin)) return;
      }
    }
    this.#namespaces.set(namespace.name, namespace.labels);
    this.#voice.synced("Namespace", namespace.name);
  }

  deleteNamespace(name: string): void {
    const labels = this.#namespaces.get(name);
    const heardOf = this.#heardOf.delete(name);
    if (!labels) {
      if (heardOf) this.#voice.unknownNamespace(name);
      return;
    }
    const set = `ns-${name}`;
    this.#voice.deletingNamespace(name, labels);
    for (const { label, reason } of labelSets(labels)) {
      this.#voice.leavingList(set, `ns-${label}`, reason);
      if (!this.#sets.removeFromList(`ns-${label}`, set)) return;
    }
    if (!this.#sets.removeFromList(allNamespaces, set)) return;
    this.#sets.destroySet(set);
    this.#namespaces.delete(name);
    this.#voice.synced("Namespace", name);
  }

  applyPod(pod: Pod): void {
    const key = keyOf(pod);
    const before = this.#pods.get(key);
    const heard = before || this.#ignored.has(key) ? "UPDATE" : "ADD";
    const reason = this.reasonToIgnore(pod);
    if (reason) this.#ignored.set(key, pod);
    else this.#ignored.delete(key);
    this.#voice.heardOfPod(heard, pod);
    if (reason === "no-address" || reason === "host-network") {
      if (reason === "host-network") this.#voice.ignoringHostNetwork(heard, pod);
      this.#voice.nothingToSync(heard);
      return;
    }
    if (reason) {
      if (heard === "ADD") return;
      this.#voice.cleaningUpPod(key);
      this.#removePod(key);
      this.#voice.synced("Pod", key);
      return;
    }
    if (before && sameForNpm(before, pod)) return;
    if (!this.#namespaces.has(pod.namespace)) {
      if (!this.#createNamespace(pod.namespace, originOf(pod, "metadata.namespace"))) return;
      this.#namespaces.set(pod.namespace, new Map());
    }
    this.#voice.syncingPod(key);
    if (before && before.ip === pod.ip) {
      this.#updatePod(before, pod);
    } else if (before) {
      this.#voice.readdressing(before, pod, "found");
      this.#voice.readdressing(before, pod, "deleting");
      this.#voice.cleaningUpPod(key);
      this.#removePod(key);
      this.#voice.readdressing(before, pod, "adding");
      this.#addPod(pod);
    } else {
      this.#addPod(pod);
    }
    this.#voice.synced("Pod", key);
  }

  deletePod(key: string): void {
    const applied = this.#pods.get(key);
    const pod = this.#ignored.get(key) ?? applied;
    this.#ignored.delete(key);
    if (!pod) return;
    this.#voice.heardOfPod("DELETE", pod);
    if (pod.hostNetwork) return this.#voice.ignoringHostNetwork("DELETE", pod);
    if (!applied) return;
    this.#voice.podIsGone(key);
    this.#voice.cleaningUpPod(key);
    this.#removePod(key);
    this.#voice.synced("Pod", key);
  }

  #createNamespace(name: string, origin: ReturnType<typeof originOf>): boolean {
    const set = `ns-${name}`;
    return this.#sets.createSet(set, origin) && this.#sets.addToList(allNamespaces, set, everyNamespace);
  }

  #addPod(pod: Pod): void {
    const owner = keyOf(pod);
    const namespace = `ns-${pod.namespace}`;
    this.#voice.creatingPod(pod);
    this.#voice.joiningSet(pod.ip, namespace, "namespace");
    this.#sets.addToSet(namespace, pod.ip, owner, originOf(pod, "metadata.namespace"));
    this.#pods.set(owner, pod);
    for (const { label, reason } of labelSets(pod.labels)) {
      this.#voice.joiningSet(pod.ip, label, reason);
      this.#sets.addToSet(label, pod.ip, owner, originOf(pod, "metadata.labels"));
    }
    this.#voice.addingNamedPorts();
    this.#addNamedPorts(pod);
  }

  #updatePod(before: Pod, pod: Pod): void {
    const owner = keyOf(pod);
    const { added, removed } = compareLabels(before.labels, pod.labels);
    for (const label of removed) {
      this.#voice.leavingSet(pod.ip, label, "relabelled");
      this.#sets.removeFromSet(label, pod.ip, owner);
    }
    for (const label of added) {
      this.#voice.joiningSet(pod.ip, label, "relabelled");
      this.#sets.addToSet(label, pod.ip, owner, originOf(pod, "metadata.labels"));
    }
    if (!samePorts(before.ports, pod.ports)) {
      this.#removeNamedPorts(before);
      this.#addNamedPorts(pod);
    }
    this.#pods.set(owner, pod);
  }

  #removePod(key: string): void {
    const pod = this.#pods.get(key);
    if (!pod) return;
    this.#sets.removeFromSet(`ns-${pod.namespace}`, pod.ip, key);
    for (const { label, reason } of labelSets(pod.labels)) {
      this.#voice.leavingSet(pod.ip, label, reason);
      this.#sets.removeFromSet(label, pod.ip, key);
    }
    this.#removeNamedPorts(pod);
    this.#pods.delete(key);
  }

  #addNamedPorts(pod: Pod): void {
    for (const { name, member, port } of namedPortMembers(pod)) {
      this.#voice.namedPort(port, "add");
      if (port.name === "") continue;
      this.#sets.addToSet(name, member, keyOf(pod), originOf(pod, "spec.containers"), { type: "hash:ip,port" });
    }
  }

  #removeNamedPorts(pod: Pod): void {
    for (const { name, member, port } of namedPortMembers(pod)) {
      this.#voice.namedPort(port, "delete");
      if (port.name !== "") this.#sets.removeFromSet(name, member, keyOf(pod));
    }
  }
}

/** `10.0.0.4,TCP:80`, also for ports without a name, which have no set. */
function namedPortMembers({ ip, ports }: Pod): { name: string; member: string; port: ContainerPort }[] {
  return ports.map((port) => ({
    name: `namedport:${port.name}`,
    member: `${ip},${port.protocol}:${port.containerPort}`,
    port,
  }));
}

/** Two for each label: its key, and key and value. */
function labelSets(labels: Labels): { label: string; reason: "key" | "pair" }[] {
  return [...labels].flatMap(([key, value]) => [
    { label: key, reason: "key" as const },
    { label: `${key}:${value}`, reason: "pair" as const },
  ]);
}

function sameLabels(before: Labels, after: Labels): boolean {
  const { added, removed } = compareLabels(before, after);
  return added.length === 0 && removed.length === 0;
}

/** The label sets to leave and to join: a changed value changes one, a key that comes or goes two. */
function compareLabels(before: Labels, after: Labels): { added: string[]; removed: string[] } {
  const added: string[] = [];
  const removed: string[] = [];
  for (const [key, value] of before) {
    const now = after.get(key);
    if (now === undefined) removed.push(key, `${key}:${value}`);
    else if (now !== value) {
      removed.push(`${key}:${value}`);
      added.push(`${key}:${now}`);
    }
  }
  for (const [key, value] of after) if (!before.has(key)) added.push(key, `${key}:${value}`);
  return { added, removed };
}

function sameForNpm(before: Pod, pod: Pod): boolean {
  const { added, removed } = compareLabels(before.labels, pod.labels);
  const unchanged = added.length === 0 && removed.length === 0;
  const alive = pod.deletionGracePeriodSeconds === undefined;
  return unchanged && alive && before.phase === pod.phase && before.ip === pod.ip && samePorts(before.ports, pod.ports);
}

function samePorts(a: readonly ContainerPort[], b: readonly ContainerPort[]): boolean {
  return JSON.stringify(a) === JSON.stringify(b);
}
