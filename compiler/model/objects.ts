import type { Source } from "../text/source.js";

/** The objects a policy engine watches, checked and defaulted as the API server stores them. */
export type KubernetesObject = Namespace | Pod | NetworkPolicy;

/** Where an object or a part of it was written: `offset` points into the text of its object's `source`. */
interface Placed {
  /** 0-based UTF-16 code units. */
  readonly offset: number;
}

export interface PlacedObject extends Placed {
  readonly source: Source;
}

/** Key → value; a Map, so that no key can be special to JavaScript. Iterates by key, byte order. */
export type Labels = ReadonlyMap<string, string>;

export interface Namespace extends PlacedObject {
  readonly kind: "Namespace";
  readonly name: string;
  readonly labels: Labels;
  /** True when no document defines it and it exists because an object mentions it. */
  readonly implied: boolean;
}

export interface Pod extends PlacedObject {
  readonly kind: "Pod";
  readonly namespace: string;
  readonly name: string;
  readonly labels: Labels;
  /** `status.phase`; "" when the manifest has no status yet. */
  readonly phase: "" | "Pending" | "Running" | "Succeeded" | "Failed" | "Unknown";
  /** `status.podIP`, or the address that anpm gave it; "" when it has none. */
  readonly ip: string;
  /**
   * Every address, where that is more than `ip`: `status.podIPs`; of a pod whose status has none, what Calico's CNI plugin has noted in
   * its annotations. Absent: `ip` alone.
   */
  readonly addresses?: readonly string[];
  readonly hostNetwork: boolean;
  /** `spec.nodeName`; "" when not scheduled. */
  readonly nodeName: string;
  /** Ports of `spec.containers`, in written order; protocol defaulted to TCP. */
  readonly ports: readonly ContainerPort[];
  /** `spec.serviceAccountName`; absent: `default`, as the API server writes. */
  readonly serviceAccount?: string;
  /** Ports of `spec.initContainers`; absent where they have none. */
  readonly initPorts?: readonly ContainerPort[];
  /** What annotations of Calico's ask for, by their keys; absent where they ask for nothing. */
  readonly annotations?: Annotations;
  /** `metadata.deletionTimestamp` is set; then also how long it may take. */
  readonly deletionGracePeriodSeconds?: number;
  /** `metadata.uid`; "" when the manifest has none. */
  readonly uid: string;
  /** The workload it stands for (`Deployment/web`), when it was not written as a Pod. */
  readonly workload?: string;
}

export type Annotations = ReadonlyMap<string, Annotation>;

/** A value as it is written, unchecked. */
export interface Annotation extends Placed {
  readonly text: string;
}

export type Protocol = "TCP" | "UDP" | "SCTP";

export interface ContainerPort {
  /** "" when the port has no name. */
  readonly name: string;
  /** 1..65535 */
  readonly containerPort: number;
  readonly protocol: Protocol;
}

export interface NetworkPolicy extends PlacedObject {
  readonly kind: "NetworkPolicy";
  readonly namespace: string;
  readonly name: string;
  readonly podSelector: LabelSelector;
  /** Never empty: defaulted as the API server does. In written order. */
  readonly policyTypes: readonly PolicyType[];
  readonly ingress: readonly PolicyRule[];
  readonly egress: readonly PolicyRule[];
  /** `metadata.uid`; "" when the manifest has none. */
  readonly uid: string;
}

export type PolicyType = "Ingress" | "Egress";

/** One item of `spec.ingress` or `spec.egress`. An empty list means "all": all peers, all ports. */
export interface PolicyRule extends Placed {
  readonly peers: readonly Peer[];
  readonly ports: readonly PolicyPort[];
}

export type Peer = PodPeer | IpBlockPeer;

/** At least one of the two selectors is there. */
export interface PodPeer extends Placed {
  readonly kind: "pods";
  readonly podSelector?: LabelSelector;
  readonly namespaceSelector?: LabelSelector;
}

export interface IpBlockPeer extends Placed {
  readonly kind: "ipBlock";
  /** As written, valid IPv4 or IPv6, host bits possibly set: `192.168.3.77/20`. */
  readonly cidr: string;
  /** As written, each inside `cidr`. */
  readonly except: readonly string[];
}

export interface PolicyPort extends Placed {
  readonly protocol: Protocol;
  /** A number, a name of a container port, or absent: every port of the protocol. */
  readonly port?: number | string;
  /** With a numeric `port` only; `port` <= `endPort` <= 65535, both included. */
  readonly endPort?: number;
}

/** The empty selector (no labels, no expressions) selects everything. */
export interface LabelSelector extends Placed {
  readonly matchLabels: Labels;
  readonly matchExpressions: readonly Requirement[];
}

export interface Requirement extends Placed {
  readonly key: string;
  readonly operator: "In" | "NotIn" | "Exists" | "DoesNotExist";
  /** Not empty for In and NotIn, empty for the other two; as written, repetitions kept. */
  readonly values: readonly string[];
}

/** `namespace/name`; for a namespace its name. */
export function keyOf(object: KubernetesObject): string {
  return object.kind === "Namespace" ? object.name : `${object.namespace}/${object.name}`;
}
