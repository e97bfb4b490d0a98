import { keyOf, type KubernetesObject, type NetworkPolicy, type Pod } from "./objects.js";
import type { Resource } from "./resources.js";
import { selects } from "./selector.js";

/** What was read and what deserves a look, a line each: `3 policies, 12 pods`, `skipped: 2 Service`, `x/p selects no pod`. */
export function summarize(admission: Read): readonly string[] {
  const lines = [...countRead(admission)];
  const idle = idlePolicies(admission.objects);
  for (const policy of idle.slice(0, maxNamed)) lines.push(`${keyOf(policy)} selects no pod`);
  if (idle.length > maxNamed) lines.push(`${idle.length - maxNamed} more policies select no pod`);
  return lines;
}

interface Read {
  readonly objects: readonly KubernetesObject[];
  /** Of kinds that only some engines watch. */
  readonly resources?: readonly Resource[];
  readonly skipped: ReadonlyMap<string, number>;
}

/** How much was read, and what was passed over. */
export function countRead({ objects, resources = [], skipped }: Read): readonly string[] {
  const others = resources.length > 0 ? `, ${plural(resources.length, "other object", "other objects")}` : "";
  return [countLine(objects) + others, ...(skipped.size > 0 ? [skippedLine(skipped)] : [])];
}

/** Things of one sort that are named one by one; the others are counted. */
const maxNamed = 10;

function countLine(objects: readonly KubernetesObject[]): string {
  const counts = { NetworkPolicy: 0, Pod: 0, Namespace: 0 };
  let made = 0;
  for (const object of objects) {
    counts[object.kind]++;
    if (object.kind === "Pod" && object.workload !== undefined) made++;
  }
  const pods = plural(counts.Pod, "pod", "pods") + (made > 0 ? ` (${made} made of workloads)` : "");
  return [
    plural(counts.NetworkPolicy, "policy", "policies"),
    pods,
    plural(counts.Namespace, "namespace", "namespaces"),
  ].join(", ");
}

function plural(count: number, one: string, many: string): string {
  return `${count} ${count === 1 ? one : many}`;
}

/** `skipped: 2 Service, 1 ConfigMap` */
export function skippedLine(skipped: ReadonlyMap<string, number>): string {
  const kinds = new Map<string, number>();
  for (const [type, count] of skipped) {
    const kind = printable(type.slice(type.lastIndexOf("/") + 1));
    kinds.set(kind, (kinds.get(kind) ?? 0) + count);
  }
  const sorted = [...kinds].sort(([a, m], [b, n]) => n - m || (a < b ? -1 : 1));
  const named = sorted.slice(0, maxNamed).map(([kind, count]) => `${count} ${kind}`);
  if (sorted.length > maxNamed)
    named.push(`${sorted.slice(maxNamed).reduce((sum, [, count]) => sum + count, 0)} of other kinds`);
  return `skipped: ${named.join(", ")}`;
}

/** A kind is whatever somebody wrote: only what a kind can be goes to a terminal. */
function printable(kind: string): string {
  return kind.replace(/[^A-Za-z0-9_.-]/g, "?").slice(0, 63);
}

/** Policies whose podSelector takes in no pod of their namespace, in order. */
function idlePolicies(objects: readonly KubernetesObject[]): readonly NetworkPolicy[] {
  const namespaces = new Map<string, NamespacePods>();
  for (const object of objects) if (object.kind === "Pod") podsOf(object.namespace, namespaces).all.push(object);
  const idle: NetworkPolicy[] = [];
  for (const object of objects) {
    if (object.kind !== "NetworkPolicy") continue;
    const pods = namespaces.get(object.namespace);
    if (!pods || !candidates(object, pods).some((pod) => selects(object.podSelector, pod.labels))) idle.push(object);
  }
  return idle;
}

interface NamespacePods {
  readonly all: Pod[];
  /** `key=value`, and `key` → the pods that carry it. Made when the first policy asks. */
  byLabel?: Map<string, Pod[]>;
}

function podsOf(namespace: string, namespaces: Map<string, NamespacePods>): NamespacePods {
  let pods = namespaces.get(namespace);
  if (!pods) namespaces.set(namespace, (pods = { all: [] }));
  return pods;
}

/** The fewest pods, found without looking at each, that every selected pod is among. */
function candidates({ podSelector }: NetworkPolicy, pods: NamespacePods): readonly Pod[] {
  if (pods.all.length <= 8) return pods.all;
  const index = (pods.byLabel ??= indexByLabel(pods.all));
  let fewest: readonly Pod[] = pods.all;
  const consider = (found: readonly Pod[]): void => {
    if (found.length < fewest.length) fewest = found;
  };
  for (const [key, value] of podSelector.matchLabels) consider(index.get(`${key}=${value}`) ?? []);
  for (const { key, operator, values } of podSelector.matchExpressions) {
    if (operator === "Exists" || operator === "In") consider(index.get(key) ?? []);
    if (operator === "In") consider([...new Set(values)].flatMap((value) => index.get(`${key}=${value}`) ?? []));
  }
  return fewest;
}

function indexByLabel(pods: readonly Pod[]): Map<string, Pod[]> {
  const index = new Map<string, Pod[]>();
  for (const pod of pods) {
    for (const [key, value] of pod.labels) {
      for (const entry of [key, `${key}=${value}`]) {
        const found = index.get(entry);
        if (found) found.push(pod);
        else index.set(entry, [pod]);
      }
    }
  }
  return index;
}
