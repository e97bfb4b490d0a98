import type { Annotations, Labels, NetworkPolicy, PlacedObject } from "../objects.js";
import type { IpVersion } from "../../text/ip-version.js";

/** Calico's own objects (projectcalico.org/v3), checked. Selectors are texts that can be parsed; "" where there is none. */
export type CalicoObject =
  | CalicoPolicy
  | StagedKubernetesPolicy
  | NetworkSet
  | HostEndpoint
  | Tier
  | CalicoProfile
  | FelixConfiguration
  | IpPool
  | BgpConfiguration;

export interface CalicoPolicy extends PlacedObject {
  /** A NetworkPolicy of Calico's is called so to tell it from that of Kubernetes. */
  readonly kind: "GlobalNetworkPolicy" | "CalicoNetworkPolicy" | "StagedGlobalNetworkPolicy" | "StagedNetworkPolicy";
  /** "" of a global one. */
  readonly namespace: string;
  readonly name: string;
  readonly tier: string;
  readonly order?: number;
  readonly selector: string;
  readonly namespaceSelector: string;
  readonly serviceAccountSelector: string;
  readonly ingressType: boolean;
  readonly egressType: boolean;
  readonly ingress: readonly CalicoRule[];
  readonly egress: readonly CalicoRule[];
  readonly doNotTrack: boolean;
  readonly preDnat: boolean;
  readonly applyOnForward: boolean;
  /** `AssumeNeededOnEveryNode` */
  readonly everywhere: boolean;
}

/** A NetworkPolicy of Kubernetes that is tried out. */
export interface StagedKubernetesPolicy extends PlacedObject {
  readonly kind: "StagedKubernetesNetworkPolicy";
  readonly namespace: string;
  readonly name: string;
  /** What it would be if it were enforced. */
  readonly policy: NetworkPolicy;
}

export interface CalicoRule {
  readonly action: "Allow" | "Deny" | "Pass" | "Log";
  readonly ipVersion?: IpVersion;
  /** A name as Calico spells it, `TCP`, or a number. */
  readonly protocol?: string | number;
  readonly notProtocol?: string | number;
  readonly icmp?: { readonly type: number; readonly code?: number };
  readonly notIcmp?: { readonly type: number; readonly code?: number };
  readonly source: CalicoEntity;
  readonly destination: CalicoEntity;
  readonly annotations: Labels;
  readonly offset: number;
  /** The field that it stands for, where that is not a rule of Calico's: `spec.ingress[0].from[1]`. */
  readonly field?: string;
}

export interface CalicoEntity {
  /** Blocks, bits after the prefix cleared. */
  readonly nets: readonly string[];
  readonly notNets: readonly string[];
  readonly selector: string;
  readonly notSelector: string;
  readonly namespaceSelector: string;
  readonly serviceAccounts?: { readonly names: readonly string[]; readonly selector: string };
  /** `namespace` is "" where the rule does not say it. */
  readonly services?: { readonly namespace: string; readonly name: string };
  readonly ports: readonly CalicoPort[];
  readonly notPorts: readonly CalicoPort[];
}

/** Both ends included; or the name of a port. */
export type CalicoPort = { readonly first: number; readonly last: number } | { readonly name: string };

export interface NetworkSet extends PlacedObject {
  readonly kind: "GlobalNetworkSet" | "NetworkSet";
  readonly namespace: string;
  readonly name: string;
  readonly labels: Labels;
  /** Blocks; addresses have the longest prefix. */
  readonly nets: readonly string[];
}

export interface HostEndpoint extends PlacedObject {
  readonly kind: "HostEndpoint";
  readonly namespace: "";
  readonly name: string;
  readonly labels: Labels;
  readonly node: string;
  /** `*` for all; "" where it goes by its addresses. */
  readonly interfaceName: string;
  readonly expectedIPs: readonly string[];
  readonly profiles: readonly string[];
  readonly ports: readonly { readonly name: string; readonly protocol: string | number; readonly port: number }[];
  /** Those of Calico's, by their keys; absent where there are none. */
  readonly annotations?: Annotations;
}

export interface Tier extends PlacedObject {
  readonly kind: "Tier";
  readonly namespace: "";
  readonly name: string;
  readonly order?: number;
  readonly defaultAction: "Deny" | "Pass";
}

export interface CalicoProfile extends PlacedObject {
  readonly kind: "Profile";
  readonly namespace: "";
  readonly name: string;
  readonly labelsToApply: Labels;
  readonly ingress: readonly CalicoRule[];
  readonly egress: readonly CalicoRule[];
}

/** Settings of Felix: those of every node (`default`), or of one (`node.NAME`). */
export interface FelixConfiguration extends PlacedObject {
  readonly kind: "FelixConfiguration";
  readonly namespace: "";
  readonly name: string;
  /** Values as Felix takes them from its environment: `tcp:22,udp:[10.0.0.0/8]:53`. */
  readonly settings: readonly { readonly name: string; readonly value: string; readonly offset: number }[];
}

/** What routers outside are told. */
export interface BgpConfiguration extends PlacedObject {
  readonly kind: "BGPConfiguration";
  readonly namespace: "";
  readonly name: string;
  /** Addresses of services: of the cluster, external ones, of load balancers. As they are written: blocks, or single addresses. */
  readonly serviceBlocks: readonly { readonly block: string; readonly field: string; readonly offset: number }[];
}

/** Addresses that Calico hands out. */
export interface IpPool extends PlacedObject {
  readonly kind: "IPPool";
  readonly namespace: "";
  readonly name: string;
  /** Bits after the prefix cleared. */
  readonly cidr: string;
  /** How packets travel between nodes: always or between subnets alone. */
  readonly encapsulation: "none" | "ipip" | "vxlan";
  /** What its pods send out of all pools leaves with the address of their node. */
  readonly natOutgoing: boolean;
  readonly uses: readonly ("Workload" | "Tunnel" | "LoadBalancer")[];
}
