import type { KubernetesObject, Labels, NetworkPolicy, Pod } from "../model/objects.js";
import type { Specification } from "../engines/specification.js";
import { parseIp, plainIp, versionOfText } from "./ip.js";
import { addressesOf } from "./tiers/holders.js";
import { TieredCluster } from "./tiers/tiered-cluster.js";
import type { IpVersion } from "../text/ip-version.js";

/** One end of a connection, as network policies see it. */
export type Endpoint = PodEndpoint | HostNetworkEndpoint | OutsideEndpoint;

/** A pod with an address of its own. */
export interface PodEndpoint {
  readonly kind: "pod";
  readonly pod: Pod;
  readonly address: string;
}

/** A pod that shares its node's address: policies neither select it nor name it, they see an address only. */
export interface HostNetworkEndpoint {
  readonly kind: "host-network";
  readonly pod: Pod;
  readonly address: string;
}

/** An address that no pod has. */
export interface OutsideEndpoint {
  readonly kind: "outside";
  readonly address: string;
  /** Who gets what is for it, where it stands for an address of a pod's. */
  readonly standsFor?: PodEndpoint;
}

/** Objects, indexed for questions about packets of one version of IP. */
export interface Cluster {
  readonly version: IpVersion;
  /** Every pod that can send and receive, in the order of the objects: it has an address of the version, the first of which counts, and has not finished. */
  readonly endpoints: readonly (PodEndpoint | HostNetworkEndpoint)[];
  /** In the order of the objects. */
  readonly policies: readonly NetworkPolicy[];
  /** Policies in the pod's namespace; whether they select it is another question. */
  policiesIn(namespace: string): readonly NetworkPolicy[];
  /** No labels for a namespace that nothing defines. */
  labelsOfNamespace(name: string): Labels;
  /**
   * `namespace/pod` or an IP address; an address that a pod has of its own means that pod. Undefined for a name without a
   * running pod, and for what is no address.
   */
  endpoint(name: string): Endpoint | undefined;
  /** What is asked instead of NetworkPolicy alone, where the rules are measured by more. */
  readonly tiered?: TieredCluster;
}

/** Objects, and what is asked about them beside NetworkPolicy. */
export function clusterOf(
  objects: readonly KubernetesObject[],
  specification?: Specification,
  version: IpVersion = 4,
): Cluster {
  const endpoints: (PodEndpoint | HostNetworkEndpoint)[] = [];
  const policies: NetworkPolicy[] = [];
  const byName = new Map<string, Endpoint>();
  const byAddress = new Map<string, Endpoint>();
  const namespaces = new Map<string, Labels>();
  const byNamespace = new Map<string, NetworkPolicy[]>();
  for (const object of objects) {
    if (object.kind === "Namespace") namespaces.set(object.name, object.labels);
    else if (object.kind === "NetworkPolicy") {
      policies.push(object);
      const others = byNamespace.get(object.namespace);
      if (others) others.push(object);
      else byNamespace.set(object.namespace, [object]);
    } else {
      const endpoint = endpointOf(object, version);
      if (!endpoint) continue;
      endpoints.push(endpoint);
      byName.set(`${object.namespace}/${object.name}`, endpoint);
      if (endpoint.kind === "pod") byAddress.set(endpoint.address, endpoint);
    }
  }
  const labelsOfNamespace = (name: string): Labels => namespaces.get(name) ?? noLabels;
  const pods = objects.filter((object) => object.kind === "Pod");
  const tiered = specification && new TieredCluster({ pods, policies, labelsOfNamespace, specification });
  const outside = (address: string): OutsideEndpoint => {
    const where = tiered?.map.find(address);
    if (where?.kind !== "pod") return { kind: "outside", address };
    const [first] = tiered!.translationsOf(address);
    return { kind: "outside", address, standsFor: { kind: "pod", pod: where.pod, address: first?.to ?? address } };
  };
  return {
    version,
    endpoints,
    policies,
    policiesIn: (namespace) => byNamespace.get(namespace) ?? [],
    labelsOfNamespace,
    ...(tiered && { tiered }),
    endpoint: (name) =>
      byName.get(name) ??
      byAddress.get(plainIp(name)) ??
      (parseIp(name) === undefined ? undefined : outside(plainIp(name))),
  };
}

const noLabels: Labels = new Map();

function endpointOf(pod: Pod, version: IpVersion): PodEndpoint | HostNetworkEndpoint | undefined {
  const address = isRunning(pod) ? addressesOf(pod).find((each) => versionOfText(each) === version) : undefined;
  return address === undefined ? undefined : { kind: pod.hostNetwork ? "host-network" : "pod", pod, address };
}

/** The code of what is said where somebody names an end without an address of a version. */
export function otherVersion(version: IpVersion): "endpoint-not-ipv4" | "endpoint-not-ipv6" {
  return version === 4 ? "endpoint-not-ipv4" : "endpoint-not-ipv6";
}

/** Whether a pod has an address, of whatever version, and has not finished. */
export function isRunning({ ip, phase }: Pod): boolean {
  return ip !== "" && phase !== "Succeeded" && phase !== "Failed";
}

/** Whether a verdict about the two means anything: a pod always reaches itself, and policies say nothing about two outsiders. */
export function isPair(source: Endpoint, destination: Endpoint): boolean {
  if (source.kind === "outside" && destination.kind === "outside")
    return destination.standsFor !== undefined && source.address !== destination.address;
  return source.kind === "outside" || destination.kind === "outside" || source.pod !== destination.pod;
}

/**
 * Whether a node decides about packets between two ends. By NetworkPolicy it does when it forwards them: one end is a pod with an address
 * of its own. With tiers it is one node that is looked at: one end is a pod of this node, or its host endpoints are asked.
 */
export function isDecided({ tiered }: Cluster, source: Endpoint, destination: Endpoint): boolean {
  if (!tiered) return source.kind === "pod" || destination.kind === "pod";
  const kinds = [tiered.map.find(source.address).kind, tiered.map.find(destination.address).kind];
  return kinds.includes("pod") || (tiered.map.hasHostEndpoints && kinds.includes("beyond"));
}
