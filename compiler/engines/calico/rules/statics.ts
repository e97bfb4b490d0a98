import type { Cluster, LocalEndpoint } from "../cluster/cluster.js";
import { meshSet } from "../cluster/mesh.js";
import { engineOrigin } from "../cluster/origins.js";
import {
  accept,
  addressSet,
  clearMark,
  connection,
  drop,
  fromElsewhere,
  goto,
  icmp,
  inInterface,
  jump,
  markClear,
  markSet,
  network,
  outInterface,
  ports,
  protocol,
  reject,
  returnToCaller,
  setDscp,
  setMark,
  type Action,
} from "../felix/fragments.js";
import type { FelixChain, FelixRule } from "../felix/rule.js";
import type { Generation } from "../generation.js";
import { setName } from "../hashes.js";
import { clearedBits } from "../marks.js";
import type { FailsafePort } from "../../specification.js";
import type { FelixSettings, Settings } from "../settings.js";
import { fromItself, toFloating, type Floating } from "./floating.js";
import { ipvsInput, ipvsOutput, ipvsPostrouting } from "./ipvs.js";
import { natOutgoingRules } from "./nat.js";
import { openstackDhcp, openstackMetadata, openstackServices } from "./openstack.js";
import { dscpRules } from "./qos-rules.js";
import {
  encryptsHosts,
  tunnelAddressRules,
  tunnelsIn,
  tunnelsOut,
  untrackedTunnels,
  wireguardChain,
  wireguardMarkRules,
} from "./tunnels.js";

/** Chains that are there whatever the cluster holds. Source: Calico 87c15906f, felix/rules/static.go; felix b5f3dd409 (v3.3.1), rules/static.go. */
export function filterChains(settings: Settings, generation: Generation): readonly FelixChain[] {
  const { node, felix } = settings;
  const { statics } = generation;
  const { marks } = felix;
  const allow = allowAction(felix.filterAllowAction);
  const alreadyAccepted = { matches: [markSet(marks.accept)], action: allow };
  const fromWorkloads = node.interfacePrefixes.map((prefix) => ({
    matches: [inInterface(`${prefix}+`)],
    action: goto("cali-wl-to-host"),
  }));
  const hostAccepted = { ...alreadyAccepted, comments: ["Host endpoint policy accepted packet."] };
  const cleared = clearedBits(marks);
  return [
    chain("cali-FORWARD", [
      { action: clearMark(cleared & ~marks.accept) },
      { matches: [markClear(marks.accept)], action: jump("cali-from-hep-forward") },
      ...node.interfacePrefixes.flatMap((prefix) => [
        { matches: [inInterface(`${prefix}+`)], action: jump("cali-from-wl-dispatch") },
        { matches: [outInterface(`${prefix}+`)], action: jump("cali-to-wl-dispatch") },
      ]),
      { action: jump("cali-to-hep-forward") },
      ...(statics.cidrBlock ? [{ action: jump("cali-cidr-block") }] : []),
      ...(statics.appendsForwardAccept ? [] : [forwardAccepted(marks.accept, allow)]),
    ]),
    chain("cali-INPUT", [
      ...(statics.acceptsFirst ? [alreadyAccepted] : []),
      ...tunnelsIn(settings, generation, allow),
      ...ipvsInput(settings),
      ...fromWorkloads,
      ...(statics.acceptsFirst ? [] : [alreadyAccepted]),
      { action: clearMark(cleared) },
      { action: jump("cali-from-host-endpoint") },
      hostAccepted,
    ]),
    chain("cali-OUTPUT", [
      alreadyAccepted,
      ...ipvsOutput(settings),
      ...node.interfacePrefixes.map((prefix) => ({ matches: [outInterface(`${prefix}+`)], action: returnToCaller })),
      ...tunnelsOut(settings, generation, allow),
      { action: clearMark(cleared) },
      {
        ...(statics.hostPolicyAfterDnat && { matches: [connection(["DNAT"], true)] }),
        action: jump("cali-to-host-endpoint"),
      },
      hostAccepted,
    ]),
    chain("cali-wl-to-host", [
      ...(settings.ipVersion === 6 ? neighbourRules(allow) : []),
      ...openstackServices(settings, allow),
      { action: jump("cali-from-wl-dispatch") },
      { comments: ["Configured DefaultEndpointToHostAction"], action: endpointToHost(felix) },
    ]),
    ...(statics.cidrBlock ? [chain("cali-cidr-block", serviceLoopRules(settings))] : []),
    ...failsafeChains(settings, statics),
  ];
}

