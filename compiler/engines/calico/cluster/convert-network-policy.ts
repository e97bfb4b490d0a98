import type { CalicoEntity, CalicoPolicy, CalicoPort, CalicoRule } from "../../../model/calico/objects.js";
import { anyEntity } from "../../../model/calico/read-rule.js";
import type {
  LabelSelector,
  NetworkPolicy,
  Peer,
  PolicyPort,
  PolicyRule as WrittenRule,
} from "../../../model/objects.js";
import { maskedCidr } from "../../../model/cidr.js";
import type { Generation } from "../generation.js";

/** The order of every NetworkPolicy of Kubernetes among Calico's. */
const kubernetesOrder = 1000;

/**
 * A NetworkPolicy of Kubernetes as one of Calico's own; its rules know the fields that they come from. Source: Calico 87c15906f,
 * libcalico-go/lib/backend/k8s/conversion/conversion.go, K8sNetworkPolicyToCalico; before v3.11 libcalico-go 31e5bf43b.
 */
export function asCalicoPolicy(policy: NetworkPolicy, generation: Generation): CalicoPolicy {
  const rules = (direction: "ingress" | "egress"): readonly CalicoRule[] =>
    policy[direction].flatMap((rule, index) => convertRule(rule, direction, index, generation));
  return {
    kind: "CalicoNetworkPolicy",
    namespace: policy.namespace,
    name: policy.name,
    tier: "default",
    order: kubernetesOrder,
    selector: podSelectorText(policy.podSelector),
    namespaceSelector: "",
    serviceAccountSelector: "",
    ingressType: policy.policyTypes.includes("Ingress"),
    egressType: policy.policyTypes.includes("Egress"),
    ingress: rules("ingress"),
    egress: rules("egress"),
    doNotTrack: false,
    preDnat: false,
    applyOnForward: false,
    everywhere: false,
    source: policy.source,
    offset: policy.offset,
  };
}

function convertRule(
  rule: WrittenRule,
  direction: "ingress" | "egress",
  index: number,
  { conversion }: Generation,
): readonly CalicoRule[] {
  const groups = conversion.rulePerPort ? portsOneByOne(rule.ports) : portsByProtocol(rule.ports);
  const list = direction === "ingress" ? "from" : "to";
  const field = `spec.${direction}[${index}]`;
  const peers = rule.peers.map((peer, at) => ({
    entity: peerEntity(peer),
    place: { field: `${field}.${list}[${at}]`, offset: peer.offset },
  }));
  if (peers.length === 0) peers.push({ entity: anyEntity, place: { field, offset: rule.offset } });
  return groups.flatMap(({ protocol, ports }) =>
    peers.map(({ entity, place }): CalicoRule => {
      const own = { ...anyEntity, ports };
      const [source, destination] = direction === "ingress" ? [entity, own] : [anyEntity, { ...entity, ports }];
      return { action: "Allow", ...(protocol && { protocol }), source, destination, annotations: new Map(), ...place };
    }),
  );
}

interface PortGroup {
  readonly protocol?: string;
  readonly ports: readonly CalicoPort[];
}

function portsOneByOne(ports: readonly PolicyPort[]): readonly PortGroup[] {
  if (ports.length === 0) return [{ ports: [] }];
  return ports.map(({ protocol, port }) => ({
    protocol,
    ports: port === undefined ? [] : [typeof port === "number" ? { first: port, last: port } : { name: port }],
  }));
}

/** By the name of the protocol; an entry without a port stands for all ports of its protocol. */
function portsByProtocol(ports: readonly PolicyPort[]): readonly PortGroup[] {
  if (ports.length === 0) return [{ ports: [] }];
  const names = [...new Set(ports.map(({ protocol }) => protocol))].toSorted();
  return names.map((name) => {
    const own = ports.filter(({ protocol }) => protocol === name);
    const isAll = own.some(({ port }) => port === undefined);
    return { protocol: name, ports: isAll ? [] : simplified(own.map(toRulePort)) };
  });
}

function toRulePort({ port, endPort }: PolicyPort): CalicoPort {
  if (typeof port === "string") return { name: port };
  return { first: port!, last: endPort ?? port! };
}

/** From two ports on that have numbers: names first, then numbers in order, neighbours and overlaps merged. Source: conversion.go, SimplifyPorts. */
function simplified(ports: readonly CalicoPort[]): readonly CalicoPort[] {
  const numbers = ports.flatMap((port) => ("name" in port ? [] : [port]));
  if (numbers.reduce((sum, { first, last }) => sum + last - first + 1, 0) <= 1) return ports;
  const merged: { first: number; last: number }[] = [];
  for (const { first, last } of numbers.toSorted((a, b) => a.first - b.first || a.last - b.last)) {
    const open = merged.at(-1);
    if (open && first <= open.last + 1) open.last = Math.max(open.last, last);
    else merged.push({ first, last });
  }
  return [...ports.filter((port) => "name" in port), ...merged];
}

function peerEntity(peer: Peer): CalicoEntity {
  if (peer.kind === "ipBlock") {
    return { ...anyEntity, nets: [maskedCidr(peer.cidr)], notNets: peer.except.map((except) => maskedCidr(except)) };
  }
  const { podSelector, namespaceSelector } = peer;
  return {
    ...anyEntity,
    selector: podSelectorText(podSelector),
    namespaceSelector: namespaceSelector ? namespaceSelectorText(namespaceSelector) : "",
  };
}

function podSelectorText(selector: LabelSelector | undefined): string {
  return ["projectcalico.org/orchestrator == 'k8s'", ...clausesOf(selector)].join(" && ");
}

function namespaceSelectorText(selector: LabelSelector): string {
  const clauses = clausesOf(selector);
  return clauses.length === 0 ? "all()" : clauses.join(" && ");
}

/** Labels by key, then expressions as written. */
function clausesOf(selector: LabelSelector | undefined): readonly string[] {
  if (!selector) return [];
  const expressions = selector.matchExpressions.map(({ key, operator, values }) => {
    const list = values.join("', '");
    switch (operator) {
      case "In":
        return `${key} in { '${list}' }`;
      case "NotIn":
        return `${key} not in { '${list}' }`;
      case "Exists":
        return `has(${key})`;
      case "DoesNotExist":
        return `! has(${key})`;
    }
  });
  return [...[...selector.matchLabels].map(([key, value]) => `${key} == '${value}'`), ...expressions];
}
