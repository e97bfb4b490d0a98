import type { ContainerPort, Labels, Namespace, Pod } from "../../../model/objects.js";
import { keyOf } from "../../../model/objects.js";
import type { Cluster } from "../cluster.js";
import type { IgnoredPod } from "../ignored-pods.js";
import { everyNamespace, originOf } from "../origins.js";
import type { SetManager } from "../set-manager.js";
import { allNamespaces } from "./translate.js";

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

  constructor(sets: SetManager) {
    this.#sets = sets;
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
    if (!before) {
      if (!this.#createNamespace(namespace.name, originOf(namespace, "metadata.name"))) return;
      for (const [key, value] of namespace.labels) {
        for (const label of [key, `${key}:${value}`]) {
          if (!this.#sets.addToList(`ns-${label}`, set, origin)) return;
        }
      }
    } else {
      const { added, removed } = compareLabels(before, namespace.labels);
      for (const label of removed) if (!this.#sets.removeFromList(`ns-${label}`, set)) return;
      for (const label of added) if (!this.#sets.addToList(`ns-${label}`, set, origin)) return;
    }
    this.#namespaces.set(namespace.name, namespace.labels);
  }

  deleteNamespace(name: string): void {
    const labels = this.#namespaces.get(name);
    if (!labels) return;
    const set = `ns-${name}`;
    const lists = [...labels].flatMap(([key, value]) => [`ns-${key}`, `ns-${key}:${value}`]);
    for (const list of [...lists, allNamespaces]) if (!this.#sets.removeFromList(list, set)) return;
    this.#sets.destroySet(set);
    this.#namespaces.delete(name);
  }

  applyPod(pod: Pod): void {
    const key = keyOf(pod);
    const reason = this.reasonToIgnore(pod);
    if (reason) this.#ignored.set(key, pod);
    else this.#ignored.delete(key);
    if (reason === "no-address" || reason === "host-network") return;
    if (reason) {
      this.#removePod(key);
      return;
    }
    const before = this.#pods.get(key);
    if (before && sameForNpm(before, pod)) return;
    if (!this.#namespaces.has(pod.namespace)) {
      if (!this.#createNamespace(pod.namespace, originOf(pod, "metadata.namespace"))) return;
      this.#namespaces.set(pod.namespace, new Map());
    }
    if (before && before.ip === pod.ip) {
      this.#updatePod(before, pod);
      return;
    }
    if (before) this.#removePod(key);
    this.#addPod(pod);
  }

  deletePod(key: string): void {
    this.#ignored.delete(key);
    this.#removePod(key);
  }

  #createNamespace(name: string, origin: ReturnType<typeof originOf>): boolean {
    const set = `ns-${name}`;
    return this.#sets.createSet(set, origin) && this.#sets.addToList(allNamespaces, set, everyNamespace);
  }

  #addPod(pod: Pod): void {
    const owner = keyOf(pod);
    this.#sets.addToSet(`ns-${pod.namespace}`, pod.ip, owner, originOf(pod, "metadata.namespace"));
    this.#pods.set(owner, pod);
    const labels = [...pod.labels].flatMap(([key, value]) => [key, `${key}:${value}`]);
    for (const label of labels) this.#sets.addToSet(label, pod.ip, owner, originOf(pod, "metadata.labels"));
    this.#addNamedPorts(pod);
  }

  #updatePod(before: Pod, pod: Pod): void {
    const owner = keyOf(pod);
    const { added, removed } = compareLabels(before.labels, pod.labels);
    for (const label of removed) this.#sets.removeFromSet(label, pod.ip, owner);
    for (const label of added) this.#sets.addToSet(label, pod.ip, owner, originOf(pod, "metadata.labels"));
    if (!samePorts(before.ports, pod.ports)) {
      this.#removeNamedPorts(before);
      this.#addNamedPorts(pod);
    }
    this.#pods.set(owner, pod);
  }

  #removePod(key: string): void {
    const pod = this.#pods.get(key);
    if (!pod) return;
    const labels = [...pod.labels].flatMap(([label, value]) => [label, `${label}:${value}`]);
    for (const name of [`ns-${pod.namespace}`, ...labels]) this.#sets.removeFromSet(name, pod.ip, key);
    this.#removeNamedPorts(pod);
    this.#pods.delete(key);
  }

  #addNamedPorts(pod: Pod): void {
    for (const { name, member } of namedPortMembers(pod)) {
      this.#sets.addToSet(name, member, keyOf(pod), originOf(pod, "spec.containers"), { type: "hash:ip,port" });
    }
  }

  #removeNamedPorts(pod: Pod): void {
    for (const { name, member } of namedPortMembers(pod)) this.#sets.removeFromSet(name, member, keyOf(pod));
  }
}

/** `10.0.0.4,TCP:80` */
function namedPortMembers({ ip, ports }: Pod): { name: string; member: string }[] {
  return ports
    .filter(({ name }) => name !== "")
    .map(({ name, protocol, containerPort }) => ({
      name: `namedport:${name}`,
      member: `${ip},${protocol}:${containerPort}`,
    }));
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
