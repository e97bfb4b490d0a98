import type {
  LabelSelector,
  NetworkPolicy,
  Peer,
  PolicyPort,
  PolicyRule as WrittenRule,
} from "../../../model/objects.js";
import { selectorOf } from "../../../model/calico/parse-selector.js";
import { prefixLabels, printSelector } from "../../../model/calico/selector.js";
import { maskedCidr } from "../../../model/cidr.js";
import type { Generation } from "../generation.js";
import { anySide, type Policy, type PolicyRule, type RulePort, type RuleSide } from "../policy.js";
import { fieldOrigin } from "./origins.js";

/** The order of every NetworkPolicy of Kubernetes among Calico's. */
const kubernetesOrder = 1000;

/**
 * A NetworkPolicy as Calico's policy. Source: Calico 87c15906f, libcalico-go/lib/backend/k8s/conversion/conversion.go and
 * syncersv1/updateprocessors; before v3.11 libcalico-go 31e5bf43b.
 */
export function convertNetworkPolicy(policy: NetworkPolicy, generation: Generation): Policy {
  const rules = (direction: "ingress" | "egress"): readonly PolicyRule[] =>
    policy[direction].flatMap((rule, index) => convertRule(policy, rule, direction, index, generation));
  const pods = podSelectorText(policy.podSelector);
  return {
    kind: "KubernetesNetworkPolicy",
    namespace: policy.namespace,
    name: policy.name,
    tier: "default",
    order: kubernetesOrder,
    staged: false,
    selector: selectorOf(`(${pods}) && projectcalico.org/namespace == '${policy.namespace}'`),
    ingress: policy.policyTypes.includes("Ingress"),
    egress: policy.policyTypes.includes("Egress"),
    ingressRules: rules("ingress"),
    egressRules: rules("egress"),
    doNotTrack: false,
    preDnat: false,
    applyOnForward: false,
    everywhere: false,
    origin: fieldOrigin(policy, "metadata", policy.offset),
  };
}

function convertRule(
  policy: NetworkPolicy,
  rule: WrittenRule,
  direction: "ingress" | "egress",
  index: number,
  { conversion }: Generation,
): readonly PolicyRule[] {
  const groups = conversion.rulePerPort ? portsOneByOne(rule.ports) : portsByProtocol(rule.ports);
  const list = direction === "ingress" ? "from" : "to";
  const field = `spec.${direction}[${index}]`;
  const peers = rule.peers.map((peer, at) => ({
    side: peerSide(peer, policy.namespace),
    origin: fieldOrigin(policy, `${field}.${list}[${at}]`, peer.offset),
  }));
  if (peers.length === 0) peers.push({ side: anySide, origin: fieldOrigin(policy, field, rule.offset) });
  return groups.flatMap(({ protocol, ports }) =>
    peers.map(({ side, origin }): PolicyRule => {
      const own = { ...anySide, ports };
      const [source, destination] = direction === "ingress" ? [side, own] : [anySide, { ...side, ports }];
      return { action: "allow", ...(protocol && { protocol }), source, destination, annotations: [], origin };
    }),
  );
}

interface PortGroup {
  readonly protocol?: string;
  readonly ports: readonly RulePort[];
}

function portsOneByOne(ports: readonly PolicyPort[]): readonly PortGroup[] {
  if (ports.length === 0) return [{ ports: [] }];
  return ports.map(({ protocol, port }) => ({
    protocol: protocol.toLowerCase(),
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
    return { protocol: name.toLowerCase(), ports: isAll ? [] : simplified(own.map(toRulePort)) };
  });
}

function toRulePort({ port, endPort }: PolicyPort): RulePort {
  if (typeof port === "string") return { name: port };
  return { first: port!, last: endPort ?? port! };
}

/** From two numbers on: names first, then numbers in order, neighbours and overlaps merged. Source: conversion.go, SimplifyPorts. */
function simplified(ports: readonly RulePort[]): readonly RulePort[] {
  const numbers = ports.flatMap((port) => ("name" in port ? [] : [port]));
  if (numbers.length <= 1) return ports;
  const merged: { first: number; last: number }[] = [];
  for (const { first, last } of numbers.toSorted((a, b) => a.first - b.first || a.last - b.last)) {
    const open = merged.at(-1);
    if (open && first <= open.last + 1) open.last = Math.max(open.last, last);
    else merged.push({ first, last });
  }
  return [...ports.filter((port) => "name" in port), ...merged];
}

function peerSide(peer: Peer, namespace: string): RuleSide {
  if (peer.kind === "ipBlock") {
    return { ...anySide, nets: [maskedCidr(peer.cidr)], notNets: peer.except.map((except) => maskedCidr(except)) };
  }
  const pods = podSelectorText(peer.podSelector);
  const namespaces = peer.namespaceSelector
    ? namespaceClause(namespaceSelectorText(peer.namespaceSelector))
    : `projectcalico.org/namespace == '${namespace}'`;
  return { ...anySide, selector: `(${namespaces}) && (${pods})` };
}

/** What a namespace selector asks of an endpoint, which inherits the labels of its namespace under a prefix. */
export function namespaceClause(text: string): string {
  return printSelector(prefixLabels(selectorOf(text), "pcns."))
    .replaceAll("all()", "has(projectcalico.org/namespace)")
    .replaceAll("global()", "!has(projectcalico.org/namespace)");
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
