import { engineOrigin } from "../cluster/origins.js";
import { accept, addressOf, changeDestination, network, ports, protocol, type Action } from "../felix/fragments.js";
import type { FelixRule } from "../felix/rule.js";
import type { NodeInterface, NodeService } from "../../specification.js";
import type { Settings } from "../settings.js";

/** Where virtual machines look for their metadata. */
export const metadataService = { address: "169.254.169.254", port: 80 };

/** The ports of DHCP's clients and servers. */
const dhcpPorts = { 4: { client: 68, server: 67 }, 6: { client: 546, server: 547 } } as const;

const dnsPort = 53;

/**
 * Whether Felix takes its node for one of OpenStack's: something says so, or a setting is such as only OpenStack's nodes have. Source: Calico
 * a0db560f0520, felix/config/config_params.go, OpenstackActive.
 */
function isOpenstack({ node, felix }: Pick<Settings, "node" | "felix">): boolean {
  const { openstackCluster, metadataAddress, metadataPort } = felix;
  return (
    openstackCluster ||
    (metadataAddress !== undefined && metadataAddress !== "127.0.0.1") ||
    (metadataPort !== 0 && metadataPort !== 8775) ||
    node.interfacePrefixes.includes("tap")
  );
}

/** What virtual machines need of their node, whatever policies say. Source: Calico a0db560f0520, felix/rules/static.go, filterWorkloadToHostChain. */
export function openstackServices(settings: Settings, allow: Action): readonly FelixRule[] {
  return openstackPorts(settings).map(({ protocol: of, address, sourcePort, port }) => ({
    origin: forMachines,
    matches: [
      protocol(of),
      ...(address === undefined ? [] : [addressOf("destination", address)]),
      ...(sourcePort === undefined ? [] : [ports("source", only(sourcePort))]),
      ports("destination", only(port)),
    ],
    action: allow,
  }));
}

const forMachines = engineOrigin(
  "machines of OpenStack get addresses, names and metadata from their node, whatever policies say",
);

/** Metadata, DHCP and names. */
export function openstackPorts(settings: Settings): readonly NodeService[] {
  if (!isOpenstack(settings)) return [];
  const { felix, ipVersion } = settings;
  const { metadataAddress: address, metadataPort: port } = felix;
  const dhcp = { protocol: "udp", sourcePort: dhcpPorts[ipVersion].client, port: dhcpPorts[ipVersion].server } as const;
  return [
    ...(ipVersion === 4 && address !== undefined ? [{ ipVersion, protocol: "tcp" as const, address, port }] : []),
    { ipVersion, ...dhcp },
    { ipVersion, protocol: "udp", port: dnsPort },
  ];
}

/**
 * A machine that asks for an address has none yet, which the check for forged sources would not let pass; nor do policies before connection
 * tracking see what comes so. Source: the same, RPFilter.
 */
export function openstackDhcp(settings: Settings): readonly FelixRule[] {
  return openstackUntracked(settings).map(({ protocol: of, source, sourcePort, port }) => ({
    origin: engineOrigin("lets machines of OpenStack ask for an address while they have none"),
    matches: [
      protocol(of),
      addressOf("source", source),
      ports("source", only(sourcePort)),
      ports("destination", only(port)),
    ],
    action: accept,
  }));
}

export function openstackUntracked(settings: Settings) {
  if (!isOpenstack(settings) || settings.ipVersion === 6) return [];
  const { client, server } = dhcpPorts[4];
  return [{ ipVersion: 4, protocol: "udp", source: "0.0.0.0", sourcePort: client, port: server } as const];
}

/** Requests for metadata go to the server that has it. Source: the same, StaticNATPreroutingChains. */
export function openstackMetadata(settings: Settings): readonly FelixRule[] {
  return metadataTranslation(settings).map(({ address, only: { protocol: of, port }, to, toPort }) => ({
    origin: engineOrigin("machines of OpenStack ask for their metadata here"),
    matches: [protocol(of), ports("destination", only(port)), network("destination", `${address}/32`)],
    action: changeDestination(toPort === undefined ? to : `${to}:${toPort}`),
  }));
}

export function metadataTranslation(settings: Settings) {
  const { metadataAddress: to, metadataPort } = settings.felix;
  if (!isOpenstack(settings) || settings.ipVersion === 6 || to === undefined) return [];
  const { address, port } = metadataService;
  const its = { address, only: { protocol: "tcp", port }, to, ofNode: false } as const;
  return [{ ...its, ...(metadataPort !== 0 && { toPort: metadataPort }) }];
}

/** Where metadata is served at the node's own loopback address: the interface that has it. */
export function loopbackInterface(settings: Settings): readonly NodeInterface[] {
  const { metadataAddress = "" } = settings.felix;
  const isServed = openstackMetadata(settings).length > 0 && metadataAddress.startsWith("127.");
  return isServed ? [{ name: "lo", addresses: [metadataAddress], networks: [] }] : [];
}

function only(port: number): readonly [{ readonly first: number; readonly last: number }] {
  return [{ first: port, last: port }];
}
