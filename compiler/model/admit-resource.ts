import type { Entry } from "../manifest/value.js";
import { readEndpointSlice } from "./admit-endpoint-slice.js";
import type { Metadata } from "./admit-metadata.js";
import { readNode } from "./admit-node.js";
import { readServiceAccount } from "./admit-pod.js";
import { readBgpConfiguration } from "./calico/read-bgp-configuration.js";
import { readIpPool } from "./calico/read-ip-pool.js";
import {
  readCalicoPolicy,
  readFelixConfiguration,
  readHostEndpoint,
  readNetworkSet,
  readProfile,
  readTier,
} from "./calico/read-objects.js";
import { readStagedKubernetesPolicy } from "./calico/read-staged-kubernetes.js";
import type { Checker } from "./checker.js";
import type { Resource, ResourceKind } from "./resources.js";

/** Those that lie in a namespace; true: in none. */
const isGlobalKind: Readonly<Record<ResourceKind, boolean>> = {
  ServiceAccount: false,
  Node: true,
  EndpointSlice: false,
  GlobalNetworkPolicy: true,
  CalicoNetworkPolicy: false,
  StagedGlobalNetworkPolicy: true,
  StagedNetworkPolicy: false,
  StagedKubernetesNetworkPolicy: false,
  GlobalNetworkSet: true,
  NetworkSet: false,
  HostEndpoint: true,
  Tier: true,
  Profile: true,
  FelixConfiguration: true,
  IPPool: true,
  BGPConfiguration: true,
};

export function isResource(object: { readonly kind: string }): object is Resource {
  return isResourceKind(object.kind);
}

export function isResourceKind(kind: string): kind is ResourceKind {
  return Object.hasOwn(isGlobalKind, kind);
}

/** Whether objects of the kind lie in no namespace. */
export function isGlobal(kind: string): boolean {
  return isResourceKind(kind) && isGlobalKind[kind];
}

/** Reads and checks a resource of a kind that is watched. */
export function readResource(
  kind: ResourceKind,
  apiVersion: string,
  fields: readonly Entry[],
  offset: number,
  metadata: Metadata,
  checker: Checker,
): Resource {
  const frame = { fields, offset, metadata, checker, stored: apiVersion.startsWith("crd.") };
  switch (kind) {
    case "ServiceAccount":
      return readServiceAccount(fields, offset, metadata, checker);
    case "Node":
      return readNode(fields, offset, metadata, checker);
    case "EndpointSlice":
      return readEndpointSlice(fields, offset, metadata, checker);
    case "GlobalNetworkPolicy":
    case "CalicoNetworkPolicy":
    case "StagedGlobalNetworkPolicy":
    case "StagedNetworkPolicy":
      return readCalicoPolicy(kind, frame);
    case "StagedKubernetesNetworkPolicy":
      return readStagedKubernetesPolicy(frame);
    case "GlobalNetworkSet":
    case "NetworkSet":
      return readNetworkSet(kind, frame);
    case "HostEndpoint":
      return readHostEndpoint(frame);
    case "Tier":
      return readTier(frame);
    case "Profile":
      return readProfile(frame);
    case "FelixConfiguration":
      return readFelixConfiguration(frame);
    case "IPPool":
      return readIpPool(frame);
    case "BGPConfiguration":
      return readBgpConfiguration(frame);
  }
}
