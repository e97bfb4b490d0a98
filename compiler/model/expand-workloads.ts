import { diagnostic, type Diagnostic } from "../text/diagnostic.js";
import { formatLocation } from "../text/source.js";
import { keyOf, type KubernetesObject, type Namespace, type NetworkPolicy, type Pod } from "./objects.js";
import { podsOf, type Workload } from "./workloads.js";

/** An object that was checked, before workloads become pods. */
export type Admitted = Namespace | NetworkPolicy | AdmittedPod | Workload;

/** A pod, and the workload that made it: `ReplicaSet/web-5d4f8c`. */
export interface AdmittedPod extends Pod {
  readonly controller?: string;
}

/** `namespace/name`; of a namespace its name. */
export function admittedName(object: Admitted): string {
  return object.kind === "Namespace" ? object.name : `${object.namespace}/${object.name}`;
}

/** Pods that are made of workloads at most, in all. */
const maxPods = 250_000;

/**
 * Puts pods in the place of each workload, unless its pods are in the input themselves, or the workload that made it is (a dump of a cluster
 * holds a Deployment, its ReplicaSets and their pods).
 */
export function expandWorkloads(admitted: readonly Admitted[], diagnostics: Diagnostic[]): readonly KubernetesObject[] {
  if (!admitted.some(isWorkload)) return admitted as readonly KubernetesObject[];
  const present = findPresent(admitted);
  const nodes = findNodes(admitted);
  const objects = new Map<string, KubernetesObject>();
  let room = maxPods;
  for (const object of admitted) {
    if (!isWorkload(object)) put(object, objects, diagnostics);
    else if (!present.has(workloadKey(object.namespace, `${object.kind}/${object.name}`))) {
      const pods = podsOf(object, nodes);
      if (pods.length > room) {
        const where = { location: object, object: `${object.namespace}/${object.name}` };
        diagnostics.push(diagnostic("replicas-capped", { wanted: pods.length, made: room }, where));
      }
      for (const pod of pods.slice(0, room)) put(pod, objects, diagnostics);
      room -= Math.min(room, pods.length);
    }
  }
  return [...objects.values()];
}

function isWorkload(object: Admitted): object is Workload {
  return "count" in object;
}

function workloadKey(namespace: string, workload: string): string {
  return `${namespace}/${workload}`;
}

/** The workloads that make no pods, because the input holds those pods, or the workload above them. */
function findPresent(admitted: readonly Admitted[]): ReadonlySet<string> {
  const present = new Set<string>();
  for (const object of admitted) {
    if (object.kind !== "Pod" || !object.controller) continue;
    present.add(workloadKey(object.namespace, object.controller));
    const deployment = deploymentOf(object);
    if (deployment !== undefined) present.add(workloadKey(object.namespace, deployment));
  }
  const workloads = admitted.filter(isWorkload);
  const all = new Set(
    workloads.map((workload) => workloadKey(workload.namespace, `${workload.kind}/${workload.name}`)),
  );
  for (const workload of workloads) {
    if (workload.controller === undefined) continue;
    const own = workloadKey(workload.namespace, `${workload.kind}/${workload.name}`);
    const above = workloadKey(workload.namespace, workload.controller);
    if (present.has(own)) present.add(above);
    if (all.has(above)) present.add(own);
  }
  return present;
}

/** `Deployment/web` of a pod of the ReplicaSet `web-5d4f8c`. */
function deploymentOf(pod: AdmittedPod): string | undefined {
  const hash = pod.labels.get("pod-template-hash");
  if (!hash || !pod.controller?.startsWith("ReplicaSet/") || !pod.controller.endsWith(`-${hash}`)) return undefined;
  return `Deployment/${pod.controller.slice("ReplicaSet/".length, -hash.length - 1)}`;
}

/** Nodes that pods of the input run on, by name. */
function findNodes(admitted: readonly Admitted[]): readonly string[] {
  const nodes = new Set<string>();
  for (const object of admitted) if (object.kind === "Pod" && object.nodeName !== "") nodes.add(object.nodeName);
  return [...nodes].sort();
}

/** A pod of a workload may have the name of a pod that was written: the later one stays. */
function put(object: KubernetesObject, objects: Map<string, KubernetesObject>, diagnostics: Diagnostic[]): void {
  const name = keyOf(object);
  const key = `${object.kind} ${name}`;
  const earlier = objects.get(key);
  if (earlier) {
    const parameters = { kind: object.kind, name, first: formatLocation(earlier) };
    diagnostics.push(diagnostic("object-replaced", parameters, { location: object, object: name }));
    objects.delete(key);
  }
  objects.set(key, object);
}
