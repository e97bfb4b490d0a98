import type { ResourceKind } from "./resources.js";

/** Kinds that make pods. */
export type WorkloadKind = (typeof workloadKinds)[number];

/** Kinds that admission reads. */
export type ReadKind = "NetworkPolicy" | "Namespace" | "Pod" | WorkloadKind;

const workloadKinds = [
  "Deployment",
  "ReplicaSet",
  "StatefulSet",
  "DaemonSet",
  "ReplicationController",
  "Job",
  "CronJob",
] as const;

/** The one version of each that Kubernetes 1.34 serves. */
export const versionOfKind: ReadonlyMap<string, string> = new Map<ReadKind, string>([
  ["NetworkPolicy", "networking.k8s.io/v1"],
  ["Namespace", "v1"],
  ["Pod", "v1"],
  ["ReplicationController", "v1"],
  ["Deployment", "apps/v1"],
  ["ReplicaSet", "apps/v1"],
  ["StatefulSet", "apps/v1"],
  ["DaemonSet", "apps/v1"],
  ["Job", "batch/v1"],
  ["CronJob", "batch/v1"],
]);

/** `apiVersion/kind` of kinds that are read where somebody watches them → what they are called here. */
export const resourceKinds: ReadonlyMap<string, ResourceKind> = new Map<string, ResourceKind>([
  ["v1/ServiceAccount", "ServiceAccount"],
  ["v1/Node", "Node"],
  ["discovery.k8s.io/v1/EndpointSlice", "EndpointSlice"],
  ...["projectcalico.org/v3", "crd.projectcalico.org/v1"].flatMap((version): [string, ResourceKind][] => [
    [`${version}/GlobalNetworkPolicy`, "GlobalNetworkPolicy"],
    [`${version}/NetworkPolicy`, "CalicoNetworkPolicy"],
    [`${version}/StagedGlobalNetworkPolicy`, "StagedGlobalNetworkPolicy"],
    [`${version}/StagedNetworkPolicy`, "StagedNetworkPolicy"],
    [`${version}/StagedKubernetesNetworkPolicy`, "StagedKubernetesNetworkPolicy"],
    [`${version}/GlobalNetworkSet`, "GlobalNetworkSet"],
    [`${version}/NetworkSet`, "NetworkSet"],
    [`${version}/HostEndpoint`, "HostEndpoint"],
    [`${version}/Tier`, "Tier"],
    [`${version}/Profile`, "Profile"],
    [`${version}/FelixConfiguration`, "FelixConfiguration"],
    [`${version}/IPPool`, "IPPool"],
    [`${version}/BGPConfiguration`, "BGPConfiguration"],
  ]),
]);

/** Groups that serve kinds which admission reads, now or long ago. In another group a kind of the same name is something else. */
export const groupsOfKinds: ReadonlySet<string> = new Set(["", "apps", "batch", "extensions", "networking.k8s.io"]);

/** Kinds of `v1` and of `networking.k8s.io` in Kubernetes 1.34, lists aside. */
export const knownKinds: ReadonlyMap<string, ReadonlySet<string>> = new Map([
  [
    "",
    new Set(
      `Binding ComponentStatus ConfigMap Endpoints Event LimitRange List Namespace Node PersistentVolume PersistentVolumeClaim Pod PodTemplate
      ReplicationController ResourceQuota Secret Service ServiceAccount Status RangeAllocation PodStatusResult SerializedReference`.split(
        /\s+/,
      ),
    ),
  ],
  ["networking.k8s.io", new Set(["NetworkPolicy", "Ingress", "IngressClass", "IPAddress", "ServiceCIDR"])],
]);

/** `apps` of `apps/v1`; "" of `v1`. */
export function groupOf(apiVersion: string): string {
  const slash = apiVersion.indexOf("/");
  return slash < 0 ? "" : apiVersion.slice(0, slash);
}
