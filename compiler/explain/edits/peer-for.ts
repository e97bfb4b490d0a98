import type { Labels, NetworkPolicy } from "../../model/objects.js";
import type { Cluster, Endpoint } from "../../simulate/cluster.js";
import { versionOfText } from "../../simulate/ip.js";
import type { Written } from "./yaml-lines.js";

/** The narrowest peer that means an endpoint. */
export function peerFor(other: Endpoint, policy: NetworkPolicy, cluster: Cluster): Written {
  if (other.kind !== "pod") return { ipBlock: { cidr: blockOf(other.address) } };
  const { namespace, labels } = other.pod;
  const pods = labelsOf(labels);
  const podSelector: Written = Object.keys(pods).length === 0 ? {} : { matchLabels: pods };
  if (namespace === policy.namespace) return { podSelector };
  const its = cluster.labelsOfNamespace(namespace);
  const name = its.get(nameLabel);
  const chosen = name === undefined ? labelsOf(its) : { [nameLabel]: name };
  return { namespaceSelector: Object.keys(chosen).length === 0 ? {} : { matchLabels: chosen }, podSelector };
}

/** The block of an address alone: `203.0.113.7/32`, `2001:db8::7/128`. */
export function blockOf(address: string): string {
  return `${address}/${versionOfText(address) === 4 ? 32 : 128}`;
}

const nameLabel = "kubernetes.io/metadata.name";

/** Without those that a workload gives each of its versions anew. */
export function labelsOf(labels: Labels): { readonly [key: string]: string } {
  return Object.fromEntries([...labels].filter(([key]) => !key.endsWith("pod-template-hash")));
}
