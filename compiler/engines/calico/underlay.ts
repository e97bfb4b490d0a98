import type { BgpConfiguration, IpPool } from "../../model/calico/objects.js";
import { overlaps, parseCidr, type Cidr, wholeBlock } from "../../model/cidr.js";
import type { ClusterNode } from "../../model/resources.js";
import { diagnostic, type Diagnostic } from "../../text/diagnostic.js";
import type { NodeInterface, NodeTunnel } from "../specification.js";
import type { ServiceMember } from "./cluster/service-members.js";
import { fieldOrigin } from "./cluster/origins.js";
import type { Generation } from "./generation.js";
import type { FelixSettings, Underlay } from "./settings.js";
import type { IpVersion } from "../../text/ip-version.js";

/**
 * Which encapsulation is on follows from the pools, unless settings say it; which nodes take part, from their Nodes. Source: Calico a0db560f0520,
 * felix/calc/encapsulation_resolver.go and vxlan_resolver.go, felix/dataplane/linux/ipip_mgr.go and vxlan_mgr.go. Of earlier releases the client that
 * stores a pool switches the setting on.
 */
export function underlayOf(
  pools: readonly IpPool[],
  nodes: readonly ClusterNode[],
  bgp: BgpConfiguration | undefined,
  node: string,
  felix: FelixSettings,
): Underlay {
  const has = (encapsulation: IpPool["encapsulation"], six: boolean): boolean =>
    pools.some((pool) => pool.encapsulation === encapsulation && pool.cidr.includes(":") === six);
  const ipip = felix.ipip ?? has("ipip", false);
  const vxlan = felix.vxlan ?? has("vxlan", false);
  const vxlanV6 = has("vxlan", true);
  const others = nodes.filter(({ name }) => name !== node);
  const peers = (six: boolean): readonly ServiceMember[] =>
    others
      .filter(({ noted }) => noted.has(six ? "IPv6VXLANTunnelAddr" : "IPv4VXLANTunnelAddr"))
      .flatMap((each) => member(each, six));
  const own = nodes.find(({ name }) => name === node);
  const end = (name: string, annotation: string): readonly NodeInterface[] => {
    const address = own?.noted.get(annotation);
    if (address === undefined) return [];
    return [{ name, addresses: [address], networks: [wholeBlock(address)] }];
  };
  return {
    pools,
    serviceBlocks: (bgp?.serviceBlocks ?? []).map(({ block, field, offset }) => ({
      block,
      origin: fieldOrigin(bgp!, field, offset),
    })),
    hosts: [false, true].flatMap((six) => nodes.flatMap((each) => member(each, six))),
    ipip,
    vxlan,
    vxlanV6,
    vxlanHosts: [...peers(false), ...peers(true)],
    ends: [
      ...(ipip ? end("tunl0", "IPv4IPIPTunnelAddr") : []),
      ...(vxlan ? end("vxlan.calico", "IPv4VXLANTunnelAddr") : []),
      ...(vxlanV6 ? end("vxlan-v6.calico", "IPv6VXLANTunnelAddr") : []),
      ...(felix.wireguard ? end(felix.wireguardInterface, "IPv4WireguardInterfaceAddr") : []),
      ...(felix.wireguardV6 ? end(felix.wireguardInterfaceV6, "IPv6WireguardInterfaceAddr") : []),
    ],
  };
}

/**
 * A node's address: that of its BGP, else the internal, else the external one. Source: Calico a0db560f0520,
 * libcalico-go/lib/backend/syncersv1/updateprocessors/felixnodeprocessor.go.
 */
function member(node: ClusterNode, six: boolean): readonly ServiceMember[] {
  const isOwn = (address: string): boolean => address.includes(":") === six;
  const listed = (wanted: string): string | undefined =>
    node.addresses.find(({ type, address }) => type === wanted && isOwn(address))?.address;
  const address = node.noted.get(six ? "IPv6Address" : "IPv4Address") ?? listed("InternalIP") ?? listed("ExternalIP");
  const origin = fieldOrigin(node, "status.addresses", node.offset);
  return address === undefined ? [] : [{ member: address, origin }];
}

/** Tunnels as the documentation speaks of them: nodes are let into each other's, whatever policies say. */
export function nodeTunnels(
  { ipip, vxlan, vxlanV6, hosts, vxlanHosts }: Underlay,
  felix: FelixSettings,
  { tunnels }: Generation,
): readonly NodeTunnel[] {
  const blocks = (members: readonly ServiceMember[], six: boolean): readonly string[] =>
    [...members.map(({ member }) => wholeBlock(member)), ...felix.externalNodes].filter(
      (block) => block.includes(":") === six,
    );
  const ofVersion = (ipVersion: IpVersion): readonly NodeTunnel[] => {
    const six = ipVersion === 6;
    const port = wireguardPort(felix, ipVersion, tunnels.wireguard);
    return [
      ...(ipip && !six ? [{ name: "IPIP", ipVersion, peers: blocks(hosts, six) } as const] : []),
      ...(tunnels.vxlan && (six ? vxlanV6 : vxlan)
        ? [
            {
              name: "VXLAN",
              ipVersion,
              port: felix.vxlanPort,
              peers: blocks(vxlanHosts, six),
              ...(!tunnels.vxlan.tracked && ({ untracked: true } as const)),
            } as const,
          ]
        : []),
      ...(tunnels.wireguard?.accepts && (six ? felix.wireguardV6 : felix.wireguard)
        ? [{ name: "WireGuard", ipVersion, port } as const]
        : []),
    ];
  };
  return [...ofVersion(4), ...ofVersion(6)];
}

/** The port that packets of a version of IP are let through to. */
export function wireguardPort(
  felix: FelixSettings,
  ipVersion: IpVersion,
  known: Generation["tunnels"]["wireguard"],
): number {
  return known?.namesVersion && ipVersion === 6 ? felix.wireguardPortV6 : felix.wireguardPort;
}

/** Pools that share addresses, and tunnels of which nobody says between which nodes they are. */
export function underlayWarnings(underlay: Underlay, node: string, { tunnels }: Generation): readonly Diagnostic[] {
  const { pools, hosts, ipip, vxlan, vxlanV6 } = underlay;
  const block = ({ cidr }: IpPool): Cidr => parseCidr(cidr)!;
  const overlapping = pools.flatMap((pool, index): Diagnostic[] => {
    const other = pools.slice(0, index).find((each) => overlaps(block(each), block(pool)));
    if (!other) return [];
    const where = { location: pool, object: pool.name, field: "spec.cidr" };
    const { cidr } = pool;
    return [diagnostic("calico-pools-overlap", { cidr, other: other.name, otherCidr: other.cidr }, where)];
  });
  const uses: readonly (readonly [string, string, boolean])[] = [
    ["IPIP", "all-hosts-net", ipip],
    ["VXLAN", "all-vxlan-net", tunnels.vxlan !== undefined && (vxlan || vxlanV6)],
  ];
  const unknown = uses.flatMap(([encapsulation, set, isOn]) =>
    isOn && hosts.length === 0 ? [diagnostic("calico-no-nodes", { encapsulation, set, node })] : [],
  );
  return [...overlapping, ...unknown];
}
