import { selectorHolds } from "../../model/calico/selector.js";
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
import { missingProfile, type Cluster, type Endpoint, type HostEndpoint } from "./cluster/cluster.js";
import { engineOrigin } from "./cluster/origins.js";
import { jump, setMark } from "./felix/fragments.js";
import { kernelChain, kernelRules, type FelixChain, type FelixRule } from "./felix/rule.js";
import type { Generation } from "./generation.js";
import { chainName } from "./hashes.js";
import type { Policy } from "./policy.js";
import { dispatchChains, unknownInterface } from "./rules/dispatch.js";
import { endpointChains } from "./rules/endpoint-chains.js";
import { HostChains, hostInterfacesOf, isOfKind, type HostPolicyKind } from "./rules/host-endpoints.js";
import { sortPolicies, tiersOf, type Tier } from "./rules/order.js";
import { policyChains, profileChains, type ScannedPolicy, type ScannedProfile } from "./rules/policy-chains.js";
import type { RuleContext } from "./rules/policy-rules.js";
import { allowAction, filterChains, forwardAccepted, mangleChains, natChains, rawChains } from "./rules/statics.js";
import { nodeSets, scanRule, setsOf } from "./sets.js";
import type { FelixSettings, NodeView, Settings } from "./settings.js";

/** What Felix leaves on a node for a cluster. */
export function nodeTables(
  cluster: Cluster,
  tiers: ReadonlyMap<string, Tier>,
  node: NodeView,
  felix: FelixSettings,
  generation: Generation,
  existing: Tables | undefined,
): Tables {
  const tables = (ipVersion: 4 | 6, before: Tables | undefined): Tables =>
    tablesOf(cluster, tiers, { node, felix, ipVersion }, generation, before);
  return { ...tables(4, existing), ...(felix.ipv6 && { ipv6: tables(6, undefined) }) };
}

/** The tables and sets for one version of IP; they are made in the same way. */
function tablesOf(
  cluster: Cluster,
  tiers: ReadonlyMap<string, Tier>,
  settings: Settings,
  generation: Generation,
  existing: Tables | undefined,
): Tables {
  const { node, felix, ipVersion } = settings;
  const local = cluster.endpoints.filter((endpoint): endpoint is LocalEndpoint => endpoint.interface !== undefined);
  const hosts = hostInterfacesOf(cluster.hostEndpoints, node);
  const localHosts = cluster.hostEndpoints.filter((endpoint) => endpoint.node === node.name);
  const everyone = [...local, ...localHosts];
  const isActive = (policy: Policy): boolean =>
    policy.everywhere || everyone.some(({ labelOf }) => selectorHolds(policy.selector, labelOf));
  const sorted = sortPolicies(cluster.policies.filter(isActive), tiers, generation);
  const policies = sorted.map(scanPolicy);
  const profileNames = [...new Set(everyone.flatMap(({ profiles }) => profiles))].toSorted();
  const profiles = profileNames.map((name) => scanProfile(name, cluster));
  const context: RuleContext = {
    marks: generation.marks,
    dropsImpossible: generation.dropsImpossible,
    filterDenyAction: felix.filterDenyAction,
    logPrefix: felix.logPrefix,
    ipVersion,
  };
  const ofPolicies = policies
    .filter(({ policy }) => !policy.staged)
    .flatMap((policy) => policyChains(policy, generation, context));
  const ofProfiles = profiles.flatMap((profile) => profileChains(profile, generation, context));
  const hostChains = new HostChains(
    hosts,
    (endpoint: HostEndpoint, kind: HostPolicyKind) =>
      tiersOf(endpoint, sorted, tiers, (policy) => isOfKind(policy, kind)),
    settings,
    generation,
  );
  const filter = [
    ...filterChains(settings, generation),
    ...workloadChains(local, sorted, tiers, settings, generation),
    ...hostChains.filter(),
    ...ofPolicies,
    ...ofProfiles,
  ];
  const hostProfiles = generation.statics.hostPolicyAfterDnat ? ofProfiles : [];
  const raw = [...rawChains(settings, generation), ...hostChains.raw(), ...ofPolicies];
  const mangle = [...mangleChains(settings, generation), ...hostChains.mangle(), ...ofPolicies, ...hostProfiles];
  const needed = [...policies, ...profiles].flatMap(({ ingress, egress }) => [...ingress, ...egress].flatMap(setsOf));
  const appended = generation.statics.appendsForwardAccept
    ? [
        forwardAccepted(generation.marks.accept, allowAction(felix.filterAllowAction)),
        { action: setMark(generation.marks.accept) },
      ]
    : [];
  const table = (name: TableName, chains: readonly FelixChain[]): HookedTable =>
    tableChains(
      name,
      chains,
      name === "filter" ? appended : [],
      settings,
      generation,
      existing ? chainsOf(existing, name) : [],
    );
  const filterTable = table("filter", filter);
  const others = [table("raw", raw), table("mangle", mangle), table("nat", natChains())];
  return {
    chains: filterTable.chains,
    others: others.map(({ name, chains }) => ({ name: name as OtherTable["name"], chains })),
    hooks: [filterTable, ...others].flatMap(({ hooks }) => hooks),
    interfaces: interfacesOf(local, settings),
    sets: nodeSets(needed, cluster, settings, generation),
  };
}

