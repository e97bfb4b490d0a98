import { wholeBlock } from "../../../model/cidr.js";
import { printSelector } from "../../../model/calico/selector.js";
import type { HostEndpoint, Labelled, LocalEndpoint } from "../cluster/cluster.js";
import type { Ports } from "../felix/fragments.js";
import type { Generation } from "../generation.js";
import { ruleIds } from "../hashes.js";
import type { NodePlan } from "../node-plan.js";
import type { Icmp, Policy, PolicyRule } from "../policy.js";
import type { TierPolicies } from "../rules/endpoint-chains.js";
import type { HostPolicyKind } from "../rules/host-endpoints.js";
import { fullName, kindOf, type ScannedPolicy, type ScannedProfile } from "../rules/policy-chains.js";
import type { NeededSet, ScannedRule, ScannedSide } from "../sets.js";
import { field, protoBytes, type Message } from "./proto-message.js";
import type { IpVersion } from "../../../text/ip-version.js";

/**
 * What Felix's calculation tells its data plane, as messages of its protocol. Source: Calico a0db560f0520 (v3.28), felix/proto/felixbackend.proto and
 * felix/calc/event_sequencer.go, rule_convert.go; policies by kind since v3.32.
 */
export function policyMessage(scanned: ScannedPolicy, generation: Generation): Message {
  const { policy } = scanned;
  const seed = `default/${generation.policyId === "kind" ? policy.name : fullName(policy)}`;
  return [
    ...field.message(1, "id", policyIdMessage(policy, generation)),
    ...field.message(2, "policy", [
      ...field.text(5, "namespace", policy.namespace),
      ...field.messages(1, "inbound_rules", ruleMessages(scanned.ingress, `pol-in-${seed}`)),
      ...field.messages(2, "outbound_rules", ruleMessages(scanned.egress, `pol-out-${seed}`)),
      ...field.truth(3, "untracked", policy.doNotTrack),
      ...field.truth(4, "pre_dnat", policy.preDnat),
      ...(generation.endpoints.groups ? field.text(6, "original_selector", printSelector(policy.selector)) : []),
      ...(generation.policyId === "kind" ? field.text(7, "tier", policy.tier) : []),
      ...field.texts(8, "perf_hints", policy.everywhere && generation.policyId === "kind" ? [everywhereHint] : []),
    ]),
  ];
}

const everywhereHint = "AssumeNeededOnEveryNode";

export function policyIdMessage(policy: Policy, { policyId }: Generation): Message {
  if (policyId !== "kind") return [...field.text(1, "tier", policy.tier), ...field.text(2, "name", fullName(policy))];
  return [
    ...field.text(1, "name", policy.name),
    ...field.text(2, "namespace", policy.namespace),
    ...field.text(3, "kind", kindOf(policy)),
  ];
}

export function profileMessage({ profile, ingress, egress }: ScannedProfile): Message {
  return [
    ...field.message(1, "id", field.text(1, "name", profile.name)),
    ...field.message(2, "profile", [
      ...field.messages(1, "inbound_rules", ruleMessages(ingress, `prof-in-${profile.name}`)),
      ...field.messages(2, "outbound_rules", ruleMessages(egress, `prof-out-${profile.name}`)),
    ]),
  ];
}

/** Rules with their ids, each of which hashes the one before it and the rule as bytes. */
function ruleMessages(rules: readonly ScannedRule[], seed: string): readonly Message[] {
  const messages = rules.map(ruleMessage);
  const ids = ruleIds(
    seed,
    messages.map((message) => Uint8Array.from(protoBytes(message))),
  );
  return messages.map((message, index) => [...message, ...field.text(201, "rule_id", ids[index])]);
}

