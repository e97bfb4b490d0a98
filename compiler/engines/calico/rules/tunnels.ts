import {
  addressSet,
  doNotTrack,
  drop,
  inInterface,
  localAddress,
  masquerade,
  notItsOwnAddress,
  onePort,
  outInterface,
  ports,
  protocol,
  returnToCaller,
  setMark,
  type Action,
} from "../felix/fragments.js";
import type { FelixRule } from "../felix/rule.js";
import type { Generation } from "../generation.js";
import { setName } from "../hashes.js";
import type { Settings } from "../settings.js";
import { wireguardPort } from "../underlay.js";

const udp = 17;
const ipip = 4;

/** VXLAN and WireGuard as far as they are on for this version of IP. */
function inUse({ underlay, felix, ipVersion }: Settings, { tunnels }: Generation) {
  return {
    ipip: ipVersion === 4 && underlay.ipip,
    vxlan: (ipVersion === 4 ? underlay.vxlan : underlay.vxlanV6) ? tunnels.vxlan : undefined,
    wireguard: (ipVersion === 4 ? felix.wireguard : felix.wireguardV6) ? tunnels.wireguard : undefined,
  };
}

/** What nodes send each other through tunnels comes in, from nobody else. Source: Calico a0db560f0520 (v3.28), felix/rules/static.go, filterInputChain. */
export function tunnelsIn(settings: Settings, generation: Generation, allow: Action): readonly FelixRule[] {
  const { felix, ipVersion } = settings;
  const { ipip: hasIpip, vxlan, wireguard } = inUse(settings, generation);
  const rules: FelixRule[] = [];
  const toHere = localAddress("destination");
  if (hasIpip) {
    rules.push(
      {
        comments: ["Allow IPIP packets from Calico hosts"],
        matches: [protocol(ipip), addressSet("source", setName("all-hosts-net", ipVersion)), toHere],
        action: allow,
      },
      {
        comments: ["Drop IPIP packets from non-Calico hosts"],
        matches: [protocol(ipip)],
        action: drop,
      },
    );
  }
  if (vxlan) {
    const packets = vxlan.namesVersion ? `IPv${ipVersion} VXLAN packets` : "VXLAN packets";
    const match = [protocol(udp), onlyPort(felix.vxlanPort)];
    rules.push(
      {
        comments: [`Allow ${packets} from ${vxlan.hosts} hosts`],
        matches: [...match, addressSet("source", setName("all-vxlan-net", ipVersion)), toHere],
        action: allow,
      },
      {
        comments: [`Drop ${packets} from non-${vxlan.hosts} hosts`],
        matches: [...match, toHere],
        action: drop,
      },
    );
  }
  if (wireguard?.accepts) rules.push(wireguardRule("incoming", settings, wireguard, allow));
  return rules;
}

/** What goes into tunnels leaves the node whatever policies of host endpoints say. */
export function tunnelsOut(settings: Settings, generation: Generation, allow: Action): readonly FelixRule[] {
  const { felix, ipVersion } = settings;
  const { ipip: hasIpip, vxlan, wireguard } = inUse(settings, generation);
  const rules: FelixRule[] = [];
  const fromHere = localAddress("source");
  if (hasIpip) {
    rules.push({
      comments: ["Allow IPIP packets to other Calico hosts"],
      matches: [protocol(ipip), addressSet("destination", setName("all-hosts-net", ipVersion)), fromHere],
      action: allow,
    });
  }
  if (vxlan) {
    const packets = vxlan.namesVersion ? `IPv${ipVersion} VXLAN packets` : "VXLAN packets";
    const peers = addressSet("destination", setName("all-vxlan-net", ipVersion));
    rules.push({
      comments: [`Allow ${packets} to other ${vxlan.hosts} hosts`],
      matches: [protocol(udp), onlyPort(felix.vxlanPort), fromHere, peers],
      action: allow,
    });
  }
  if (wireguard?.accepts) rules.push(wireguardRule("outgoing", settings, wireguard, allow));
  return rules;
}

function wireguardRule(
  way: "incoming" | "outgoing",
  { felix, ipVersion }: Settings,
  known: NonNullable<Generation["tunnels"]["wireguard"]>,
  allow: Action,
): FelixRule {
  const port = wireguardPort(felix, ipVersion, known);
  return {
    comments: [`Allow ${way} ${known.namesVersion ? `IPv${ipVersion} ` : ""}Wireguard packets`],
    matches: [protocol(udp), onlyPort(port), localAddress(way === "incoming" ? "destination" : "source")],
    action: allow,
  };
}

function onlyPort(port: number) {
  return ports("destination", [{ first: port, last: port }]);
}

/** Packets of VXLAN have another source port each way, so that no connection is ever answered. */
export function untrackedTunnels(settings: Settings, generation: Generation): readonly FelixRule[] {
  const { vxlan } = inUse(settings, generation);
  return vxlan && !vxlan.tracked
    ? [{ matches: [protocol("udp"), onePort("udp", settings.felix.vxlanPort)], action: doNotTrack }]
    : [];
}

/** The chain that marks what comes in encrypted between nodes, so that the kernel's reverse path filter takes it. */
export const wireguardChain = "cali-wireguard-incoming-mark";

export function encryptsHosts({ felix }: Settings, { tunnels }: Generation): boolean {
  return tunnels.wireguard !== undefined && (felix.wireguard || felix.wireguardV6) && felix.wireguardHosts;
}

export function wireguardMarkRules({ node, felix }: Settings): readonly FelixRule[] {
  const passed = [
    "lo",
    felix.wireguardInterface,
    felix.wireguardInterfaceV6,
    ...node.interfacePrefixes.map((prefix) => `${prefix}+`),
  ];
  return [
    ...passed.map((name) => ({ matches: [inInterface(name)], action: returnToCaller })),
    ...(felix.marks.wireguard === undefined ? [] : [{ action: setMark(felix.marks.wireguard) }]),
  ];
}

/** What the node itself sends through a tunnel with another of its addresses gets that of the tunnel. */
export function tunnelAddressRules(settings: Settings, generation: Generation): readonly FelixRule[] {
  const { felix, ipVersion, underlay } = settings;
  const { ipip: hasIpip, vxlan, wireguard } = inUse(settings, generation);
  const noted = (name: string): readonly string[] => (underlay.ends.some((end) => end.name === name) ? [name] : []);
  const interfaces = [
    ...(hasIpip ? noted("tunl0") : []),
    ...(vxlan ? noted(ipVersion === 4 ? "vxlan.calico" : "vxlan-v6.calico") : []),
    ...(wireguard ? [ipVersion === 4 ? felix.wireguardInterface : felix.wireguardInterfaceV6] : []),
  ];
  return interfaces.map((name) => ({
    matches: [outInterface(name), notItsOwnAddress, localAddress("source")],
    action: masquerade(felix.features),
  }));
}
