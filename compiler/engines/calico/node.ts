import { keyOf, type Labels, type Namespace, type NetworkPolicy, type Pod } from "../../model/objects.js";
import { resourceKey, type Resource, type ServiceAccount } from "../../model/resources.js";
import type { Tables } from "../../netfilter/tables.js";
import { lowerPolicy } from "../../pairs/lower-policy.js";
import type { PolicyPairs } from "../../pairs/pair-group.js";
import { specificationReading } from "../../pairs/reading.js";
import { diagnostic, type Diagnostic } from "../../text/diagnostic.js";
import type { Event, Node } from "../engine.js";
import { convertNetworkPolicy } from "./cluster/convert-network-policy.js";
import {
  namespaceProfile,
  podEndpoint,
  serviceAccountProfile,
  type Cluster,
  type Endpoint,
} from "./cluster/cluster.js";
import type { Generation } from "./generation.js";
import { nodeTables } from "./node-tables.js";
import { nodesOf } from "./node-view.js";
import type { Profile } from "./policy.js";
import type { Tier } from "./rules/order.js";
import type { NodeView, Settings } from "./settings.js";

/** Where pods run that nobody has scheduled, when there is no other node. */
const unnamedNode = "this-node";

const usualTiers: readonly Tier[] = [{ name: "default", order: 1_000_000, defaultAction: "Deny" }];

/**
 * A node under Felix. Felix repairs its tables until they are what the cluster asks for, so that they follow from the objects that
 * are there, whatever happened before.
 */
export class CalicoNode implements Node {
  readonly #settings: Settings;
  readonly #generation: Generation;
  readonly #existing: Tables | undefined;
  readonly #namespaces = new Map<string, Namespace>();
  readonly #pods = new Map<string, Pod>();
  readonly #policies = new Map<string, NetworkPolicy>();
  readonly #resources = new Map<string, Resource>();
  /** The first of the pods' nodes by name, where nobody says which is meant; it stays the same from then on. */
  #chosenNode: string | undefined;
  #tables: Tables | undefined;

  constructor(settings: Settings, generation: Generation, existing: Tables | undefined) {
    this.#settings = settings;
    this.#generation = generation;
    this.#existing = existing;
  }

  step(event: Event): void {
    if (event.kind === "reconcile") return;
    this.#tables = undefined;
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
      new Map(usualTiers.map((tier) => [tier.name, tier])),
      { ...this.#settings, node: this.#node() },
      this.#generation,
      this.#existing,
    ));
  }

  pairs(): readonly PolicyPairs[] {
    return [...this.#policies.values()].map((policy) => lowerPolicy(policy, specificationReading));
  }

  get diagnostics(): readonly Diagnostic[] {
    return [...this.#nodeWarnings(), ...this.#policyWarnings()];
  }

  /** Pods that nobody has scheduled and that have no status yet run on this node. */
  #placed(): readonly Pod[] {
    const { name } = this.#node();
    return [...this.#pods.values()].map((pod) => (isUnplaced(pod) ? { ...pod, nodeName: name } : pod));
  }

  #node(): NodeView {
    const { node } = this.#settings;
    if (node.name !== "") return node;
    const [first] = this.#chosenNode === undefined ? nodesOf(this.#pods.values()) : [this.#chosenNode];
    this.#chosenNode = first;
    return { ...node, name: first ?? unnamedNode };
  }

  #cluster(): Cluster {
    const profiles = new Map<string, Profile>();
    const add = (profile: Profile): void => void profiles.set(profile.name, profile);
    const { namespaces, accounts } = this.#implied();
    for (const each of [...this.#namespaces.values(), ...namespaces]) add(namespaceProfile(each, this.#generation));
    for (const each of accounts) add(serviceAccountProfile(each, this.#generation));
    for (const resource of this.#resources.values()) {
      if (resource.kind === "ServiceAccount") add(serviceAccountProfile(resource, this.#generation));
    }
    const node = this.#node();
    const endpoints = this.#placed().flatMap((pod): Endpoint[] => {
      const endpoint = podEndpoint(pod, profiles, node, this.#generation);
      return endpoint ? [endpoint] : [];
    });
    return {
      endpoints,
      hostEndpoints: [],
      networkSets: [],
      policies: [...this.#policies.values()]
        .filter((policy) => !this.#isRefused(policy))
        .map((policy) => convertNetworkPolicy(policy, this.#generation)),
      profiles,
      services: () => [],
    };
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

  #isRefused(policy: NetworkPolicy): boolean {
    return this.#generation.conversion.refusesSctpPorts && sctpPort(policy) !== undefined;
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
    if (this.#settings.node.name === "" && nodes.length > 1) {
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

  #policyWarnings(): readonly Diagnostic[] {
    const { conversion, release } = this.#generation;
    return [...this.#policies.values()].flatMap((policy): Diagnostic[] => {
      const where = (offset: number, field: string) => ({
        location: { source: policy.source, offset },
        object: keyOf(policy),
        field,
      });
      const sctp = sctpPort(policy);
      if (conversion.refusesSctpPorts && sctp) {
        return [diagnostic("calico-refuses-sctp", { release }, where(sctp.offset, sctp.field))];
      }
      if (conversion.knowsEndPort) return [];
      return portsOf(policy)
        .filter(({ port }) => port.endPort !== undefined)
        .map(({ port, field }) =>
          diagnostic(
            "calico-ignores-end-port",
            { release, what: `${port.port}-${port.endPort}` },
            where(port.offset, `${field}.endPort`),
          ),
        );
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

const ofKubernetes = ["Namespace", "Pod", "NetworkPolicy"];

function isResource(object: { readonly kind: string }): object is Resource {
  return !ofKubernetes.includes(object.kind);
}

function mapKey(kind: string, key: string): string {
  return ofKubernetes.includes(kind) ? key : `${kind} ${key}`;
}

function isUnplaced(pod: Pod): boolean {
  return pod.nodeName === "" && pod.phase === "" && !pod.hostNetwork;
}

function portsOf(policy: NetworkPolicy) {
  return (["ingress", "egress"] as const).flatMap((direction) =>
    policy[direction].flatMap(({ ports }, rule) =>
      ports.map((port, index) => ({ port, field: `spec.${direction}[${rule}].ports[${index}]` })),
    ),
  );
}

function sctpPort(policy: NetworkPolicy): { readonly offset: number; readonly field: string } | undefined {
  const found = portsOf(policy).find(({ port }) => port.protocol === "SCTP" && port.port !== undefined);
  return found && { offset: found.port.offset, field: found.field };
}

/** `a, b, c and 3 more` */
function listed(names: readonly string[]): string {
  const shown = names.slice(0, 3);
  const more = names.length - shown.length;
  return shown.join(", ") + (more > 0 ? ` and ${more} more` : "");
}