/** Pods are behind their own interfaces, everything else behind those of the host: the first has the default route. */
function interfacesOf(
  local: readonly LocalEndpoint[],
  { node: { hostInterfaces }, ipVersion }: Settings,
): readonly Interface[] {
  const isOwn = (net: string): boolean => net.includes(":") === (ipVersion === 6);
  // Of several pods at one address, the last is the one that runs there.
  const byAddress = new Map(
    local.flatMap((endpoint) => endpoint.nets.filter(isOwn).map((net) => [net, endpoint] as const)),
  );
  const own = hostInterfaces.flatMap(({ addresses }) => addresses.filter(isOwn));
  const networks = hostInterfaces.flatMap((each) => each.networks.filter(isOwn));
  const others = [...byAddress.keys(), ...own].map((address) => `${address} nomatch`);
  return [
    ...local.map((endpoint) => ({
      name: endpoint.interface,
      addresses: endpoint.nets.filter((net) => byAddress.get(net) === endpoint),
    })),
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

type LocalEndpoint = Endpoint & { readonly interface: string };

function scanPolicy(policy: Policy): ScannedPolicy {
  return { policy, ingress: policy.ingressRules.map(scanRule), egress: policy.egressRules.map(scanRule) };
}

function scanProfile(name: string, cluster: Cluster): ScannedProfile {
  const profile = cluster.profiles.get(name) ?? missingProfile(name);
  return { profile, ingress: profile.ingressRules.map(scanRule), egress: profile.egressRules.map(scanRule) };
}

function workloadChains(
  local: readonly LocalEndpoint[],
  sorted: readonly Policy[],
  tiers: ReadonlyMap<string, Tier>,
  { felix }: Settings,
  generation: Generation,
): readonly FelixChain[] {
  const own = local.flatMap((endpoint) => {
    const common = {
      type: "normal",
      tiers: tiersOf(endpoint, sorted, tiers, (policy) => isOfKind(policy, "normal")),
      profiles: endpoint.profiles,
      allow: felix.filterAllowAction,
      origin: endpoint.origin,
    } as const;
    const to = {
      ...common,
      name: chainName("cali-tw-", endpoint.interface),
      direction: "ingress",
      fromWorkload: false,
    } as const;
    const from = {
      ...common,
      name: chainName("cali-fw-", endpoint.interface),
      direction: "egress",
      fromWorkload: true,
    } as const;
    return [...endpointChains(to, generation, felix), ...endpointChains(from, generation, felix)];
  });
  const interfaces = local.map((endpoint) => endpoint.interface);
  const rest = [unknownInterface];
  return [
    ...own,
    ...dispatchChains({
      name: "cali-from-wl-dispatch",
      side: "in",
      prefix: "cali-fw-",
      interfaces,
      rest,
      childrenRest: rest,
    }),
    ...dispatchChains({
      name: "cali-to-wl-dispatch",
      side: "out",
      prefix: "cali-tw-",
      interfaces,
      rest,
      childrenRest: rest,
    }),
  ];
}

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
  const unique = [...new Map(chains.map((chain) => [chain.name, chain])).values()];
  const reason = engineOrigin("leads packets into Calico's chains");
  const foreign = existing.filter(({ name }) => !name.startsWith("cali-"));
  const hooks: Hook[] = [];
  const kernel = builtIns[table].map((name): Chain => {
    const before = foreign.find((chain) => chain.name === name);
    const others = (before?.rules ?? []).filter((rule) => !isCalicos(rule));
    const own = unique.some((chain) => chain.name === `cali-${name}`) ? [{ action: jump(`cali-${name}`) }] : [];
    const isAppended = table === "nat" && name === "POSTROUTING" && generation.statics.appendsNatPostrouting;
    const inserted = isAppended ? [] : kernelRules(name, own, reason);
    const appended = kernelRules(
      `${name}*appends*`,
      [...(isAppended ? own : []), ...(name === "FORWARD" ? appendedToForward : [])],
      reason,
    );
    const [first, last] = felix.appendsHooks ? [[], [...inserted, ...appended]] : [inserted, appended];
    for (const rule of first) hooks.push({ table, chain: name, rule, place: "first" });
    for (const rule of last) hooks.push({ table, chain: name, rule, place: "last" });
    return { name, policy: before?.policy ?? "ACCEPT", rules: [...first, ...others, ...last] };
  });
  const present = generation.countsReferences ? reachable(unique, table === "filter") : unique;
  const users = [...foreign.filter(({ name }) => !builtIns[table].includes(name)), ...present.map(kernelChain)];
  const sorted = users.toSorted((a, b) => (a.name < b.name ? -1 : a.name > b.name ? 1 : 0));
  return { name: table, chains: [...kernel, ...sorted], hooks };
}

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
