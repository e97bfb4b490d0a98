import type { HostEndpoint } from "../cluster/cluster.js";
import type { FelixChain } from "../felix/rule.js";
import { goto, outInterface, returnToCaller } from "../felix/fragments.js";
import type { Generation } from "../generation.js";
import { chainName } from "../hashes.js";
import type { Direction, Policy } from "../policy.js";
import { watchedInterfaces, type NodeView, type Settings } from "../settings.js";
import { dispatchChains } from "./dispatch.js";
import { endpointChains, type EndpointChain, type TierPolicies } from "./endpoint-chains.js";

/** Interfaces of the host that have an endpoint; `*` for all that have none of their own. */
export type HostInterfaces = ReadonlyMap<string, HostEndpoint>;

/** What the chain of all other interfaces is called by. */
const anyInterface = "any-interface-at-all";

/**
 * Which endpoint each interface has: one with its name, or without a name and with one of its addresses; of several the first by
 * name. Source: Calico 87c15906f, felix/dataplane/linux/endpoint_mgr.go, resolveHostEndpoints.
 */
export function hostInterfacesOf(endpoints: readonly HostEndpoint[], node: NodeView): HostInterfaces {
  const local = endpoints.filter((each) => each.node === node.name).toSorted((a, b) => (a.key < b.key ? -1 : 1));
  const found = new Map<string, HostEndpoint>();
  for (const { name, addresses } of watchedInterfaces(node)) {
    const endpoint = local.find((each) =>
      each.interface === "" ? each.nets.some((net) => addresses.includes(net)) : each.interface === name,
    );
    if (endpoint) found.set(name, endpoint);
  }
  const wildcard = local.find((each) => each.interface === "*");
  if (wildcard) found.set("*", wildcard);
  return found;
}

/** The chain of an interface, or of all others for `*`. */
export function hostChainName(prefix: string, name: string): string {
  return chainName(prefix, name === "*" ? anyInterface : name);
}

export type HostPolicyKind = "normal" | "untracked" | "pre-dnat" | "forward";

/** Which policies the chains of host endpoints of a kind have. */
export function isOfKind(policy: Policy, kind: HostPolicyKind): boolean {
  switch (kind) {
    case "untracked":
      return policy.doNotTrack;
    case "pre-dnat":
      return policy.preDnat && !policy.doNotTrack;
    case "forward":
      return policy.applyOnForward && !policy.doNotTrack && !policy.preDnat;
    case "normal":
      return !policy.doNotTrack && !policy.preDnat;
  }
}

/** The chains of host endpoints in each table, and the trees that lead to them. */
export class HostChains {
  readonly #interfaces: HostInterfaces;
  readonly #tiers: (endpoint: HostEndpoint, kind: HostPolicyKind) => readonly TierPolicies[];
  readonly #settings: Settings;
  readonly #generation: Generation;

  constructor(
    interfaces: HostInterfaces,
    tiers: (endpoint: HostEndpoint, kind: HostPolicyKind) => readonly TierPolicies[],
    settings: Settings,
    generation: Generation,
  ) {
    this.#interfaces = interfaces;
    this.#tiers = tiers;
    this.#settings = settings;
    this.#generation = generation;
  }

  filter(): readonly FelixChain[] {
    const allow = this.#settings.felix.filterAllowAction;
    return [
      ...this.#chains("cali-fh-", "ingress", "normal", allow, this.#interfaces),
      ...this.#chains("cali-th-", "egress", "normal", allow, this.#interfaces),
      ...this.#chains("cali-fhfw-", "ingress", "forward", allow, this.#interfaces),
      ...this.#chains("cali-thfw-", "egress", "forward", allow, this.#interfaces),
      ...this.#dispatch("cali-from-host-endpoint", "in", "cali-fh-", this.#interfaces),
      ...this.#dispatch("cali-to-host-endpoint", "out", "cali-th-", this.#interfaces),
      ...this.#dispatch("cali-from-hep-forward", "in", "cali-fhfw-", this.#interfaces),
      ...this.#dispatch("cali-to-hep-forward", "out", "cali-thfw-", this.#interfaces),
    ];
  }

  /** Policies before connection tracking; the endpoint of all other interfaces has none. */
  raw(): readonly FelixChain[] {
    const own = new Map([...this.#having("untracked")].filter(([name]) => name !== "*"));
    return [
      ...this.#chains("cali-fh-", "ingress", "untracked", "ACCEPT", own),
      ...this.#chains("cali-th-", "egress", "untracked", "ACCEPT", own),
      ...this.#dispatch("cali-from-host-endpoint", "in", "cali-fh-", own),
      ...this.#dispatch("cali-to-host-endpoint", "out", "cali-th-", own),
    ];
  }

  mangle(): readonly FelixChain[] {
    const own = this.#having("pre-dnat");
    return [
      ...this.#chains("cali-fh-", "ingress", "pre-dnat", this.#settings.felix.mangleAllowAction, own),
      ...this.#dispatch("cali-from-host-endpoint", "in", "cali-fh-", own),
      ...(this.#generation.statics.hostPolicyAfterDnat
        ? [
            ...this.#chains("cali-th-", "egress", "normal", "RETURN", this.#interfaces),
            ...this.#dispatch("cali-to-host-endpoint", "out", "cali-th-", this.#interfaces, true),
          ]
        : []),
    ];
  }

  #having(kind: HostPolicyKind): HostInterfaces {
    return new Map([...this.#interfaces].filter(([, endpoint]) => this.#tiers(endpoint, kind).length > 0));
  }

  #chains(
    prefix: string,
    direction: Direction,
    type: EndpointChain["type"],
    allow: EndpointChain["allow"],
    interfaces: HostInterfaces,
  ): readonly FelixChain[] {
    return [...interfaces].flatMap(([name, endpoint]) =>
      endpointChains(
        {
          name: hostChainName(prefix, name),
          direction,
          type,
          tiers: this.#tiers(endpoint, type),
          profiles: endpoint.profiles,
          ...(type !== "forward" && { failsafe: direction === "ingress" ? "cali-failsafe-in" : "cali-failsafe-out" }),
          allow,
          fromWorkload: false,
          origin: endpoint.origin,
        },
        this.#generation,
        this.#settings.felix,
      ),
    );
  }

  #dispatch(
    name: string,
    side: "in" | "out",
    prefix: string,
    interfaces: HostInterfaces,
    skipsWorkloads = false,
  ): readonly FelixChain[] {
    const others = { action: goto(hostChainName(prefix, "*")) };
    const skip = this.#settings.node.interfacePrefixes.map((each) => ({
      comments: ["Skip egress WHEP policy for traffic to local workload"],
      matches: [outInterface(`${each}+`)],
      action: returnToCaller,
    }));
    const rest = interfaces.has("*") ? [...(skipsWorkloads ? skip : []), others] : [];
    const names = [...interfaces.keys()].filter((each) => each !== "*");
    return dispatchChains({ name, side, prefix, interfaces: names, rest, childrenRest: [] });
  }
}
