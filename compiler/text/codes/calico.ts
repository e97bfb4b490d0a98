import { error, warning } from "./entry.js";
import type { IpVersion } from "../ip-version.js";

export interface Counted {
  readonly count: number;
  /** `a, b and 3 more` */
  readonly names: string;
}

/** What Calico does with an object or an option, where that deserves a look. */
export const calicoCodes = {
  "calico-invalid": error<{ problem: string; fix: string }>(
    ({ problem }) => problem,
    ({ fix }) => fix,
  ),
  "calico-unknown-feature": warning<{ release: string; what: string; effect: string }>(
    ({ release, what, effect }) => `Calico ${release} does not know ${what}: ${effect}`,
    () => "leave it out, or name a newer generation with --calico",
  ),
  "calico-types-missing": warning<Record<string, never>>(
    () =>
      "crd.projectcalico.org/v1 is the form of the datastore, whose types nobody fills in: Felix takes the policy for both directions",
    () => "add types, or write apiVersion: projectcalico.org/v3 for an object that calicoctl applies",
  ),
  "calico-missing-tier": warning<{ tier: string }>(
    ({ tier }) =>
      `the tier ${tier} does not exist: Calico puts the policy behind those of all tiers that do, and drops what it leaves open`,
    () => "add the tier",
  ),
  "calico-service-without-namespace": warning<{ name: string }>(
    ({ name }) => `Calico looks for service ${name} in no namespace at all, and never finds it: its set stays empty`,
    () => "add namespace to services",
  ),
  "calico-no-interface": warning<{ node: string; interfaces: string }>(
    ({ node, interfaces }) =>
      `the host endpoint is no interface of ${node}, which has ${interfaces}: it makes no chains`,
    () => "say what the node has with --host-interface NAME=ADDRESS/BITS",
  ),
  "calico-blocks-weakness": warning<Record<string, never>>(
    () =>
      "the rule needs three blocks of which one must match each: Calico lets through what meets the first two, whatever the third says",
    () => "make two rules of it, or use fewer ports or nets",
  ),
  "calico-icmp-of-other-version": warning<{ protocol: number; version: IpVersion }>(
    ({ protocol, version }) =>
      `Calico gives the tables of IPv${version} a match of ICMP messages for protocol ${protocol}, which no kernel takes: it programs no changes of the table any more`,
    ({ version }) => `add ipVersion: ${version === 4 ? 6 : 4}, or write protocol: ${version === 4 ? "ICMPv6" : "ICMP"}`,
  ),
  "calico-qos-unknown": warning<{ key: string; fix: string }>(
    ({ key }) => `no release of Calico knows the annotation ${key}`,
    ({ fix }) => fix,
  ),
  "calico-qos-invalid": warning<{ key: string; problem: string; fix: string }>(
    ({ key, problem }) => `the annotation ${key}: ${problem}`,
    ({ fix }) => fix,
  ),
  "calico-pools-overlap": warning<{ cidr: string; other: string; otherCidr: string }>(
    ({ cidr, other, otherCidr }) => `the pool ${cidr} overlaps ${otherCidr} of the pool ${other}: calicoctl refuses it`,
    () => "give each pool addresses of its own",
  ),
  "calico-no-nodes": warning<{ encapsulation: string; set: string; node: string }>(
    ({ encapsulation, set, node }) =>
      `${encapsulation} is on, and no Node says who takes part: the set ${set} has no nodes, and ${node} no end of a tunnel`,
    () => "add the cluster's nodes: kubectl get nodes -o yaml",
  ),
  "felix-setting-fixed": warning<{ name: string; value: string }>(
    ({ name, value }) => `AKS gives calico-node its own ${name} (${value}), which outranks a FelixConfiguration`,
    ({ name }) => `use --felix ${name}=VALUE to see the rules of another`,
  ),
  "felix-setting-not-built": error<{ name: string }>(
    ({ name }) => `Felix's ${name} changes the rules in ways that are not compiled yet`,
    () => "leave it out to see the rules without it",
  ),
  "calico-unknown-generation": error<{ text: string; known: string; nearest: string }>(
    ({ text, known }) => `unknown Calico generation or release "${text}"; known generations: ${known}`,
    ({ nearest }) => nearest,
  ),
  "felix-setting-unknown": error<{ text: string; fix: string }>(
    ({ text }) => `"${text}" is no setting of Felix that shows in rules`,
    ({ fix }) => fix,
  ),
  "felix-marks-too-few": error<{ mask: string }>(
    ({ mask }) => `IptablesMarkMask ${mask} has a bit too few where WireGuard takes one, and Felix does not start`,
    () => "give the mask another bit, or leave WireGuard out",
  ),
  "calico-ipvs": error<{ release: string }>(
    ({ release }) =>
      `with the interface kube-ipvs0 Felix serves kube-proxy in IPVS mode, and which rules Calico ${release} has for that is not known`,
    () => "leave the interface out to see the rules without IPVS, or name v3.22 or newer with --calico",
  ),
  "calico-ipvs-marks-too-few": error<{ mask: string; places: number; count: number }>(
    ({ mask, places, count }) =>
      `IptablesMarkMask ${mask} leaves marks for ${places} endpoints of the ${count} that the node has, and what IPVS forwards from the others meets the wrong policies`,
    () => "give the mask more bits",
  ),
  "felix-setting-stops": error<{ name: string; value: string; release: string; why: string }>(
    ({ name, value, release, why }) => `Felix of Calico ${release} stops with ${name} ${value}: ${why}`,
    ({ name }) => `leave ${name} out`,
  ),
  "calico-annotation-invalid": warning<{ key: string; problem: string; fix: string; release: string }>(
    ({ key, problem, release }) => `Calico ${release} treats the pod as missing, for of ${key} ${problem}`,
    ({ fix }) => fix,
  ),
  "calico-sources-not-allowed": warning<{ release: string }>(
    ({ release }) =>
      `Calico ${release} treats the pod as missing, for it asks to send from other addresses, which Felix's WorkloadSourceSpoofing does not allow`,
    () => "take the annotation away, or set workloadSourceSpoofing: Any",
  ),
  "calico-sources-of-other-version": error<{ block: string; other: string; release: string }>(
    ({ block, other, release }) =>
      `Felix of Calico ${release} stops at ${block}: it writes the block into the table of IPv${other}, too, where iptables refuses it`,
    () => "leave the block out, or use v3.32 or newer",
  ),
  "felix-log-limit-refused": warning<{ rate: string; burst: number }>(
    ({ rate, burst }) =>
      `LOG rules with the limit ${rate} and a burst of ${burst}: legacy iptables refuses them, and Felix writes no table that has one; iptables-nft takes them`,
    () => "use a burst of at least 1 that takes at most 119 hours at that rate",
  ),
  "calico-annotation-stops": error<{ key: string; problem: string; fix: string; release: string }>(
    ({ key, problem, release }) => `Calico ${release} learns of no pod any more, for of ${key} ${problem}`,
    ({ fix }) => fix,
  ),
  "calico-floating-off": warning<{ release: string }>(
    ({ release }) => `Calico ${release} gives the pod no floating address, which Felix's FloatingIPs does not allow`,
    () => "set floatingIPs: Enabled in a FelixConfiguration, or take the annotation away",
  ),
  "calico-floating-passed-over": warning<{ text: string; why: string; release: string }>(
    ({ text, why, release }) => `Calico ${release} passes over the floating address ${text}, which ${why}`,
    () => 'write addresses of versions of IP that the pod has: ["10.1.0.1"]',
  ),
  "calico-floating-taken": warning<{ address: string; to: string; release: string }>(
    ({ address, to, release }) =>
      `several pods of the node ask for the floating address ${address}: Calico ${release} gives it to the one at ${to}, whose address comes first as a text`,
    () => "give each pod floating addresses of its own",
  ),
  "calico-floating-of-other-version": error<{ address: string; to: string; release: string }>(
    ({ address, to, release }) =>
      `Felix of Calico ${release} stops at the floating address ${address} of a pod at ${to}: it writes a rule that iptables refuses, since no rule leads from one version of IP to the other`,
    () => "leave the address out",
  ),
  "felix-setting-invalid": error<{ name: string; value: string; wanted: string }>(
    ({ name, value }) => `"${value}" is no value of Felix's ${name}`,
    ({ wanted }) => `use ${wanted}`,
  ),
  "interface-prefix-invalid": error<{ text: string }>(
    ({ text }) => `"${text}" is no prefix of interface names`,
    () => "write one, or several with commas between: azv,cali",
  ),
  "interface-invalid": error<{ text: string }>(
    ({ text }) => `"${text}" does not say which interface a pod has`,
    () => "write namespace/pod=name, the name having at most 15 characters: shop/web-0=azv0123456789a",
  ),
  "host-interface-invalid": error<{ text: string }>(
    ({ text }) => `"${text}" does not say which address an interface of the node has`,
    () => "write name=address/bits: eth0=10.224.0.62/16",
  ),
  "calico-node-not-named": warning<{ node: string; count: number; nodes: string }>(
    ({ node, count, nodes }) =>
      `Calico's rules differ from node to node; these are those of ${node}, one of ${count} nodes: ${nodes}`,
    () => "name the node with --node",
  ),
  "calico-node-without-pods": warning<{ node: string; nodes: string }>(
    ({ node, nodes }) => `no pod runs on node ${node}; nodes with pods: ${nodes}`,
    () => "name a node that runs pods with --node, if these are not the rules you want",
  ),
  "calico-places-pods": warning<{ count: number; node: string; pods: string }>(
    ({ count, node, pods }) =>
      `pods that nobody has scheduled are taken to run on node ${node}; there are ${count}: ${pods}`,
    () => "give spec.nodeName",
  ),
  "calico-implied-namespaces": warning<Counted>(
    ({ count, names }) =>
      `namespaces that no document defines are taken to exist without labels of their own; there are ${count}: ${names}`,
    () => "add the namespaces, so that policies that select by their labels can be right",
  ),
  "calico-implied-accounts": warning<Counted>(
    ({ count, names }) =>
      `service accounts that every namespace has are taken to exist without labels; there are ${count}: ${names}`,
    () => "add them, if policies select by their labels",
  ),
  "calico-missing-accounts": warning<Counted>(
    ({ count, names }) =>
      `pods run as service accounts that no document defines: Calico drops their packets where no policy decides; there are ${count}: ${names}`,
    () => "add the service accounts",
  ),
  "calico-refuses-sctp": warning<{ release: string }>(
    ({ release }) =>
      `Calico ${release} refuses the whole policy for its SCTP port: none of its rules is there, and its pods are not isolated`,
    () => "put SCTP ports into a policy of their own, so that the others are enforced",
  ),
  "calico-ignores-end-port": warning<{ release: string; what: string }>(
    ({ release, what }) => `Calico ${release} does not know endPort (${what}): the rule is for the first port alone`,
    () => "list the ports one by one",
  ),
};
