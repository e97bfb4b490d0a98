import { chainsOf } from "../../netfilter/owned.js";
import {
  builtIns,
  type Chain,
  type Hook,
  type Interface,
  type OtherTable,
  type Rule,
  type TableName,
  type Tables,
} from "../../netfilter/tables.js";
import type { Cluster, PodInterface } from "./cluster/cluster.js";
import { engineOrigin } from "./cluster/origins.js";
import { jump, setMark } from "./felix/fragments.js";
import { kernelChain, kernelRules, type FelixChain, type FelixRule } from "./felix/rule.js";
import type { Generation } from "./generation.js";
import { planNode } from "./node-plan.js";
import type { Tier } from "./rules/order.js";
import type { Floating } from "./rules/floating.js";
import { loopbackInterface, openstackMetadata } from "./rules/openstack.js";
import { allowAction, forwardAccepted } from "./rules/statics.js";
import { nodeSets } from "./sets.js";
import type { FelixSettings, NodeView, Settings, Underlay } from "./settings.js";
import type { IpVersion } from "../../text/ip-version.js";

/** What Felix leaves on a node for a cluster. */
export function nodeTables(
  cluster: Cluster,
  tiers: ReadonlyMap<string, Tier>,
  node: NodeView,
  felix: FelixSettings,
  underlay: Underlay,
  generation: Generation,
  existing: Tables | undefined,
): Tables {
  const tables = (ipVersion: IpVersion, before: Tables | undefined): Tables =>
    tablesOf(cluster, tiers, { node, felix, underlay, ipVersion }, generation, before);
  return { ...tables(4, existing), ...(felix.ipv6 && { ipv6: tables(6, existing?.ipv6) }) };
}

/** The tables and sets for one version of IP; they are made in the same way. */
function tablesOf(
  cluster: Cluster,
  tiers: ReadonlyMap<string, Tier>,
  settings: Settings,
  generation: Generation,
  existing: Tables | undefined,
): Tables {
  const { local, floating, needed, chains } = planNode(cluster, tiers, settings, generation);
  const appended = generation.statics.appendsForwardAccept
    ? [
        forwardAccepted(settings.felix.marks.accept, allowAction(settings.felix.filterAllowAction)),
        { action: setMark(settings.felix.marks.accept) },
      ]
    : [];
  const table = (name: TableName): HookedTable =>
    tableChains(
      name,
      chains[name],
      name === "filter" ? appended : [],
      settings,
      generation,
      existing ? chainsOf(existing, name) : [],
    );
  const filter = table("filter");
  const others = [table("raw"), table("mangle"), table("nat")];
  return {
    chains: filter.chains,
    others: others.map(({ name, chains }) => ({ name: name as OtherTable["name"], chains })),
    hooks: [filter, ...others].flatMap(({ hooks }) => hooks),
    ...((floating.length > 0 || openstackMetadata(settings).length > 0) && { natChains }),
    interfaces: interfacesOf([...local, ...cluster.refused], floating, settings),
    sets: nodeSets(needed, cluster, settings, generation),
  };
}

/** The chains of Felix's that translate, by those of the kernel that lead to them. */
const natChains = { PREROUTING: "cali-PREROUTING", OUTPUT: "cali-OUTPUT", POSTROUTING: "cali-POSTROUTING" };

/**
 * Pods are behind their own interfaces, and routes lead their floating addresses there, too; everything else is behind those of the host: the
 * first has the default route.
 */
function interfacesOf(
  local: readonly PodInterface[],
  floating: readonly Floating[],
  settings: Settings,
): readonly Interface[] {
  const {
    node: { hostInterfaces },
    ipVersion,
  } = settings;
  const isOwn = (net: string): boolean => net.includes(":") === (ipVersion === 6);
  // Of several pods at one address, the last is the one that runs there.
  const byAddress = new Map(
    local.flatMap((endpoint) => endpoint.nets.filter(isOwn).map((net) => [net, endpoint] as const)),
  );
  const loopback = loopbackInterface(settings);
  const own = [...hostInterfaces, ...loopback].flatMap(({ addresses }) => addresses.filter(isOwn));
  // One that is a pod's own, or the node's, stays there.
  const routed = floating.filter(({ address }) => !byAddress.has(address) && !own.includes(address));
  const floatingTo = (endpoint: PodInterface): readonly string[] =>
    routed.flatMap(({ address, to }) => (byAddress.get(to) === endpoint ? [address] : []));
  const networks = hostInterfaces.flatMap((each) => each.networks.filter(isOwn));
  const others = [...byAddress.keys(), ...floating.map(({ address }) => address), ...own].map(
    (address) => `${address} nomatch`,
  );
  return [
    ...local.map((endpoint) => ({
      name: endpoint.interface,
      addresses: [...endpoint.nets.filter((net) => byAddress.get(net) === endpoint), ...floatingTo(endpoint)],
    })),
    ...loopback.map(({ name, addresses }) => ({ name, own: addresses, addresses })),
    ...hostInterfaces.map((each, index) => ({
      name: each.name,
      own: each.addresses.filter(isOwn),
      addresses: [
        ...(index === 0 ? everywhere[ipVersion] : []),
        ...each.networks.filter(isOwn),
        ...networks.filter((net) => !each.networks.includes(net)).map((net) => `${net} nomatch`),
        ...others,
      ],
    })),
  ];
}

