import { isResource } from "../../model/admit-resource.js";
import { wholeBlock } from "../../model/cidr.js";
import { keyOf, type Labels, type Namespace, type NetworkPolicy, type Pod } from "../../model/objects.js";
import { resourceKey, type Resource, type ServiceAccount } from "../../model/resources.js";
import type { Tables } from "../../netfilter/tables.js";
import type { AnyPairs } from "../../pairs/any-pairs.js";
import { diagnostic, type Diagnostic } from "../../text/diagnostic.js";
import type { Event, Node } from "../engine.js";
import type { LogEntry } from "../log-entry.js";
import type { AddressTranslation, NodeInterface, Specification } from "../specification.js";
import type { IpVersion } from "../../text/ip-version.js";
import type { CalicoPolicy } from "../../model/calico/objects.js";
import { conversionWarnings, isRefused } from "./conversion-warnings.js";
import { withConfigurations } from "./felix-settings.js";
import { floatingWarnings } from "./floating-warnings.js";
import {
  convertCalicoPolicy,
  convertHostEndpoint,
  convertNetworkPolicy,
  convertNetworkSet,
  convertProfile,
} from "./cluster/convert-calico.js";
import { serviceMembers } from "./cluster/service-members.js";
import {
  isLocal,
  namespaceProfile,
  podEndpoint,
  serviceAccountProfile,
  type Cluster,
  type Endpoint,
  type PodInterface,
  type Labelled,
} from "./cluster/cluster.js";
import type { Generation } from "./generation.js";
import { FelixLog } from "./log/felix-log.js";
import { endpointPlaces, type Marks } from "./marks.js";
import { planNode } from "./node-plan.js";
import { nodeTables } from "./node-tables.js";
import { nodesOf } from "./node-view.js";
import { policyPairs } from "./pairs/policy-pairs.js";
import { breakingSource, podRefusal } from "./pod-refusal.js";
import type { Policy, PolicyRule, Profile } from "./policy.js";
import { qosWarnings } from "./qos-warnings.js";
import { ruleWarnings } from "./rule-warnings.js";
import { comesToChild } from "./rules/dispatch.js";
import { floatingOf } from "./rules/floating.js";
import { loopbackInterface, metadataTranslation, openstackPorts, openstackUntracked } from "./rules/openstack.js";
import { hostInterfacesOf } from "./rules/host-endpoints.js";
import type { Tier } from "./rules/order.js";
import { neighbourMessages } from "./rules/statics.js";
import { hasFlowLogs, watchedInterfaces, type NodeView, type Settings, type Underlay } from "./settings.js";
import { nodeTunnels, underlayOf, underlayWarnings } from "./underlay.js";
import { unknownFeature } from "./unknown-features.js";

/** Where pods run that nobody has scheduled, when there is no other node. */
const unnamedNode = "this-node";

const usualTiers: readonly Tier[] = [{ name: "default", order: 1_000_000, defaultAction: "Deny" }];

/**
 * A node under Felix. Felix repairs its tables until they are what the cluster asks for, so that they follow from the objects that
 * are there, whatever happened before.
 */
export class CalicoNode implements Node {
  readonly #view: NodeView;
  /** `NAME=VALUE`, checked. */
  readonly #felixOptions: readonly string[];
  readonly #generation: Generation;
  readonly #existing: Tables | undefined;
  readonly #namespaces = new Map<string, Namespace>();
  readonly #pods = new Map<string, Pod>();
  readonly #policies = new Map<string, NetworkPolicy>();
  readonly #resources = new Map<string, Resource>();
  /** The first of the pods' nodes by name, where nobody says which is meant; it stays the same from then on. */
  #chosenNode: string | undefined;
  #tables: Tables | undefined;
  /** What configurations and options come to; every part of the node asks. */
  #settingsFound: ReturnType<typeof withConfigurations> | undefined;
  /** What Felix has logged about; made when somebody asks. */
  #log: FelixLog | undefined;

