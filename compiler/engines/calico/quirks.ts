import type { Quirk } from "../generation-info.js";

const sharedScratchBit: Quirk = {
  name: "third-block-always-holds",
  source: "Calico 87c15906f, felix/rules/policy.go, matchBlockBuilder; the same in felix v3.3.1",
  consequence: "of a rule that needs three positive blocks, the third is met by every packet that meets the second",
  example:
    "a rule with more than 15 source ports, more than 15 destination ports and two source nets: the nets are not looked at",
};

const namedPortsEverywhere: Quirk = {
  name: "named-ports-of-everyone",
  source: "Calico 87c15906f, felix/calc/rule_scanner.go",
  consequence:
    "the name of a port in an ingress rule stands for that port of every pod of the cluster that has one of the name",
  example: "port: http in an ingress rule makes a set with http of all pods, and only the packet's destination decides",
};

const policyStartsDeny: Quirk = {
  name: "missing-profile-drops",
  source: "Calico 87c15906f, felix/calc/active_rules_calculator.go",
  consequence: "a pod whose ServiceAccount does not exist has a profile that drops what no policy has decided about",
  example: "pods of a namespace without the service account default, in a replay that never applies it",
};

const nodeToPods: Quirk = {
  name: "node-reaches-its-pods",
  source: "Calico 87c15906f, felix/rules/static.go, filterOutputChain",
  consequence: "what the node itself sends to a pod on it is not judged",
  example: "a kubelet probe reaches a pod under a policy that allows nothing",
};

const shared = [sharedScratchBit, namedPortsEverywhere, policyStartsDeny, nodeToPods];

const ratesRoundUp: Quirk = {
  name: "packet-rates-round-up",
  source: "Linux, xt_limit; iptables 1.8.9, extensions/libxt_limit.c, observed",
  consequence:
    "a limit of packets a second is kept as ten-thousandths of a second between two packets, so that more pass than it says",
  example: "qos.projectcalico.org/ingressPacketRate: 6000 lets 10000 packets a second pass",
};

const marksFirstAddress: Quirk = {
  name: "dscp-marks-first-address",
  source: "Calico 206dc3237, felix/rules/dscp.go; Felix's tables of v3.28 with iptables 1.8.9, observed",
  consequence:
    "of an endpoint with several addresses of one version of IP, what the first sends is marked, and nothing of the others",
  example: "a HostEndpoint with expectedIPs 10.224.0.62 and 10.224.0.63 and qos.projectcalico.org/dscp",
};

export const quirksHead: readonly Quirk[] = [
  ratesRoundUp,
  marksFirstAddress,
  {
    name: "impossible-rule-left-out",
    source: "Calico 87c15906f, felix/rules/policy.go, filterNets",
    consequence: "a rule whose negated networks hold 0.0.0.0/0 makes no rule",
    example: "notNets: [0.0.0.0/0]",
  },
  ...shared,
];

export const quirks330: readonly Quirk[] = [ratesRoundUp, ...shared];
export const quirks329: readonly Quirk[] = shared;
export const quirks328: readonly Quirk[] = shared;

export const quirks324: readonly Quirk[] = [
  {
    name: "impossible-rule-rendered",
    source: "Calico v3.24.6, felix/rules/policy.go",
    consequence: "a rule whose negated networks are every address is rendered, and matches nothing",
    example: "notNets: [0.0.0.0/0] becomes ! -s 0.0.0.0/0",
  },
  {
    name: "failsafe-blocks-misread",
    source: "Felix 073d7c666, rules/static.go, failsafeInChain and failsafeOutChain",
    consequence:
      "a failsafe port with a block of one version of IP is open to everybody of the other, and of answers that leave the block is looked for at the source",
    example: "port 22 with the net 10.0.0.0/8 is open to all addresses of IPv6",
  },
  ...shared,
];

export const quirks2019: readonly Quirk[] = [
  {
    name: "failsafe-blocks-unknown",
    source: "felix pull request 2646 of 2021, which brought them",
    consequence: "the block of a failsafe port is passed over, and the port is open to everybody",
    example: "port 22 with the net 10.0.0.0/8 is open to all",
  },
  {
    name: "sctp-policy-vanishes",
    source: "felix v3.3.1 observed; libcalico-go 31e5bf43b, lib/validator/v3",
    consequence: "a NetworkPolicy with an SCTP port fails validation and is not there, with all its other rules",
    example: "ports: [{protocol: SCTP, port: 7777}, {protocol: TCP, port: 80}]",
  },
  {
    name: "end-port-ignored",
    source: "felix v3.3.1 observed; endPort came with Kubernetes 1.21",
    consequence: "of a range of ports only the first is open",
    example: "port: 8000, endPort: 8010",
  },
  {
    name: "finished-pods-stay",
    source: "felix v3.3.1 observed",
    consequence: "pods that succeeded or failed keep chains, and their addresses stay in sets",
    example: "a finished Job's pod whose address belongs to another pod by now",
  },
  {
    name: "chains-in-all-tables",
    source: "felix b5f3dd409, dataplane/linux/policy_mgr.go",
    consequence: "both chains of each policy stand in filter, mangle and raw, whether something leads there or not",
    example: "an ingress policy has an empty cali-po- chain in three tables",
  },
  ...shared,
];