/** What IPv6 needs of a router, whatever policies say: multicast listeners (130 to 132), router solicitation, neighbours. */
export const neighbourMessages = [130, 131, 132, 133, 135, 136];

function neighbourRules(allow: Action): readonly FelixRule[] {
  return neighbourMessages.map((type) => ({ matches: [protocol(icmpv6), icmp(6, type, undefined)], action: allow }));
}

const icmpv6 = 58;

/** What a policy accepted on its way through FORWARD. */
export function forwardAccepted(acceptMark: number, allow: Action): FelixRule {
  return { comments: ["Policy explicitly accepted packet."], matches: [markSet(acceptMark)], action: allow };
}

export function allowAction(name: "ACCEPT" | "RETURN"): Action {
  return name === "ACCEPT" ? accept : returnToCaller;
}

function endpointToHost(felix: FelixSettings): Action {
  switch (felix.defaultEndpointToHostAction) {
    case "ACCEPT":
      return accept;
    case "DROP":
      return drop;
    case "RETURN":
      return returnToCaller;
  }
}

export function rawChains(
  settings: Settings,
  generation: Generation,
  local: readonly LocalEndpoint[],
): readonly FelixChain[] {
  const { node, felix } = settings;
  const { statics } = generation;
  const { marks } = felix;
  const cleared = clearMark(clearedBits(marks));
  const fromWorkload = marks.allBlocks;
  const accepted = { matches: [markSet(marks.accept)], action: accept };
  return [
    chain("cali-PREROUTING", [
      { action: cleared },
      ...(encryptsHosts(settings, generation) ? [{ action: jump(wireguardChain) }] : []),
      ...untrackedTunnels(settings, generation),
      ...node.interfacePrefixes.map((prefix) => ({
        matches: [inInterface(`${prefix}+`)],
        action: setMark(fromWorkload),
      })),
      ...(statics.reversePathSkip !== undefined
        ? [{ matches: [markSet(fromWorkload)], action: jump("cali-rpf-skip") }]
        : []),
      ...(statics.reversePathFilter ? openstackDhcp(settings) : []),
      ...(statics.reversePathFilter || settings.ipVersion === 6
        ? [{ matches: [markSet(fromWorkload), fromElsewhere], action: drop }]
        : []),
      { matches: [markClear(fromWorkload)], action: jump("cali-from-host-endpoint") },
      accepted,
    ]),
    chain("cali-OUTPUT", [
      { action: cleared },
      { action: jump("cali-to-host-endpoint") },
      ...untrackedTunnels(settings, generation),
      accepted,
    ]),
    ...(encryptsHosts(settings, generation) ? [chain(wireguardChain, wireguardMarkRules(settings))] : []),
    ...(statics.reversePathSkip === undefined ? [] : [chain("cali-rpf-skip", reversePathSkips(local, settings))]),
    ...failsafeChains(settings, statics, true),
  ];
}