function ruleMessage(rule: ScannedRule): Message {
  const { source, destination } = rule;
  const [from, to] = [source.written, destination.written];
  const annotations = rule.annotations.map((text): [string, string] => {
    const equals = text.indexOf("=");
    return [text.slice(0, equals), text.slice(equals + 1)];
  });
  return [
    ...field.text(1, "action", rule.action),
    ...ipVersion(rule),
    ...field.message(3, "protocol", protocolMessage(rule.protocol)),
    ...field.texts(4, "src_net", source.nets),
    ...field.messages(5, "src_ports", source.ports.map(portRange)),
    ...field.texts(12, "src_named_port_ip_set_ids", idsOf(source.namedPorts)),
    ...field.texts(6, "dst_net", destination.nets),
    ...field.messages(7, "dst_ports", destination.ports.map(portRange)),
    ...field.texts(13, "dst_named_port_ip_set_ids", idsOf(destination.namedPorts)),
    ...icmpFields(8, "icmp", rule.icmp),
    ...field.texts(10, "src_ip_set_ids", idsOf(source.sets)),
    ...field.texts(11, "dst_ip_set_ids", idsOf(destination.sets)),
    ...field.texts(15, "dst_ip_port_set_ids", idsOf(destination.services)),
    ...field.message(102, "not_protocol", protocolMessage(rule.notProtocol)),
    ...field.texts(103, "not_src_net", source.notNets),
    ...field.messages(104, "not_src_ports", source.notPorts.map(portRange)),
    ...field.texts(105, "not_dst_net", destination.notNets),
    ...field.messages(106, "not_dst_ports", destination.notPorts.map(portRange)),
    ...icmpFields(107, "not_icmp", rule.notIcmp),
    ...field.texts(109, "not_src_ip_set_ids", idsOf(source.notSets)),
    ...field.texts(110, "not_dst_ip_set_ids", idsOf(destination.notSets)),
    ...field.texts(112, "not_src_named_port_ip_set_ids", idsOf(source.notNamedPorts)),
    ...field.texts(113, "not_dst_named_port_ip_set_ids", idsOf(destination.notNamedPorts)),
    ...field.text(114, "original_src_selector", from?.selector),
    ...field.text(115, "original_dst_selector", to?.selector),
    ...field.text(116, "original_src_namespace_selector", from?.namespaceSelector),
    ...field.text(117, "original_dst_namespace_selector", to?.namespaceSelector),
    ...field.text(118, "original_not_src_selector", from?.notSelector),
    ...field.text(119, "original_not_dst_selector", to?.notSelector),
    ...field.text(132, "original_src_service", from?.services?.name),
    ...field.text(133, "original_src_service_namespace", from?.services?.namespace),
    ...field.text(130, "original_dst_service", to?.services?.name),
    ...field.text(131, "original_dst_service_namespace", to?.services?.namespace),
    ...field.message(120, "src_service_account_match", accountMatch(source)),
    ...field.message(121, "dst_service_account_match", accountMatch(destination)),
    ...field.message(123, "metadata", annotations.length > 0 ? field.map(1, "annotations", annotations) : undefined),
  ];
}

/** The version that is written, or the only one that the protocol goes with. */
function ipVersion({ ipVersion: written, protocol }: PolicyRule | ScannedRule): Message {
  const version = written ?? (protocol === "icmp" ? 4 : protocol === "icmpv6" ? 6 : 0);
  return field.word(2, "ip_version", `IPV${version}`, version);
}

function protocolMessage(protocol: string | number | undefined): Message | undefined {
  if (protocol === undefined) return undefined;
  return typeof protocol === "number" ? field.chosen(1, "number", protocol) : field.text(2, "name", protocol);
}

function portRange({ first, last }: Ports): Message {
  return [...field.number(1, "first", first), ...field.number(2, "last", last)];
}

function idsOf(sets: readonly NeededSet[]): readonly string[] {
  return sets.map(({ id }) => id);
}

function icmpFields(number: number, name: string, icmp: Icmp | undefined): Message {
  if (!icmp) return [];
  if (icmp.code === undefined) return field.chosen(number, `${name}_type`, icmp.type);
  const both = [...field.number(1, "type", icmp.type), ...field.number(2, "code", icmp.code)];
  return field.message(number + 1, `${name}_type_code`, both);
}

function accountMatch({ written }: ScannedSide): Message | undefined {
  const accounts = written?.serviceAccounts;
  return accounts && [...field.text(1, "selector", accounts.selector), ...field.texts(2, "names", accounts.names)];
}

