import type { FailsafePort, NodeInterface } from "../specification.js";

/** One node, and how Felix is configured on it. */
export interface Settings {
  readonly node: NodeView;
  readonly felix: FelixSettings;
  /** The version of IP that the tables are for. */
  readonly ipVersion: 4 | 6;
}

/** What cannot be seen in the cluster's objects. */
export interface NodeView {
  /** Pods with this `spec.nodeName` are local. */
  readonly name: string;
  /** Prefixes of the names of pods' interfaces, the first that of new ones: `azv`. */
  readonly interfacePrefixes: readonly string[];
  /** Pods, `namespace/name` → the name of their interface, where it does not follow from the pod's name. */
  readonly interfaces: ReadonlyMap<string, string>;
  /** The first is that of the default route. */
  readonly hostInterfaces: readonly NodeInterface[];
}

/** Felix's settings, as far as they show in tables. Their names are those of FelixConfiguration. */
export interface FelixSettings {
  readonly defaultEndpointToHostAction: "ACCEPT" | "DROP" | "RETURN";
  readonly filterAllowAction: "ACCEPT" | "RETURN";
  readonly mangleAllowAction: "ACCEPT" | "RETURN";
  readonly filterDenyAction: "DROP" | "REJECT";
  readonly appendsHooks: boolean;
  readonly disableConntrackInvalidCheck: boolean;
  readonly failsafeInbound: readonly FailsafePort[];
  readonly failsafeOutbound: readonly FailsafePort[];
  readonly allowVxlanFromWorkloads: boolean;
  readonly allowIpipFromWorkloads: boolean;
  readonly logPrefix: string;
  /** There are rules and sets for IPv6, too. */
  readonly ipv6: boolean;
}