  constructor(view: NodeView, felixOptions: readonly string[], generation: Generation, existing: Tables | undefined) {
    this.#view = view;
    this.#felixOptions = felixOptions;
    this.#generation = generation;
    this.#existing = existing;
  }

  step(event: Event): void {
    if (event.kind === "reconcile") return;
    this.#tables = undefined;
    this.#settingsFound = undefined;
    if (event.kind === "delete") {
      this.#mapOf(event.objectKind).delete(mapKey(event.objectKind, event.key));
      if (event.objectKind === "Namespace") this.#emptyNamespace(event.key);
    } else {
      const { object } = event;
      const key = isResource(object) ? resourceKey(object) : keyOf(object);
      this.#mapOf(object.kind).set(mapKey(object.kind, key), object);
    }
  }

  /** A cluster deletes what lies in a namespace with it. */
  #emptyNamespace(name: string): void {
    for (const map of [this.#pods, this.#policies, this.#resources] as readonly Map<
      string,
      { readonly namespace: string }
    >[]) {
      for (const [key, { namespace }] of map) if (namespace === name) map.delete(key);
    }
  }

  tables(): Tables {
    return (this.#tables ??= nodeTables(
      this.#cluster(),
      this.#tiers(),
      this.#node(),
      this.#felix().felix,
      this.#underlay(),
      this.#generation,
      this.#existing,
    ));
  }

  /** What Felix logs while it works through what came since the last time. */
  settle(): readonly LogEntry[] {
    this.#log ??= new FelixLog(this.#generation);
    const cluster = this.#cluster();
    const settings = this.#settings(4);
    const plan = planNode(cluster, this.#tiers(), settings, this.#generation);
    return this.#log.round({ cluster, plan, settings });
  }

  get marks(): Marks {
    return this.#felix().felix.marks;
  }

  get logGaps(): readonly string[] {
    const { ipip, vxlan } = this.#underlay();
    const { felix } = this.#felix();
    const has = (kind: Resource["kind"]): boolean => [...this.#resources.values()].some((each) => each.kind === kind);
    const toHost = /^defaultendpointtohostaction=/i;
    return [
      ...(has("IPPool") ? ["IPPools"] : []),
      ...(has("BGPConfiguration") ? ["BGPConfigurations"] : []),
      ...(this.#view.ipvs ? ["IPVS"] : []),
      ...(has("Node") ? ["Nodes"] : []),
      ...(ipip || vxlan || felix.wireguard ? ["tunnels"] : []),
      ...(hasFlowLogs(felix) ? ["flow logs"] : []),
      ...([...this.#pods.values()].some(({ annotations }) => annotations) ? ["annotations of pods"] : []),
      ...(has("FelixConfiguration") || !this.#felixOptions.every((option) => toHost.test(option))
        ? ["how settings are read"]
        : []),
    ];
  }

  pairs(): readonly AnyPairs[] {
    return policyPairs(this.#cluster(), this.#tiers(), this.#generation);
  }

  get specification(): Specification {
    const { name, hostInterfaces } = this.#node();
    const { felix } = this.#felix();
    const drops = this.#generation.endpoints.dropsEncapsulated !== undefined;
    return {
      resources: [...this.#resources.values()],
      unknown: [...this.#resources.values()].filter((each) => unknownFeature(each, this.#generation)?.dropped),
      refusedPods: this.#refusedPods().map(({ pod }) => keyOf(pod)),
      services: {
        blocks:
          felix.serviceLoops === "DISABLED" ? [] : this.#underlay().serviceBlocks.map(({ block }) => wholeBlock(block)),
        knownPass: felix.filterAllowAction === "ACCEPT",
      },
      ...(this.#view.ipvs && { proxied: { ports: felix.nodePorts, notFrom: this.#unmarkedPods() } }),
      node: name,
      interfaces: [...hostInterfaces, ...loopbackInterface(this.#settings(4))],
      failsafe: { inbound: felix.failsafeInbound, outbound: felix.failsafeOutbound },
      podsReachNode: felix.defaultEndpointToHostAction !== "DROP",
      neighbourMessages,
      ...this.#openstack(),
      translations: this.#translations(),
      refusedTunnels: [
        ...(drops && !felix.allowVxlanFromWorkloads ? [{ name: "VXLAN", port: felix.vxlanPort } as const] : []),
        ...(drops && !felix.allowIpipFromWorkloads ? [{ name: "IPIP" } as const] : []),
      ],
      acceptsBeforeTunnels: this.#generation.statics.acceptsFirst,
      tunnels: nodeTunnels(this.#underlay(), felix, this.#generation),
    };
  }

  #settings(ipVersion: IpVersion): Settings {
    return { node: this.#node(), felix: this.#felix().felix, underlay: this.#underlay(), ipVersion };
  }

  /** What a node of OpenStack does for its machines. */
  #openstack(): Pick<Specification, "nodeServices" | "neverUntracked"> {
    const ofVersion = (ipVersion: IpVersion) => openstackPorts(this.#settings(ipVersion));
    const hasFilter = this.#generation.statics.reversePathFilter;
    return {
      nodeServices: [...ofVersion(4), ...ofVersion(6)],
      neverUntracked: hasFilter ? openstackUntracked(this.#settings(4)) : [],
    };
  }

  #translations(): readonly AddressTranslation[] {
    const { floatingIps, ipv6 } = this.#felix().felix;
    const local = floatingIps ? this.#cluster().endpoints.filter(isLocal) : [];
    const versions = ipv6 ? ([4, 6] as const) : ([4] as const);
    return versions.flatMap((version) => {
      const settings = this.#settings(version);
      const floating = floatingOf(local, settings.felix, version);
      return [...floating.map(({ address, to }) => ({ address, to, ofNode: true })), ...metadataTranslation(settings)];
    });
  }

  get diagnostics(): readonly Diagnostic[] {
    return [
      ...this.#nodeWarnings(),
      ...[...this.#policies.values()].flatMap((policy) => conversionWarnings(policy, this.#generation)),
      ...this.#felix().diagnostics,
      ...this.#refusedPods().map(({ problem }) => problem),
      ...this.#breakingSources(),
      ...floatingWarnings(this.#placed(), this.#nodeName(), this.#felix().felix, this.#generation),
      ...this.#markWarnings(),
      ...underlayWarnings(this.#underlay(), this.#nodeName(), this.#generation),
      ...this.#resourceWarnings(),
      ...qosWarnings([...this.#pods.values()], ofKind(this.#known(), "HostEndpoint"), this.#generation),
    ];
  }

  /** Pods that nobody has scheduled and that have no status yet run on this node. */
  #placed(): readonly Pod[] {
    const name = this.#nodeName();
    return [...this.#pods.values()].map((pod) => (isUnplaced(pod) ? { ...pod, nodeName: name } : pod));
  }

  /** Where IPVS forwards, every endpoint of the node needs a mark of its own. */
  #markWarnings(): readonly Diagnostic[] {
    if (!this.#view.ipvs) return [];
    const { endpoints, hostEndpoints } = this.#cluster();
    const local = endpoints.filter(isLocal);
    const places = endpointPlaces(this.marks.endpoint);
    const count = local.length + hostInterfacesOf(hostEndpoints, this.#node()).size;
    const mask = `0x${this.#felix().felix.markMask.toString(16)}`;
    return count > places ? [diagnostic("calico-ipvs-marks-too-few", { mask, places, count })] : [];
  }

  #breakingSources(): readonly Diagnostic[] {
    const { felix } = this.#felix();
    const name = this.#nodeName();
    return this.#placed().flatMap((pod) =>
      pod.nodeName === name ? (breakingSource(pod, felix, this.#generation) ?? []) : [],
    );
  }

  /** Refused pods on this node whose packets come out of the chains that mark for IPVS: unlike their root, the children drop nothing. */
  #unmarkedPods(): readonly string[] {
    const { endpoints, refused } = this.#cluster();
    const known = endpoints.filter(isLocal).map((endpoint) => endpoint.interface);
    return refused.filter((each) => comesToChild(each.interface, known)).map(({ key }) => key);
  }

  /** Pods that Felix treats as missing, and why. */
  #refusedPods(): readonly { readonly pod: Pod; readonly problem: Diagnostic }[] {
    const { felix } = this.#felix();
    return this.#placed().flatMap((pod) => {
      const problem = podRefusal(pod, felix, this.#generation);
      return problem ? [{ pod, problem }] : [];
    });
  }

  /** The node with its ends of tunnels, where the user does not say himself what they are. */
  #node(): NodeView {
    const { hostInterfaces, ...view } = this.#view;
    const ends = this.#underlay().ends.filter((end) => hostInterfaces.every(({ name }) => name !== end.name));
    const { excludedInterfaces } = this.#felix().felix;
    const isExcluded = ({ name }: NodeInterface): boolean => excludedInterfaces.some((each) => each.test(name));
    const all = [...hostInterfaces, ...ends].map((each) =>
      isExcluded(each) ? { ...each, excluded: true as const } : each,
    );
    return { ...view, name: this.#nodeName(), hostInterfaces: all };
  }

  #nodeName(): string {
    if (this.#view.name !== "") return this.#view.name;
    const [first] = this.#chosenNode === undefined ? nodesOf(this.#pods.values()) : [this.#chosenNode];
    this.#chosenNode = first;
    return first ?? unnamedNode;
  }

  #underlay(): Underlay {
    const resources = [...this.#resources.values()];
    const [pools, nodes] = [ofKind(resources, "IPPool"), ofKind(resources, "Node")];
    const bgp = ofKind(resources, "BGPConfiguration").find(({ name }) => name === "default");
    return underlayOf(pools, nodes, bgp, this.#nodeName(), this.#felix().felix);
  }

  #cluster(): Cluster {
    const profiles = new Map<string, Profile>();
    const add = (profile: Profile): void => void profiles.set(profile.name, profile);
    const resources = this.#known();
    const { namespaces, accounts } = this.#implied();
    for (const each of [...this.#namespaces.values(), ...namespaces]) add(namespaceProfile(each, this.#generation));
    for (const each of accounts) add(serviceAccountProfile(each, this.#generation));
    for (const resource of resources) {
      if (resource.kind === "ServiceAccount") add(serviceAccountProfile(resource, this.#generation));
      else if (resource.kind === "Profile") add(convertProfile(resource));
    }
    const node = this.#node();
    const { felix } = this.#felix();
    const endpoints: Endpoint[] = [];
    const refused: PodInterface[] = [];
    for (const pod of this.#placed()) {
      const endpoint = podEndpoint(pod, profiles, node, this.#generation);
      if (!endpoint) continue;
      if (!podRefusal(pod, felix, this.#generation)) endpoints.push(endpoint);
      else if (endpoint.interface !== undefined)
        refused.push({ key: endpoint.key, interface: endpoint.interface, nets: endpoint.nets });
    }
    const { ipv6 } = felix;
    // Where IPv6 is switched off, nobody looks at its addresses.
    const seen = <L extends Labelled>(each: L): L =>
      ipv6 ? each : { ...each, nets: each.nets.filter((net) => !net.includes(":")) };
    return {
      endpoints: endpoints.map(seen),
      refused,
      hostEndpoints: ofKind(resources, "HostEndpoint").map((each) =>
        seen(convertHostEndpoint(each, profiles, this.#generation)),
      ),
      networkSets: [...ofKind(resources, "GlobalNetworkSet"), ...ofKind(resources, "NetworkSet")].map((set) =>
        seen(convertNetworkSet(set, profiles)),
      ),
      policies: [
        ...[...this.#policies.values()]
          .filter((policy) => !isRefused(policy, this.#generation))
          .map((policy) => convertNetworkPolicy(policy, this.#generation)),
        ...ofKind(resources, "StagedKubernetesNetworkPolicy").map(({ policy }) => ({
          ...convertNetworkPolicy(policy, this.#generation),
          staged: true,
        })),
        ...this.#calicoPolicies()
          .map(convertCalicoPolicy)
          .map((policy) => this.#asKnown(policy)),
      ],
      profiles,
      services: (key, withPorts) => serviceMembers(ofKind(resources, "EndpointSlice"), key, withPorts, ipv6),
    };
  }

  /** Resources without those that the generation does not know. */
  #known(): readonly Resource[] {
    return [...this.#resources.values()].filter((each) => !unknownFeature(each, this.#generation)?.dropped);
  }

  #calicoPolicies(): readonly CalicoPolicy[] {
    return this.#known().filter((each): each is CalicoPolicy => "tier" in each);
  }

  /** Without what the generation passes over. */
  #asKnown(policy: Policy): Policy {
    const { annotations, performanceHints } = this.#generation.knows;
    const plain = (rules: readonly PolicyRule[]) => rules.map((rule) => ({ ...rule, annotations: [] }));
    return {
      ...policy,
      everywhere: policy.everywhere && performanceHints,
      ...(!annotations && { ingressRules: plain(policy.ingressRules), egressRules: plain(policy.egressRules) }),
    };
  }

  #tiers(): ReadonlyMap<string, Tier> {
    const written = ofKind(this.#known(), "Tier").map(({ name, order = Infinity, defaultAction }) => ({
      name,
      order,
      defaultAction,
    }));
    return new Map([...usualTiers, ...written].map((tier) => [tier.name, tier]));
  }

  /** Felix's settings: of every node, of this one, of the command line. */
  #felix(): ReturnType<typeof withConfigurations> {
    if (this.#settingsFound) return this.#settingsFound;
    const all = ofKind([...this.#resources.values()], "FelixConfiguration");
    const named = (name: string) => all.filter((each) => each.name === name);
    const own = [...named("default"), ...named(`node.${this.#nodeName()}`)];
    return (this.#settingsFound = withConfigurations(own, this.#felixOptions, this.#generation));
  }

  /** What a cluster has though nobody applied it: the namespaces of pods, and in each the service account `default`. */
  #implied(): { readonly namespaces: readonly Namespace[]; readonly accounts: readonly ServiceAccount[] } {
    const namespaces = new Map<string, Namespace>();
    const accounts = new Map<string, ServiceAccount>();
    for (const { namespace, serviceAccount: account = "default", offset, source } of this.#pods.values()) {
      const labels: Labels = new Map();
      if (!this.#namespaces.has(namespace)) {
        namespaces.set(namespace, { kind: "Namespace", name: namespace, labels, implied: true, offset, source });
      }
      if (account === "default" && !this.#resources.has(`ServiceAccount ${namespace}/default`)) {
        accounts.set(namespace, { kind: "ServiceAccount", namespace, name: "default", labels, offset, source });
      }
    }
    return { namespaces: [...namespaces.values()], accounts: [...accounts.values()] };
  }

  #nodeWarnings(): readonly Diagnostic[] {
    const found: Diagnostic[] = [];
    const pods = [...this.#pods.values()];
    const unplaced = pods.filter(isUnplaced);
    const { name } = this.#node();
    if (unplaced.length > 0) {
      found.push(
        diagnostic("calico-places-pods", { count: unplaced.length, node: name, pods: listed(unplaced.map(keyOf)) }),
      );
    }
    const nodes = nodesOf(pods);
    if (this.#view.name === "" && nodes.length > 1) {
      found.push(diagnostic("calico-node-not-named", { node: name, count: nodes.length, nodes: listed(nodes) }));
    } else if (nodes.length > 0 && !nodes.includes(name) && unplaced.length === 0) {
      found.push(diagnostic("calico-node-without-pods", { node: name, nodes: listed(nodes) }));
    }
    const implied = this.#implied();
    const namespaces = [...[...this.#namespaces.values()].filter((each) => each.implied), ...implied.namespaces].map(
      keyOf,
    );
    if (namespaces.length > 0) {
      found.push(diagnostic("calico-implied-namespaces", { count: namespaces.length, names: listed(namespaces) }));
    }
    const accounts = implied.accounts.map(resourceKey);
    if (accounts.length > 0) {
      found.push(diagnostic("calico-implied-accounts", { count: accounts.length, names: listed(accounts) }));
    }
    const missing = pods.filter(
      ({ namespace, serviceAccount: name = "default" }) =>
        name !== "default" && !this.#resources.has(`ServiceAccount ${namespace}/${name}`),
    );
    if (missing.length > 0) {
      found.push(diagnostic("calico-missing-accounts", { count: missing.length, names: listed(missing.map(keyOf)) }));
    }
    return found;
  }

  #resourceWarnings(): readonly Diagnostic[] {
    const node = this.#node();
    const tiers = this.#tiers();
    return [...this.#resources.values()].flatMap((resource): Diagnostic[] => {
      const where = { location: { source: resource.source, offset: resource.offset }, object: resourceKey(resource) };
      const unknown = unknownFeature(resource, this.#generation);
      if (unknown) {
        const { what, effect } = unknown;
        return [diagnostic("calico-unknown-feature", { release: this.#generation.release, what, effect }, where)];
      }
      if (resource.kind === "HostEndpoint" && resource.node === node.name && resource.interfaceName !== "*") {
        const watched = watchedInterfaces(node);
        const found = watched.some(({ name, addresses }) =>
          resource.interfaceName === ""
            ? resource.expectedIPs.some((each) => addresses.includes(each))
            : resource.interfaceName === name,
        );
        const interfaces = watched.map(({ name, addresses }) => `${name} (${addresses.join(", ")})`).join(", ");
        return found ? [] : [diagnostic("calico-no-interface", { node: node.name, interfaces }, where)];
      }
      if (!("tier" in resource)) return [];
      return [
        ...(tiers.has(resource.tier)
          ? []
          : [diagnostic("calico-missing-tier", { tier: resource.tier }, { ...where, field: "spec.tier" })]),
        ...ruleWarnings(resource, this.#felix().felix.ipv6 ? [4, 6] : [4]),
      ];
    });
  }

  #mapOf(kind: string): Map<string, unknown> {
    switch (kind) {
      case "Namespace":
        return this.#namespaces;
      case "Pod":
        return this.#pods;
      case "NetworkPolicy":
        return this.#policies;
      default:
        return this.#resources;
    }
  }
}

function ofKind<K extends Resource["kind"]>(
  resources: readonly Resource[],
  kind: K,
): readonly Extract<Resource, { readonly kind: K }>[] {
  return resources.filter((each): each is Extract<Resource, { readonly kind: K }> => each.kind === kind);
}

const ofKubernetes = ["Namespace", "Pod", "NetworkPolicy"];

function mapKey(kind: string, key: string): string {
  return ofKubernetes.includes(kind) ? key : `${kind} ${key}`;
}

function isUnplaced(pod: Pod): boolean {
  return pod.nodeName === "" && pod.phase === "" && !pod.hostNetwork;
}

/** `a, b, c and 3 more` */
function listed(names: readonly string[]): string {
  const shown = names.slice(0, 3);
  const more = names.length - shown.length;
  return shown.join(", ") + (more > 0 ? ` and ${more} more` : "");
}