export function podIdMessage(key: string): Message {
  return [
    ...field.text(2, "orchestrator_id", "k8s"),
    ...field.text(3, "workload_id", key),
    ...field.text(4, "endpoint_id", "eth0"),
  ];
}

export function podMessage(endpoint: LocalEndpoint, plan: NodePlan, generation: Generation): Message {
  const blocks = endpoint.nets.map(wholeBlock);
  return [
    ...field.message(1, "id", podIdMessage(endpoint.key)),
    ...field.message(5, "endpoint", [
      ...field.text(1, "state", "active"),
      ...field.text(2, "name", endpoint.interface),
      ...field.texts(4, "profile_ids", endpoint.profiles),
      ...field.texts(5, "ipv4_nets", blocks.filter(isVersion(4))),
      ...field.texts(6, "ipv6_nets", blocks.filter(isVersion(6))),
      ...tierFields(7, "tiers", plan.tiers(endpoint, "normal"), generation),
    ]),
  ];
}

export function hostIdMessage(key: string): Message {
  return field.text(2, "endpoint_id", key);
}

export function hostMessage(endpoint: HostEndpoint, plan: NodePlan, generation: Generation): Message {
  const tiers = (number: number, name: string, kind: HostPolicyKind): Message =>
    tierFields(number, name, plan.tiers(endpoint, kind), generation, kind);
  return [
    ...field.message(1, "id", hostIdMessage(endpoint.key)),
    ...field.message(3, "endpoint", [
      ...field.text(1, "name", endpoint.interface),
      ...field.texts(2, "profile_ids", endpoint.profiles),
      ...tiers(3, "tiers", "normal"),
      ...tiers(6, "untracked_tiers", "untracked"),
      ...tiers(7, "pre_dnat_tiers", "pre-dnat"),
      ...tiers(8, "forward_tiers", "forward"),
      ...field.texts(4, "expected_ipv4_addrs", endpoint.nets.filter(isVersion(4))),
      ...field.texts(5, "expected_ipv6_addrs", endpoint.nets.filter(isVersion(6))),
    ]),
  ];
}

function isVersion(version: IpVersion): (address: string) => boolean {
  return (address) => address.includes(":") === (version === 6);
}

/** Since tiers are known, what becomes of packets that no policy decides about is said, too; before connection tracking and translation they always go on. */
function tierFields(
  number: number,
  name: string,
  tiers: readonly TierPolicies[],
  generation: Generation,
  kind: HostPolicyKind = "normal",
): Message {
  const policies = (at: number, direction: string, list: readonly Policy[]): Message =>
    generation.policyId === "kind"
      ? field.messages(
          at,
          `${direction}_policies`,
          list.map((policy) => policyIdMessage(policy, generation)),
        )
      : field.texts(at, `${direction}_policies`, list.map(fullName));
  const passes = kind === "untracked" || kind === "pre-dnat";
  return field.messages(
    number,
    name,
    tiers.map(({ tier, ingress, egress, defaultAction }) => [
      ...field.text(1, "name", tier),
      ...policies(2, "ingress", ingress),
      ...policies(3, "egress", egress),
      ...(generation.knows.tiers ? field.text(4, "default_action", passes ? "Pass" : defaultAction) : []),
    ]),
  );
}

export function setMessage({ id }: NeededSet, members: readonly string[], isNet: boolean): Message {
  const type = isNet ? field.word(3, "type", "NET", 2) : field.word(3, "type", "IP_AND_PORT", 1);
  return [...field.text(1, "id", id), ...field.texts(2, "members", members), ...type];
}

export function setDeltaMessage(id: string, added: readonly string[], removed: readonly string[]): Message {
  return [
    ...field.text(1, "id", id),
    ...field.texts(2, "added_members", added),
    ...field.texts(3, "removed_members", removed),
  ];
}

/** The labels that a namespace or an account gives its pods. */
export function labelsMessage(id: Message, labels: Iterable<readonly [string, string]>): Message {
  return [...field.message(1, "id", id), ...field.map(2, "labels", labels)];
}

/** What of an endpoint or a set of networks can change. */
export function labelledText({ ownLabels, nets, ports }: Labelled): string {
  return JSON.stringify([[...ownLabels], nets, ports]);
}
