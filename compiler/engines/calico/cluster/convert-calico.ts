import type {
  CalicoEntity,
  CalicoPolicy,
  CalicoProfile,
  CalicoRule,
  HostEndpoint as WrittenHostEndpoint,
  NetworkSet as WrittenNetworkSet,
} from "../../../model/calico/objects.js";
import { selectorOf } from "../../../model/calico/parse-selector.js";
import { prefixLabels, printSelector } from "../../../model/calico/selector.js";
import type { Labels, NetworkPolicy } from "../../../model/objects.js";
import type { Generation } from "../generation.js";
import { plainAddress } from "../plain-address.js";
import type { Policy, PolicyRule, Profile, RuleSide } from "../policy.js";
import { labelLookup, type HostEndpoint, type NamedPort, type NetworkSet } from "./cluster.js";
import { asCalicoPolicy } from "./convert-network-policy.js";
import { fieldOrigin } from "./origins.js";
import { hostControls } from "./qos-controls.js";

/** A policy of Kubernetes. */
export function convertNetworkPolicy(policy: NetworkPolicy, generation: Generation): Policy {
  return { ...convertCalicoPolicy(asCalicoPolicy(policy, generation)), kind: "KubernetesNetworkPolicy" };
}

/** Calico's own policy. Source: Calico 87c15906f, libcalico-go/lib/backend/syncersv1/updateprocessors. */
export function convertCalicoPolicy(policy: CalicoPolicy): Policy {
  const { kind, namespace, ingress, egress, order, ...rest } = policy;
  const rules = (written: readonly CalicoRule[], direction: string): readonly PolicyRule[] =>
    written.map((rule, index) =>
      convertRule(rule, namespace, fieldOrigin(policy, rule.field ?? `spec.${direction}[${index}]`, rule.offset)),
    );
  return {
    kind: kind.includes("Global") ? "GlobalNetworkPolicy" : "NetworkPolicy",
    namespace,
    name: rest.name,
    tier: rest.tier,
    order: order ?? Infinity,
    staged: kind.startsWith("Staged"),
    selector: selectorOf(policySelector(policy)),
    ingress: rest.ingressType,
    egress: rest.egressType,
    ingressRules: rules(ingress, "ingress"),
    egressRules: rules(egress, "egress"),
    doNotTrack: rest.doNotTrack,
    preDnat: rest.preDnat,
    applyOnForward: rest.applyOnForward,
    everywhere: rest.everywhere,
    origin: fieldOrigin(policy, "metadata", policy.offset),
  };
}

/** The selector with clauses for namespace and service account behind it. */
function policySelector({ namespace, selector, namespaceSelector, serviceAccountSelector }: CalicoPolicy): string {
  let text = selector;
  const and = (clause: string): void => void (text = text === "" ? clause : `(${text}) && ${clause}`);
  if (namespace !== "") and(`projectcalico.org/namespace == '${namespace}'`);
  if (namespaceSelector !== "") {
    and(prefixed(namespaceSelector, "pcns."));
    text = text.replaceAll("all()", "has(projectcalico.org/namespace)");
  }
  if (serviceAccountSelector !== "") {
    and(prefixed(serviceAccountSelector, "pcsa."));
    text = text.replaceAll("all()", "has(projectcalico.org/serviceaccount)");
  }
  return text;
}

function prefixed(text: string, prefix: string): string {
  return printSelector(prefixLabels(selectorOf(text), prefix));
}

function convertRule(rule: CalicoRule, namespace: string, origin: PolicyRule["origin"]): PolicyRule {
  const { action, protocol, notProtocol, ipVersion = versionOf(protocol), icmp, notIcmp } = rule;
  return {
    action: action.toLowerCase() as PolicyRule["action"],
    ...(ipVersion !== undefined && { ipVersion }),
    ...(protocol !== undefined && { protocol: lowerCase(protocol) }),
    ...(notProtocol !== undefined && { notProtocol: lowerCase(notProtocol) }),
    ...(icmp && { icmp }),
    ...(notIcmp && { notIcmp }),
    source: convertSide(rule.source, namespace),
    destination: convertSide(rule.destination, namespace),
    annotations: [...rule.annotations].map(([key, value]) => `${key}=${value}`),
    origin,
  };
}

/** A rule for ICMP by its name is for IPv4, one for ICMPv6 for IPv6. Source: Calico 87c15906f, felix/calc/rule_convert.go, ipVersionToProtoIPVersion; the same in 2017. */
function versionOf(protocol: CalicoRule["protocol"]): PolicyRule["ipVersion"] {
  return protocol === "ICMP" ? 4 : protocol === "ICMPv6" ? 6 : undefined;
}

