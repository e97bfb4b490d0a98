import type { Namespace, Pod } from "../../../model/objects.js";
import type { ServiceAccount } from "../../../model/resources.js";
import type { Origin } from "../../../text/origin.js";
import type { Generation } from "../generation.js";
import { interfaceName } from "../hashes.js";
import { plainAddress } from "../plain-address.js";
import { anySide, type Policy, type PolicyRule, type Profile } from "../policy.js";
import type { NodeView } from "../settings.js";
import { floatingAddresses, type FloatingAddress } from "./floating-addresses.js";
import { engineOrigin, fieldOrigin } from "./origins.js";
import { podControls, type QosControls } from "./qos-controls.js";
import { sourcePrefixes } from "./source-prefixes.js";
import type { ServiceMember } from "./service-members.js";

/** The cluster as the calculation of a node's state sees it. */
export interface Cluster {
  readonly endpoints: readonly Endpoint[];
  /** Interfaces of pods on this node that Felix treats as missing. */
  readonly refused: readonly PodInterface[];
  readonly hostEndpoints: readonly HostEndpoint[];
  readonly networkSets: readonly NetworkSet[];
  readonly policies: readonly Policy[];
  readonly profiles: ReadonlyMap<string, Profile>;
  /** The members of a service's sets: `10.0.0.4,tcp:80`, or addresses alone. */
  services(key: string, withPorts: boolean): readonly ServiceMember[];
}

/** Something that has labels and addresses: what selectors choose from. */
export interface Labelled {
  /** `namespace/name`; of what is in no namespace its name. */
  readonly key: string;
  readonly ownLabels: ReadonlyMap<string, string>;
  /** Its own, then those of its profiles, the first that has it. */
  readonly labelOf: (label: string) => string | undefined;
  /** Blocks, single addresses without a length. */
  readonly nets: readonly string[];
  readonly ports: readonly NamedPort[];
  readonly origin: Origin;
}

export interface NamedPort {
  readonly name: string;
  readonly protocol: "tcp" | "udp" | "sctp";
  readonly port: number;
}

/** A pod's end on the node. */
export interface PodInterface {
  /** `namespace/name` of the pod. */
  readonly key: string;
  readonly interface: string;
  readonly nets: readonly string[];
}

/** What annotations ask for, and where they are; absent where there are none. */
export interface Controlled {
  readonly controls?: QosControls;
  readonly controlOrigin?: (offset: number) => Origin;
}

/** A pod. */
export interface Endpoint extends Labelled, Controlled {
  readonly profiles: readonly string[];
  /** Blocks that it may send from besides its own addresses. */
  readonly sources: readonly string[];
  /** Addresses that it asks for, and that lead to it besides its own. */
  readonly floating: readonly (FloatingAddress & { readonly origin: Origin })[];
  /** On this node: the name of its interface there. */
  readonly interface?: string;
}

/** A pod of this node. */
export type LocalEndpoint = Endpoint & PodInterface;

export function isLocal(endpoint: Endpoint): endpoint is LocalEndpoint {
  return endpoint.interface !== undefined;
}

/** Interfaces of a host. */
export interface HostEndpoint extends Labelled, Controlled {
  readonly node: string;
  /** `*` for all; "" where it goes by its addresses. */
  readonly interface: string;
  readonly profiles: readonly string[];
}

/** Addresses outside that have labels. */
export type NetworkSet = Labelled;

/** The profile of a namespace. Source: Calico 87c15906f, libcalico-go/lib/backend/k8s/conversion, NamespaceToProfile. */
export function namespaceProfile(namespace: Namespace, { conversion }: Generation): Profile {
  const labels = new Map([...namespace.labels].map(([key, value]) => [`pcns.${key}`, value]));
  if (conversion.labelsNamespaceNames) labels.set("pcns.projectcalico.org/name", namespace.name);
  const origin = fieldOrigin(namespace, "metadata", namespace.offset);
  const everything: PolicyRule = { action: "allow", source: anySide, destination: anySide, annotations: [], origin };
  return { name: `kns.${namespace.name}`, labels, ingressRules: [everything], egressRules: [everything], origin };
}

