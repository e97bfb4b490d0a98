import type { FailsafePort, NodeInterface } from "../specification.js";
import type { Features, Ports, RateLimit } from "./felix/fragments.js";
import type { Marks } from "./marks.js";
import type { ServiceMember } from "./cluster/service-members.js";
import type { IpPool } from "../../model/calico/objects.js";
import type { Origin } from "../../text/origin.js";
import type { IpVersion } from "../../text/ip-version.js";

/** One node, and how Felix is configured on it. */
export interface Settings {
  readonly node: NodeView;
  readonly felix: FelixSettings;
  readonly underlay: Underlay;
  /** The version of IP that the tables are for. */
  readonly ipVersion: IpVersion;
}

/** What cannot be seen in the cluster's objects. */
export interface NodeView {
  /** Pods with this `spec.nodeName` are local. */
  readonly name: string;
  /** Prefixes of the names of pods' interfaces, the first that of new ones: `azv`. */
  readonly interfacePrefixes: readonly string[];
  /** Pods, `namespace/name` → the name of their interface, where it does not follow from the pod's name. */
  readonly interfaces: ReadonlyMap<string, string>;
  /** kube-proxy works with IPVS: there is the interface that it gives the addresses of services to. */
  readonly ipvs: boolean;
  /** The first is that of the default route. */
  readonly hostInterfaces: readonly NodeInterface[];
}

/** Felix's settings, as far as they show in tables. Their names are those of FelixConfiguration. */
export interface FelixSettings {
  readonly defaultEndpointToHostAction: "ACCEPT" | "DROP" | "RETURN";
  readonly filterAllowAction: "ACCEPT" | "RETURN";
  readonly mangleAllowAction: "ACCEPT" | "RETURN";
  readonly appendsHooks: boolean;
  readonly disableConntrackInvalidCheck: boolean;
  readonly failsafeInbound: readonly FailsafePort[];
  readonly failsafeOutbound: readonly FailsafePort[];
  readonly allowVxlanFromWorkloads: boolean;
  readonly allowIpipFromWorkloads: boolean;
  /** It may have words for a policy in it: `%t`. */
  readonly logPrefix: string;
  /** Pods may send from addresses that are not theirs, where an annotation asks for it. */
  readonly sourceSpoofing: boolean;
  /** What becomes of packets to addresses of services that nothing has translated; disabled: they go on. */
  readonly serviceLoops: "DROP" | "REJECT" | "DISABLED";
  /** Of LOG rules; "" for none. */
  readonly logRate: string;
  readonly logBurst: number;
  /** What becomes of packets is told to a server, and to whoever listens on the node. */
  readonly flowLogsToServer: boolean;
  readonly flowLogsOnNode: boolean;
  readonly features: Features;
  /** The bits of packets' marks that are Felix's, and what each of them is for. */
  readonly markMask: number;
  readonly marks: Marks;
  /** The node's own interfaces that Felix does not look at: names, or what is found in them. */
  readonly excludedInterfaces: readonly RegExp[];
  /** Of services, where IPVS forwards what comes for them. */
  readonly nodePorts: readonly Ports[];
  /** `maxelem` of sets. */
  readonly maxSetSize: number;
  /** Absent: on where a pool asks for it. */
  readonly ipip?: boolean;
  readonly vxlan?: boolean;
  readonly vxlanPort: number;
  /** For the packets of IPv4, and of IPv6. */
  readonly wireguard: boolean;
  readonly wireguardV6: boolean;
  readonly wireguardPort: number;
  readonly wireguardPortV6: number;
  readonly wireguardInterface: string;
  readonly wireguardInterfaceV6: string;
  /** What nodes themselves send each other is encrypted, too. */
  readonly wireguardHosts: boolean;
  /** Blocks of machines that are no nodes and may send encapsulated packets. */
  readonly externalNodes: readonly string[];
  /** What natOutgoing makes of a source: a port of these, an address; only behind an interface, "" for all; not to nodes. */
  readonly natPorts?: Ports;
  readonly natAddress?: string;
  readonly natInterface: string;
  readonly natExcludesHosts: boolean;
  /** What pods of Istio's mesh send each other is marked with a value of DSCP. */
  readonly istioAmbientMode: boolean;
  readonly istioDscpMark: number;
  /** Pods get the floating addresses that their annotations ask for. */
  readonly floatingIps: boolean;
  /** Something says that the cluster is OpenStack's. */
  readonly openstackCluster: boolean;
  /** Where OpenStack's metadata is served; undefined: nowhere. */
  readonly metadataAddress: string | undefined;
  readonly metadataPort: number;
  /** There are rules and sets for IPv6, too. */
  readonly ipv6: boolean;
}

/** The node's interfaces that Felix looks at. */
export function watchedInterfaces({ hostInterfaces }: NodeView): readonly NodeInterface[] {
  return hostInterfaces.filter(({ excluded }) => !excluded);
}

export interface ServiceBlock {
  /** As it is written: a block, or a single address. */
  readonly block: string;
  readonly origin: Origin;
}

/** The limit of LOG rules. */
export function logLimit({ logRate, logBurst }: FelixSettings): RateLimit | undefined {
  return logRate === "" ? undefined : { rate: logRate, burst: logBurst };
}

/** Whether rules tell Felix what becomes of packets. */
export function hasFlowLogs({ flowLogsToServer, flowLogsOnNode }: FelixSettings): boolean {
  return flowLogsToServer || flowLogsOnNode;
}

/** What carries packets from node to node, as pools, settings and Nodes say. */
export interface Underlay {
  readonly pools: readonly IpPool[];
  /** Blocks of addresses of services that are told to routers outside. */
  readonly serviceBlocks: readonly ServiceBlock[];
  /** Addresses of all nodes. */
  readonly hosts: readonly ServiceMember[];
  readonly ipip: boolean;
  /** For the packets of IPv4, and of IPv6. */
  readonly vxlan: boolean;
  readonly vxlanV6: boolean;
  /** Addresses of the other nodes that have an end of a VXLAN tunnel. */
  readonly vxlanHosts: readonly ServiceMember[];
  /** This node's ends of tunnels that have an address. */
  readonly ends: readonly NodeInterface[];
}