export function mangleChains(settings: Settings, { statics }: Generation, cluster: Cluster): readonly FelixChain[] {
  const { node, felix, ipVersion } = settings;
  const { marks } = felix;
  const allow = allowAction(felix.mangleAllowAction);
  const hostAccepted = {
    comments: ["Host endpoint policy accepted packet."],
    matches: [markSet(marks.accept)],
    action: allow,
  };
  const leaving: FelixRule = {
    comments: ["set dscp for traffic leaving cluster."],
    matches: [
      addressSet("source", setName("dscp-src-net", ipVersion)),
      addressSet("destination", setName(statics.poolsSet, ipVersion), true),
      addressSet("destination", setName("this-host", ipVersion), true),
    ],
    action: jump("cali-egress-dscp"),
  };
  return [
    chain("cali-PREROUTING", [
      { matches: [connection(["RELATED", "ESTABLISHED"])], action: allow },
      { matches: [markSet(marks.accept)], action: allow },
      ...(statics.mangleAcceptsWorkloads
        ? node.interfacePrefixes.map((prefix) => ({ matches: [inInterface(`${prefix}+`)], action: allow }))
        : []),
      { action: jump("cali-from-host-endpoint") },
      hostAccepted,
    ]),
    ...(statics.hostPolicyAfterDnat
      ? [
          chain("cali-POSTROUTING", [
            ...(felix.istioAmbientMode ? meshRules(settings) : []),
            ...(statics.dscp ? [leaving] : []),
            { matches: [markSet(marks.accept)], action: returnToCaller },
            ...ipvsPostrouting(settings),
            { action: clearMark(clearedBits(marks)) },
            { matches: [connection(["DNAT"])], action: jump("cali-to-host-endpoint") },
            { ...hostAccepted, action: returnToCaller },
          ]),
        ]
      : []),
    ...(statics.dscp ? [chain("cali-egress-dscp", dscpRules(cluster, node, ipVersion))] : []),
    // Before host policy came to this table, only what comes in met it.
    ...failsafeChains(settings, statics).slice(0, statics.hostPolicyAfterDnat ? 2 : 1),
  ];
}

/**
 * What pods of Istio's mesh send each other carries a mark by which the mesh knows it. Source: Calico pull request 11880 (v3.32); the rules as a build of
 * Calico Enterprise of 2026 has them, felix/rules/static.go, StaticManglePostroutingChain, which the pull request says it follows.
 */
function meshRules({ node, felix, ipVersion }: Settings): readonly FelixRule[] {
  const mesh = setName(meshSet, ipVersion);
  return node.interfacePrefixes.map((prefix) => ({
    matches: [
      protocol("tcp"),
      connection(["NEW"]),
      outInterface(`${prefix}+`),
      addressSet("destination", mesh),
      addressSet("source", mesh),
    ],
    action: setDscp(felix.istioDscpMark),
  }));
}

export function natChains(
  settings: Settings,
  generation: Generation,
  floating: readonly Floating[],
): readonly FelixChain[] {
  const forFloating = { action: jump("cali-fip-dnat") };
  const noted = floating.length > 0 ? "" : "; none here";
  return [
    chain("cali-PREROUTING", [forFloating, ...openstackMetadata(settings)]),
    chain("cali-OUTPUT", [forFloating]),
    chain("cali-POSTROUTING", [
      { action: jump("cali-fip-snat") },
      { action: jump("cali-nat-outgoing") },
      ...tunnelAddressRules(settings, generation),
    ]),
    chain("cali-fip-dnat", toFloating(floating), `floating addresses of pods${noted}`),
    chain(
      "cali-fip-snat",
      fromItself(floating, settings.felix),
      `pods that send to floating addresses of their own${noted}`,
    ),
    chain("cali-nat-outgoing", natOutgoingRules(settings, generation)),
  ];
}

/** What would go in circles: a router outside sends it here, and here nothing has translated it. */
function serviceLoopRules({ felix, underlay, ipVersion }: Settings): readonly FelixRule[] {
  const { serviceLoops } = felix;
  if (serviceLoops === "DISABLED") return [];
  return underlay.serviceBlocks
    .filter(({ block }) => block.includes(":") === (ipVersion === 6))
    .toSorted((a, b) => (a.block < b.block ? -1 : a.block > b.block ? 1 : 0))
    .map(({ block, origin }) => ({
      matches: [network("destination", block)],
      action: serviceLoops === "DROP" ? drop : reject(ipVersion),
      origin,
    }));
}