/** The profile of a service account; it has no rules. */
export function serviceAccountProfile(account: ServiceAccount, { conversion }: Generation): Profile {
  const labels = new Map([...account.labels].map(([key, value]) => [`pcsa.${key}`, value]));
  if (conversion.labelsNamespaceNames) labels.set("pcsa.projectcalico.org/name", account.name);
  const origin = fieldOrigin(account, "metadata", account.offset);
  return { name: `ksa.${account.namespace}.${account.name}`, labels, ingressRules: [], egressRules: [], origin };
}

/** A profile that an endpoint names and nobody defines lets nothing through. */
export function missingProfile(name: string): Profile {
  const origin = engineOrigin(`the profile ${name}, which does not exist`);
  const nothing: PolicyRule = { action: "deny", source: anySide, destination: anySide, annotations: [], origin };
  return { name, labels: new Map(), ingressRules: [nothing], egressRules: [nothing], origin };
}

/** Whether a pod has a part in policies: it is scheduled, has an address of its own, and has not finished. */
export function isEndpoint(
  { phase, addresses, ip, hostNetwork, nodeName }: Pod,
  { conversion }: Pick<Generation, "conversion">,
): boolean {
  const finished = phase === "Succeeded" || phase === "Failed";
  const hasAddress = addresses ? addresses.length > 0 : ip !== "";
  return !hostNetwork && hasAddress && nodeName !== "" && (!finished || conversion.keepsFinishedPods);
}

/** A pod as an endpoint; undefined where Calico has none for it. Source: conversion, PodToWorkloadEndpoints. */
export function podEndpoint(
  pod: Pod,
  profiles: ReadonlyMap<string, Profile>,
  node: NodeView,
  generation: Generation,
): Endpoint | undefined {
  const { conversion } = generation;
  if (!isEndpoint(pod, generation)) return undefined;
  const addresses = pod.addresses ?? [pod.ip];
  const account = pod.serviceAccount ?? "default";
  const key = `${pod.namespace}/${pod.name}`;
  const own = new Map(pod.labels)
    .set("projectcalico.org/namespace", pod.namespace)
    .set("projectcalico.org/orchestrator", "k8s");
  if (account.length < 63) own.set("projectcalico.org/serviceaccount", account);
  const names = [`kns.${pod.namespace}`, `ksa.${pod.namespace}.${account}`];
  const ports = conversion.namesInitPorts ? [...pod.ports, ...(pod.initPorts ?? [])] : pod.ports;
  return {
    key,
    ownLabels: own,
    labelOf: labelLookup(own, names, profiles),
    nets: addresses.map(plainAddress),
    ports: ports.flatMap(({ name, protocol, containerPort }) =>
      name === "" ? [] : [{ name, protocol: protocol.toLowerCase() as NamedPort["protocol"], port: containerPort }],
    ),
    profiles: names,
    sources: allowedSources(pod, generation),
    floating: floatingOf(pod, generation),
    ...(pod.nodeName === node.name && {
      interface: node.interfaces.get(key) ?? interfaceName(node.interfacePrefixes[0]!, pod.namespace, pod.name),
    }),
    ...(pod.annotations && {
      controls: podControls(pod.annotations, generation).controls,
      controlOrigin: (offset: number) => fieldOrigin(pod, "metadata.annotations", offset),
    }),
    origin: fieldOrigin(pod, "metadata", pod.offset),
  };
}

function allowedSources(pod: Pod, { statics }: Generation): readonly string[] {
  const asked = statics.reversePathSkip === undefined ? undefined : sourcePrefixes(pod);
  return asked && "blocks" in asked ? asked.blocks : [];
}

function floatingOf(pod: Pod, generation: Generation): Endpoint["floating"] {
  const asked = floatingAddresses(pod, generation);
  if (!asked || "problem" in asked) return [];
  const origin = fieldOrigin(pod, "metadata.annotations", asked.written.offset);
  return asked.addresses.map((each) => ({ ...each, origin }));
}

/** Own labels, then those of the profiles in their order. */
export function labelLookup(
  own: ReadonlyMap<string, string>,
  names: readonly string[],
  profiles: ReadonlyMap<string, Profile>,
): (label: string) => string | undefined {
  return (label) => {
    const value = own.get(label);
    if (value !== undefined) return value;
    for (const name of names) {
      const inherited = profiles.get(name)?.labels.get(label);
      if (inherited !== undefined) return inherited;
    }
    return undefined;
  };
}
