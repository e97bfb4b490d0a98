import { selectorHolds } from "../../model/calico/selector.js";
import type { TableName } from "../../netfilter/tables.js";
import {
  isLocal,
  missingProfile,
  type Cluster,
  type Endpoint,
  type HostEndpoint,
  type LocalEndpoint,
} from "./cluster/cluster.js";
import type { FelixChain } from "./felix/rule.js";
import type { Generation } from "./generation.js";
import { chainName } from "./hashes.js";
import type { Direction, Policy } from "./policy.js";
import { dispatchChains, unknownInterface } from "./rules/dispatch.js";
import { endpointChains, type EndpointChain, type TierPolicies } from "./rules/endpoint-chains.js";
import {
  HostChains,
  hostInterfacesOf,
  isOfKind,
  type HostInterfaces,
  type HostPolicyKind,
} from "./rules/host-endpoints.js";
import { floatingOf, type Floating } from "./rules/floating.js";
import { ipvsChains } from "./rules/ipvs.js";
import { sortPolicies, tiersOf, type Tier } from "./rules/order.js";
import { loggingOf } from "./rules/logs.js";
import { policyChains, profileChains, type ScannedPolicy, type ScannedProfile } from "./rules/policy-chains.js";
import type { RuleContext } from "./rules/policy-rules.js";
import { allowAction, filterChains, mangleChains, natChains, rawChains } from "./rules/statics.js";
import { scanRule, setsOf, type NeededSet } from "./sets.js";
import type { Settings } from "./settings.js";

/** What Felix knows of its node when it has worked through a cluster, for one version of IP: all that its tables are made of. */
export interface NodePlan {
  readonly local: readonly LocalEndpoint[];
  /** Host endpoints of this node, whether or not an interface is theirs. */
  readonly localHosts: readonly HostEndpoint[];
  readonly hosts: HostInterfaces;
  /** Those that apply to an endpoint here, in their order. */
  readonly policies: readonly ScannedPolicy[];
  readonly profiles: readonly ScannedProfile[];
  /** In each table, each name once; also chains that nothing leads to. */
  readonly chains: Readonly<Record<TableName, readonly FelixChain[]>>;
  /** Floating addresses of local endpoints, as the table nat has them. */
  readonly floating: readonly Floating[];
  readonly needed: readonly NeededSet[];
  /** The policies of a kind that apply to an endpoint. */
  tiers(endpoint: Endpoint | HostEndpoint, kind: HostPolicyKind): readonly TierPolicies[];
}

export function planNode(
  cluster: Cluster,
  tiers: ReadonlyMap<string, Tier>,
  settings: Settings,
  generation: Generation,
): NodePlan {
  const { node, felix, ipVersion } = settings;
  const local = cluster.endpoints.filter(isLocal);
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
    marks: felix.marks,
    dropsImpossible: generation.dropsImpossible,
    logging: loggingOf(felix, generation),
    ipVersion,
  };
  const ofPolicies = policies
    .filter(({ policy }) => !policy.staged)
    .flatMap((policy) => policyChains(policy, generation, context));
  const ofProfiles = profiles.flatMap((profile) => profileChains(profile, generation, context));
  const tiersFor: NodePlan["tiers"] = (endpoint, kind) =>
    tiersOf(endpoint, sorted, tiers, (policy) => isOfKind(policy, kind));
  const hostChains = new HostChains(hosts, tiersFor, settings, generation);
  const floating = floatingOf(local, felix, ipVersion);
  const hostProfiles = generation.statics.hostPolicyAfterDnat ? ofProfiles : [];
  return {
    local,
    localHosts,
    hosts,
    policies,
    profiles,
    chains: {
      filter: eachOnce([
        ...filterChains(settings, generation),
        ...workloadChains(local, tiersFor, settings, generation),
        ...hostChains.filter(),
        ...ipvsChains(local, hosts, settings, allowAction(felix.filterAllowAction)),
        ...ofPolicies,
        ...ofProfiles,
      ]),
      raw: eachOnce([...rawChains(settings, generation, local), ...hostChains.raw(), ...ofPolicies]),
      mangle: eachOnce([
        ...mangleChains(settings, generation, cluster),
        ...hostChains.mangle(),
        ...ofPolicies,
        ...hostProfiles,
      ]),
      nat: natChains(settings, generation, floating),
    },
    floating,
    needed: [...policies, ...profiles].flatMap(({ ingress, egress }) => [...ingress, ...egress].flatMap(setsOf)),
    tiers: tiersFor,
  };
}

/** Of chains with one name the last. */
function eachOnce(chains: readonly FelixChain[]): readonly FelixChain[] {
  return [...new Map(chains.map((chain) => [chain.name, chain])).values()];
}

export function scanPolicy(policy: Policy): ScannedPolicy {
  return { policy, ingress: policy.ingressRules.map(scanRule), egress: policy.egressRules.map(scanRule) };
}

function scanProfile(name: string, cluster: Cluster): ScannedProfile {
  const profile = cluster.profiles.get(name) ?? missingProfile(name);
  return { profile, ingress: profile.ingressRules.map(scanRule), egress: profile.egressRules.map(scanRule) };
}

function workloadChains(
  local: readonly LocalEndpoint[],
  tiers: NodePlan["tiers"],
  { felix }: Settings,
  generation: Generation,
): readonly FelixChain[] {
  const own = local.flatMap((endpoint) => {
    const limited = (direction: Direction): Pick<EndpointChain, "limits"> => limitsOf(endpoint, direction, generation);
    const common = {
      type: "normal",
      tiers: tiers(endpoint, "normal"),
      profiles: endpoint.profiles,
      allow: felix.filterAllowAction,
      origin: endpoint.origin,
    } as const;
    const to = {
      ...common,
      name: chainName("cali-tw-", endpoint.interface),
      direction: "ingress",
      ...limited("ingress"),
      fromWorkload: false,
    } as const;
    const from = {
      ...common,
      name: chainName("cali-fw-", endpoint.interface),
      direction: "egress",
      ...limited("egress"),
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

function limitsOf(
  { controls, controlOrigin }: LocalEndpoint,
  direction: Direction,
  { endpoints: { limits } }: Generation,
): Pick<EndpointChain, "limits"> {
  if (!limits || !controls || !controlOrigin) return {};
  return { limits: { ...controls[direction], direction, originOf: controlOrigin, bursts: limits.bursts } };
}