function lowerCase(protocol: string | number): string | number {
  return typeof protocol === "string" ? protocol.toLowerCase() : protocol;
}

function convertSide(entity: CalicoEntity, namespace: string): RuleSide {
  return {
    nets: entity.nets,
    notNets: entity.notNets,
    selector: endpointSelector(entity, namespace),
    notSelector: entity.notSelector,
    ports: entity.ports,
    notPorts: entity.notPorts,
    ...(entity.services && { service: entity.services }),
    written: entity,
  };
}

/** Source: updateprocessors/rules.go, getEndpointSelector. */
function endpointSelector(entity: CalicoEntity, namespace: string): string {
  const { namespaceSelector, notSelector, selector, serviceAccounts } = entity;
  const clause =
    namespaceSelector !== ""
      ? namespaceClause(namespaceSelector)
      : namespace === ""
        ? ""
        : `projectcalico.org/namespace == '${namespace}'`;
  const accounts = accountSelector(serviceAccounts);
  const own = accounts !== "" && selector !== "" ? `(${accounts}) && (${selector})` : accounts + selector;
  if (clause === "") return own;
  if (own !== "") return `(${clause}) && (${own})`;
  return notSelector !== "" || namespaceSelector !== "" ? clause : "";
}

/** What a namespace selector asks of an endpoint, which inherits the labels of its namespace under a prefix. */
function namespaceClause(text: string): string {
  return prefixed(text, "pcns.")
    .replaceAll("all()", "has(projectcalico.org/namespace)")
    .replaceAll("global()", "!has(projectcalico.org/namespace)");
}

function accountSelector(accounts: CalicoEntity["serviceAccounts"]): string {
  if (!accounts) return "";
  const names = accounts.names.map((name) => `'${name}'`).join(", ");
  const byName = names === "" ? "" : printSelector(selectorOf(`projectcalico.org/serviceaccount in { ${names} }`));
  const bySelector =
    accounts.selector === ""
      ? ""
      : prefixed(accounts.selector, "pcsa.").replaceAll("all()", "has(projectcalico.org/serviceaccount)");
  return byName !== "" && bySelector !== "" ? `(${bySelector}) && (${byName})` : bySelector + byName;
}

export function convertProfile(profile: CalicoProfile): Profile {
  const rules = (written: readonly CalicoRule[], direction: string): readonly PolicyRule[] =>
    written.map((rule, index) =>
      convertRule(rule, "", fieldOrigin(profile, `spec.${direction}[${index}]`, rule.offset)),
    );
  return {
    name: profile.name,
    labels: profile.labelsToApply,
    ingressRules: rules(profile.ingress, "ingress"),
    egressRules: rules(profile.egress, "egress"),
    origin: fieldOrigin(profile, "metadata", profile.offset),
  };
}

export function convertHostEndpoint(
  endpoint: WrittenHostEndpoint,
  profiles: ReadonlyMap<string, Profile>,
  generation: Generation,
): HostEndpoint {
  return {
    key: endpoint.name,
    node: endpoint.node,
    interface: endpoint.interfaceName,
    profiles: endpoint.profiles,
    ownLabels: endpoint.labels,
    labelOf: labelLookup(endpoint.labels, endpoint.profiles, profiles),
    nets: endpoint.expectedIPs.map(plainAddress),
    ports: endpoint.ports.flatMap(({ name, protocol, port }): NamedPort[] => {
      const known = (["tcp", "udp", "sctp"] as const).find((each) => each === lowerCase(protocol));
      return known ? [{ name, protocol: known, port }] : [];
    }),
    ...(endpoint.annotations && {
      controls: hostControls(endpoint.annotations, generation).controls,
      controlOrigin: (offset: number) => fieldOrigin(endpoint, "metadata.annotations", offset),
    }),
    origin: fieldOrigin(endpoint, "metadata", endpoint.offset),
  };
}

/** One of a namespace has the labels that its namespace gives pods, too. */
export function convertNetworkSet(set: WrittenNetworkSet, profiles: ReadonlyMap<string, Profile>): NetworkSet {
  const labels: Labels =
    set.namespace === "" ? set.labels : new Map(set.labels).set("projectcalico.org/namespace", set.namespace);
  return {
    key: set.namespace === "" ? set.name : `${set.namespace}/${set.name}`,
    ownLabels: labels,
    labelOf: labelLookup(labels, set.namespace === "" ? [] : [`kns.${set.namespace}`], profiles),
    nets: set.nets,
    ports: [],
    origin: fieldOrigin(set, "spec.nets", set.offset),
  };
}