/** Felix writes them in the order of a Go map; here by interface. Source: Calico a0db560f0520, felix/dataplane/linux/endpoint_mgr.go, updateRPFSkipChain. */
function reversePathSkips(local: readonly LocalEndpoint[], { ipVersion }: Settings): readonly FelixRule[] {
  return local
    .toSorted((a, b) => (a.interface < b.interface ? -1 : 1))
    .flatMap(({ interface: name, sources, origin }) =>
      sources
        .filter((block) => block.includes(":") === (ipVersion === 6))
        .map((block) => ({ matches: [inInterface(name), network("source", block)], action: accept, origin })),
    );
}

/** Ports that stay open whatever policies say. Before connection tracking, answers need rules of their own. */
function failsafeChains(
  { felix, ipVersion }: Settings,
  { failsafeBlocks }: Generation["statics"],
  isRaw = false,
): readonly FelixChain[] {
  const asRead = ({ protocol: of, port, net }: FailsafePort): readonly FailsafePort[] => {
    const isOther = net !== undefined && net.includes(":") !== (ipVersion === 6);
    if (failsafeBlocks === "unknown" || net === undefined) return [{ protocol: of, port }];
    if (!isOther) return [{ protocol: of, port, net }];
    return failsafeBlocks === "misread" ? [{ protocol: of, port }] : [];
  };
  const failsafeInbound = felix.failsafeInbound.flatMap(asRead);
  const failsafeOutbound = felix.failsafeOutbound.flatMap(asRead);
  const rule = (
    { protocol: of, port, net }: FailsafePort,
    end: "source" | "destination",
    netEnd: "source" | "destination",
  ): FelixRule => ({
    matches: [
      protocol(of),
      ports(end, [{ first: port, last: port }]),
      ...(net === undefined ? [] : [network(netEnd, net)]),
    ],
    action: accept,
  });
  const requests = (list: readonly FailsafePort[], netEnd: "source" | "destination") =>
    list.map((port) => rule(port, "destination", netEnd));
  const answers = (list: readonly FailsafePort[], netEnd: "source" | "destination") =>
    isRaw ? list.map((port) => rule(port, "source", netEnd)) : [];
  return [
    chain("cali-failsafe-in", [...requests(failsafeInbound, "source"), ...answers(failsafeOutbound, "source")]),
    chain("cali-failsafe-out", [
      ...requests(failsafeOutbound, "destination"),
      ...answers(failsafeInbound, failsafeBlocks === "misread" ? "source" : "destination"),
    ]),
  ];
}

function chain(name: string, rules: readonly FelixRule[], reason = chainReasons[name]): FelixChain {
  return { name, rules, origin: engineOrigin(reason ?? "one of Calico's own chains") };
}

/** What a chain is for, in whatever table it stands. */
const chainReasons: Readonly<Record<string, string>> = {
  "cali-FORWARD": "what the node passes on, from and to pods among it",
  "cali-INPUT": "what comes to the node itself",
  "cali-OUTPUT": "what the node itself sends",
  "cali-PREROUTING": "what comes to the node, before it is known where it goes",
  "cali-POSTROUTING": "what leaves the node, after it is known where it goes",
  "cali-wl-to-host": "what pods send to their own node",
  "cali-cidr-block": "addresses of services that routers outside send here, where nothing has translated them",
  "cali-rpf-skip": "pods that may send from addresses that are not theirs",
  "cali-failsafe-in": "ports of the node that stay open whatever policies say",
  "cali-failsafe-out": "ports that the node may reach whatever policies say",
  "cali-egress-dscp": "what pods and host endpoints send out of the cluster, marked where an annotation asks for it",
  "cali-nat-outgoing": "what pods send out of all pools, whose addresses are translated where a pool has natOutgoing",
  "cali-wireguard-incoming-mark": "what comes in encrypted, so that it may come from wherever it came",
};
