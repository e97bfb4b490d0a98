import type { CalicoObject } from "./calico/objects.js";
import type { KubernetesObject, Labels, PlacedObject } from "./objects.js";

/** Objects beside Namespace, Pod and NetworkPolicy, which only some engines watch. */
export type Resource = ServiceAccount | EndpointSlice | ClusterNode | CalicoObject;

/** What resources are called here: kinds of Kubernetes by their own name. */
export type ResourceKind = Resource["kind"];

export interface ServiceAccount extends PlacedObject {
  readonly kind: "ServiceAccount";
  readonly namespace: string;
  readonly name: string;
  readonly labels: Labels;
}

/** Addresses behind a service. */
export interface EndpointSlice extends PlacedObject {
  readonly kind: "EndpointSlice";
  readonly namespace: string;
  readonly name: string;
  /** `namespace/name`; "" when no label names one. */
  readonly service: string;
  readonly addressType: string;
  readonly addresses: readonly string[];
  readonly ports: readonly { readonly protocol: string; readonly port: number }[];
}

/** A machine of the cluster. */
export interface ClusterNode extends PlacedObject {
  readonly kind: "Node";
  readonly namespace: "";
  readonly name: string;
  readonly labels: Labels;
  /** `status.addresses`, unchecked. */
  readonly addresses: readonly { readonly type: string; readonly address: string }[];
  /** Addresses in annotations of Calico's, by the name behind `projectcalico.org/`: `IPv4IPIPTunnelAddr`. */
  readonly noted: ReadonlyMap<string, string>;
}

/** Whatever is applied to a cluster. */
export type StoredObject = KubernetesObject | Resource;

/** `namespace/name`, or the name of one without a namespace. */
export function resourceKey({ namespace, name }: Resource): string {
  return namespace === "" ? name : `${namespace}/${name}`;
}
