import type { AddressSet } from "../../../pairs/pair-group.js";
import type { V2Generation } from "./generation.js";

/** A set as NPM knows it: what it is called, and what kind of kernel set it is. */
export interface SetMetadata {
  /** With its type's prefix: `podlabel-app:web`. */
  readonly readableName: string;
  /** Kernel type. */
  readonly type: "hash:net" | "hash:ip,port" | "list:set";
  /** CIDR sets only: 4294967295. */
  readonly maxElements?: number;
}

export const allNamespaces: SetMetadata = { readableName: "nslabel-all-namespaces", type: "list:set" };

export function namespaceSet(namespace: string): SetMetadata {
  return { readableName: `ns-${namespace}`, type: "hash:net" };
}

export function namespaceLabelSet(key: string, value?: string): SetMetadata {
  return { readableName: `nslabel-${label(key, value)}`, type: "list:set" };
}

export function podLabelSet(key: string, value?: string): SetMetadata {
  return { readableName: `podlabel-${label(key, value)}`, type: "hash:net" };
}

export function namedPortSet(name: string): SetMetadata {
  return { readableName: `namedport:${name}`, type: "hash:ip,port" };
}

/** The set that stands for an address set of the pairs. */
export function setOf(set: AddressSet, generation: V2Generation): SetMetadata {
  switch (set.kind) {
    case "namespace":
      return namespaceSet(set.namespace);
    case "all-namespaces":
      return allNamespaces;
    case "namespace-label":
      return namespaceLabelSet(set.key, set.value);
    case "pod-label":
      return podLabelSet(set.key, set.value);
    case "pod-label-values": {
      const name = generation.names.nested(set.policy, set.key);
      return { readableName: `nestedlabel-${[name, ...set.values].join(":")}`, type: "list:set" };
    }
    case "cidr": {
      const suffix = set.direction === "ingress" ? "IN" : "OUT";
      const name = generation.names.cidr(set.policy, set.namespace, set.rule, set.peer, suffix);
      return { readableName: `cidr-${name}`, type: "hash:net", maxElements: 4294967295 };
    }
  }
}

function label(key: string, value: string | undefined): string {
  return value === undefined ? key : `${key}:${value}`;
}
