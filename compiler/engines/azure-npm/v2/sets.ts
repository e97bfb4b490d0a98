import type { AddressSet } from "../../../pairs/pair-group.js";
import type { V2Generation } from "./generation.js";

/** A set as NPM knows it: what it is called, and what kind of kernel set it is. */
export interface SetMetadata {
  /** With its type's prefix: `podlabel-app:web`. */
  readonly readableName: string;
  /** `azure-npm-` and a hash of the readable name. */
  readonly kernelName: string;
  /** Kernel type. */
  readonly type: "hash:net" | "hash:ip,port" | "list:set";
  /** CIDR sets only: 4294967295. */
  readonly maxElements?: number;
}

/**
 * The sets that NPM has names for. The same set is the same value each time: names are written and hashed once, however many
 * policies and pods speak of a set.
 */
export class SetNames {
  readonly #generation: V2Generation;
  readonly #byReadableName = new Map<string, SetMetadata>();
  readonly #namespaces = new Map<string, SetMetadata>();
  readonly #namedPorts = new Map<string, SetMetadata>();
  readonly #podLabels = new Map<string, Map<string | undefined, SetMetadata>>();
  readonly #namespaceLabels = new Map<string, Map<string | undefined, SetMetadata>>();

  constructor(generation: V2Generation) {
    this.#generation = generation;
  }

  get allNamespaces(): SetMetadata {
    return this.#named("nslabel-all-namespaces", "list:set");
  }

  namespace(namespace: string): SetMetadata {
    return (
      this.#namespaces.get(namespace) ?? keep(this.#namespaces, namespace, this.#named(`ns-${namespace}`, "hash:net"))
    );
  }

  /** Without `value`: the key, whatever its value. */
  namespaceLabel(key: string, value?: string): SetMetadata {
    const values = this.#namespaceLabels.get(key) ?? keep(this.#namespaceLabels, key, new Map());
    return values.get(value) ?? keep(values, value, this.#named(`nslabel-${label(key, value)}`, "list:set"));
  }

  /** Without `value`: the key, whatever its value. */
  podLabel(key: string, value?: string): SetMetadata {
    const values = this.#podLabels.get(key) ?? keep(this.#podLabels, key, new Map());
    return values.get(value) ?? keep(values, value, this.#named(`podlabel-${label(key, value)}`, "hash:net"));
  }

  namedPort(name: string): SetMetadata {
    return this.#namedPorts.get(name) ?? keep(this.#namedPorts, name, this.#named(`namedport:${name}`, "hash:ip,port"));
  }

  /** The set that stands for an address set of the pairs. */
  of(set: AddressSet): SetMetadata {
    switch (set.kind) {
      case "namespace":
        return this.namespace(set.namespace);
      case "all-namespaces":
        return this.allNamespaces;
      case "namespace-label":
        return this.namespaceLabel(set.key, set.value);
      case "pod-label":
        return this.podLabel(set.key, set.value);
      case "pod-label-values": {
        const name = this.#generation.names.nested(set.policy, set.key);
        return this.#named(`nestedlabel-${[name, ...set.values].join(":")}`, "list:set");
      }
      case "cidr": {
        const suffix = set.direction === "ingress" ? "IN" : "OUT";
        const name = this.#generation.names.cidr(set.policy, set.namespace, set.rule, set.peer, suffix);
        return this.#named(`cidr-${name}`, "hash:net", 4294967295);
      }
    }
  }

  #named(readableName: string, type: SetMetadata["type"], maxElements?: number): SetMetadata {
    const known = this.#byReadableName.get(readableName);
    if (known) return known;
    const kernelName = `azure-npm-${this.#generation.hashes.set(readableName)}`;
    const made = { readableName, kernelName, type, ...(maxElements !== undefined && { maxElements }) };
    return keep(this.#byReadableName, readableName, made);
  }
}

function keep<K, V>(map: Map<K, V>, key: K, value: V): V {
  map.set(key, value);
  return value;
}

function label(key: string, value: string | undefined): string {
  return value === undefined ? key : `${key}:${value}`;
}
