import type { Resource } from "../model/resources.js";
import type { IpVersion } from "../text/ip-version.js";

/**
 * What rules are measured by where that is more than NetworkPolicy of Kubernetes: the policies of projectcalico.org/v3, as their
 * documentation says that one node enforces them. Kubernetes's own are among them, as policies of the tier `default`.
 */
export interface Specification {
  /** What was applied beside namespaces, pods and policies of Kubernetes. */
  readonly resources: readonly Resource[];
  /** Those of them that the release does not know, so that for it they are not there. */
  readonly unknown: readonly Resource[];
  /** Pods, `namespace/name`, that the release treats as missing. */
  readonly refusedPods: readonly string[];
  /** Addresses of services: what comes to the node for them and was not translated it passes on to nobody. */
  readonly services: {
    readonly blocks: readonly string[];
    /** What belongs to a connection that a pod's policies or those of a host endpoint have allowed is passed on all the same. */
    readonly knownPass: boolean;
  };
  /** Where IPVS forwards to services: it takes what comes for addresses that only services have, and for some ports of the node. */
  readonly proxied?: {
    readonly ports: readonly { readonly first: number; readonly last: number }[];
    /** Refused pods whose packets the release takes for the node's own, so that it may have an answer for them. */
    readonly notFrom: readonly string[];
  };
  /** Name of the node; it enforces what its own pods and interfaces ask for. */
  readonly node: string;
  /** The node's own interfaces; what no network of theirs holds is behind the first. */
  readonly interfaces: readonly NodeInterface[];
  readonly failsafe: { readonly inbound: readonly FailsafePort[]; readonly outbound: readonly FailsafePort[] };
  /** Whether the node takes what its pods may send to it. */
  readonly podsReachNode: boolean;
  /** Types of ICMPv6 that the node takes from its pods whatever policies say: without them neither finds the other. */
  readonly neighbourMessages: readonly number[];
  /** What the node takes from its pods whatever policies say. */
  readonly nodeServices: readonly NodeService[];
  /** Packets that policies before connection tracking are not asked about. */
  readonly neverUntracked: readonly (NodeService & { readonly source: string })[];
  /** What packets that come for an address go on to, the first of several; policies of pods see what they have become. */
  readonly translations: readonly AddressTranslation[];
  /** Tunnels that no pod may send packets into. */
  readonly refusedTunnels: readonly Tunnel[];
  /** What policies of host endpoints have allowed before translation is not asked about tunnels. */
  readonly acceptsBeforeTunnels: boolean;
  /** Tunnels between nodes, in the order in which they are asked. Policies do not decide about their packets between the node and others. */
  readonly tunnels: readonly NodeTunnel[];
}

/** A port of the node. */
export interface NodeService {
  readonly ipVersion: IpVersion;
  readonly protocol: "tcp" | "udp";
  readonly port: number;
  /** Absent: any. */
  readonly sourcePort?: number;
  /** Absent: any of the node's addresses. */
  readonly address?: string;
}

/** An address that stands for another one. */
export interface AddressTranslation {
  readonly address: string;
  /** Absent: all packets. */
  readonly only?: { readonly protocol: "tcp" | "udp"; readonly port: number };
  readonly to: string;
  /** Absent: the port stays as it is. */
  readonly toPort?: number;
  /** What the node itself sends is translated, too. */
  readonly ofNode: boolean;
}

/** Packets that carry packets. */
export interface Tunnel {
  readonly name: "IPIP" | "VXLAN" | "WireGuard";
  /** Of UDP; absent: the packets are of protocol 4. */
  readonly port?: number;
}

export interface NodeTunnel extends Tunnel {
  /** Of the packets that carry. */
  readonly ipVersion: IpVersion;
  /** Blocks of those who may use it, others may send the node nothing through it; absent: everybody may. */
  readonly peers?: readonly string[];
  /** Packets to its port, whoever sends them to whomever, belong to no connection: nothing answers them. */
  readonly untracked?: true;
}

export interface NodeInterface {
  readonly name: string;
  /** The node's addresses there, without a length. */
  readonly addresses: readonly string[];
  /** Blocks of the machines that are directly behind it. */
  readonly networks: readonly string[];
  /** A setting has it left out: no host endpoint is about it but that of all interfaces. */
  readonly excluded?: true;
}

/** A port of the node that no policy closes. */
export interface FailsafePort {
  /** `tcp`, `udp` or `sctp` */
  readonly protocol: string;
  readonly port: number;
  /** A block; absent: from and to everywhere. */
  readonly net?: string;
}
