import type { Pod } from "../../../model/objects.js";
import type { IgnoredPod } from "../ignored-pods.js";
import type { SetMetadata, SetNames } from "./sets.js";

/** That a pod's address stands in a set. */
export interface Membership {
  readonly set: SetMetadata;
  /** As NPM adds it: `10.0.0.4`, or `10.0.0.4,TCP:80` for a named port. */
  readonly member: string;
}

/**
 * The sets a pod belongs to: its namespace, each label's key, each label, each named port.
 * Source: Azure NPM cbd7560cf, npm/pkg/controlplane/controllers/v2/podController.go, syncAddedPod.
 */
export function memberships(pod: Pod, names: SetNames): Membership[] {
  const found: Membership[] = [{ set: names.namespace(pod.namespace), member: pod.ip }];
  for (const [key, value] of pod.labels) {
    found.push({ set: names.podLabel(key), member: pod.ip }, { set: names.podLabel(key, value), member: pod.ip });
  }
  for (const { name, protocol, containerPort } of pod.ports) {
    if (name !== "") found.push({ set: names.namedPort(name), member: `${pod.ip},${protocol}:${containerPort}` });
  }
  return found;
}

/** Why NPM puts a pod into no set; undefined when it does. */
export function reasonToIgnore(pod: Pod): IgnoredPod | undefined {
  if (pod.hostNetwork) return "host-network";
  if (pod.phase === "Succeeded" || pod.phase === "Failed") return "finished";
  if (pod.deletionGracePeriodSeconds === 0) return "deleted";
  if (pod.ip === "") return "no-address";
  return pod.ip.includes(":") ? "ipv6" : undefined;
}