/** No set takes a network of no bits of IPv6. */
const everywhere = { 4: ["0.0.0.0/0"], 6: ["::/1", "8000::/1"] };

interface HookedTable {
  readonly name: TableName;
  readonly chains: readonly Chain[];
  readonly hooks: readonly Hook[];
}

/** A table with the hooks in its built-in chains. `existing` is what stood in the table before. */
function tableChains(
  table: TableName,
  chains: readonly FelixChain[],
  appendedToForward: readonly FelixRule[],
  { felix }: Settings,
  generation: Generation,
  existing: readonly Chain[],
): HookedTable {
  const reason = engineOrigin("leads packets into Calico's chains");
  const foreign = existing.filter(({ name }) => !name.startsWith("cali-"));
  const hooks: Hook[] = [];
  const kernel = builtIns[table].map((name): Chain => {
    const before = foreign.find((chain) => chain.name === name);
    const others = (before?.rules ?? []).filter((rule) => !isCalicos(rule));
    const own = chains.some((chain) => chain.name === `cali-${name}`) ? [{ action: jump(`cali-${name}`) }] : [];
    const isAppended = table === "nat" && name === "POSTROUTING" && generation.statics.appendsNatPostrouting;
    const inserted = isAppended ? [] : kernelRules(name, own, reason);
    const appended = kernelRules(
      `${name}*appends*`,
      [...(isAppended ? own : []), ...(name === "FORWARD" ? appendedToForward : [])],
      reason,
    ).map((rule, at) => (name === "FORWARD" ? { ...rule, origin: endsOfForward[at]! } : rule));
    const [first, last] = felix.appendsHooks ? [[], [...inserted, ...appended]] : [inserted, appended];
    for (const rule of first) hooks.push({ table, chain: name, rule, place: "first" });
    for (const rule of last) hooks.push({ table, chain: name, rule, place: "last" });
    return { name, policy: before?.policy ?? "ACCEPT", rules: [...first, ...others, ...last] };
  });
  const present = generation.countsReferences ? reachable(chains, table === "filter") : chains;
  const users = [...foreign.filter(({ name }) => !builtIns[table].includes(name)), ...present.map(kernelChain)];
  const sorted = users.toSorted((a, b) => (a.name < b.name ? -1 : a.name > b.name ? 1 : 0));
  return { name: table, chains: [...kernel, ...sorted], hooks };
}

/** Why the rules are there that are appended to FORWARD. Source: Calico 87c15906f, felix/rules/static.go, StaticFilterForwardAppendRules. */
const endsOfForward = [
  engineOrigin("lets pass what policies allow"),
  engineOrigin(
    "tells the chains behind FORWARD that the packet is forwarded, which policies for the node itself are not about",
  ),
];

function isCalicos({ matches }: Rule): boolean {
  return matches.some((match) => match.kind === "comment" && match.text.startsWith("cali:"));
}

/** Chains that something leads to from a hook; in the filter table also those that are forced. */
function reachable(chains: readonly FelixChain[], withForced: boolean): readonly FelixChain[] {
  const byName = new Map(chains.map((chain) => [chain.name, chain]));
  const hooks = Object.values(builtIns).flatMap((names) => names.map((name) => `cali-${name}`));
  const waiting = [...hooks, ...chains.filter(({ forced }) => forced && withForced).map(({ name }) => name)];
  const found = new Set<FelixChain>();
  for (let name = waiting.pop(); name !== undefined; name = waiting.pop()) {
    const chain = byName.get(name);
    if (!chain || found.has(chain)) continue;
    found.add(chain);
    for (const { action } of chain.rules) {
      if (action && (action.target.kind === "jump" || action.target.kind === "goto")) waiting.push(action.target.to);
    }
  }
  return chains.filter((chain) => found.has(chain));
}
