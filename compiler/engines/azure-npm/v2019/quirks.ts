import type { Quirk } from "../quirk.js";
import { bothSelectorsQuirk } from "../server-version.js";

const parse2019 = "Azure NPM 313878e8c, npm/parse.go";
const parse2018 = "Azure NPM v1.0.13, by what it left in a kernel";
const nwpolicy = "Azure NPM 313878e8c, npm/nwpolicy.go";

/** Of v1.0.9 to v1.0.26. */
const common: readonly Quirk[] = [
  {
    name: "expressions-ignored",
    source: parse2019,
    consequence:
      "matchExpressions are read past; a selector that has nothing else counts as empty and selects everything",
    example: "podSelector: {matchExpressions: [{key: app, operator: In, values: [web]}]} selects the whole namespace",
  },
  {
    name: "labels-or",
    source: parse2019,
    consequence: "of several labels one is enough, for the policy's pods and for its peers",
    example: "podSelector: {matchLabels: {app: web, role: api}} selects pods with app=web and pods with role=api",
  },
  {
    name: "labels-in-every-namespace",
    source: parse2019,
    consequence: "a label's set holds the pods of all namespaces, so that a policy reaches pods of other namespaces",
    example: "a policy of namespace x for app=web also closes the pods with app=web in namespace y",
  },
  {
    name: "ports-times-peers",
    source: parse2019,
    consequence: "ports of all rules of a direction lead to the peers of all its rules",
    example: "rule 1: port 80 from a; rule 2: port 443 from b: a reaches 443 and b reaches 80",
  },
  {
    name: "both-directions-dropped",
    source: `${parse2019}, getDefaultDropEntries`,
    consequence: "a policy with labels drops what its pods send and what they receive, whatever its policyTypes",
    example: "policyTypes: [Ingress] for app=web: pods with app=web can't open connections any more",
  },
  {
    name: "accept-is-final",
    source: "Azure NPM 313878e8c, npm/iptm/iptm.go, InitNpmChains",
    consequence: "what an ingress rule accepts is not shown to egress rules any more",
    example: "a may reach b by b's ingress policy: a's egress policy can't forbid it",
  },
  {
    name: "deny-by-order",
    source: `${parse2019}; rules go to the top of their chain (434ddf768)`,
    consequence:
      "a policy without rules drops at the top: it beats allow policies of the same label that came before, and loses to later ones",
    example:
      "apply an allow policy for app=web, then a deny-all one: nothing is allowed; the other way round the allow policy holds",
  },
  {
    name: "open-rule-keeps-drops",
    source: parse2019,
    consequence: "a rule {} accepts in its direction, and the drops of both directions are made all the same",
    example: "ingress: [{}] for app=web: everything may reach the pods, which can't open connections",
  },
  {
    name: "shared-rules-deleted",
    source: `${nwpolicy}, DeleteNetworkPolicy; -C before -A keeps one of equal rules`,
    consequence: "deleting a policy deletes the rules that another policy shares with it",
    example: "two policies for app=web; one is deleted: the DROP of the other is gone",
  },
  {
    name: "policies-by-name",
    source: `${nwpolicy}, npMap`,
    consequence:
      "policies of one name in two namespaces are one in NPM's book: with the first that is deleted all chains may go",
    example: "x/deny and y/deny; deleting x/deny flushes and removes every chain while y/deny exists",
  },
  {
    name: "named-port-is-zero",
    source: `${parse2019}, Port.IntVal`,
    consequence: "a port given by name becomes port 0, which no packet has",
    example: "ports: [{port: http}] gives --dport 0",
  },
  {
    name: "crash-without-port",
    source: `${parse2019}, a pointer that is not there`,
    consequence: "NPM crashes on a port without a number; nothing that comes after it is programmed",
    example: "ports: [{protocol: UDP}]",
  },
  {
    name: "ipv6-stops-policy",
    source: `${nwpolicy}, AddNetworkPolicy returns the first error`,
    consequence: "iptables refuses an IPv6 block, and the rest of the policy's rules, its drops among them, is missing",
    example: "from: [{ipBlock: {cidr: 2001:db8::/32}}]",
  },
  {
    name: "end-port-unknown",
    source: parse2019,
    consequence: "endPort is not read: the rule is for the first port alone",
    example: "ports: [{port: 80, endPort: 90}] opens 80",
  },
  {
    name: "finished-pods-stay",
    source: "Azure NPM 313878e8c, npm/pod.go, isValidPod in UpdatePod and DeletePod",
    consequence: "a pod that finishes keeps its address in every set, also when it is deleted",
    example: "phase Running, then Succeeded, then deleted: the sets still hold the address",
  },
  {
    name: "host-network-pods-are-members",
    source: "Azure NPM 313878e8c, npm/pod.go",
    consequence: "a pod of the host network puts the node's address into the sets of its labels",
    example: "a policy that admits k8s-app=proxy admits the whole node",
  },
  {
    name: "pod-template-hash-skipped",
    source: "Azure NPM 313878e8c, npm/pod.go",
    consequence: "labels whose key contains pod-template-hash have no set",
    example: "a selector for pod-template-hash selects nothing",
  },
];

export const quirks2019: readonly Quirk[] = [
  ...common,
  {
    name: "peers-leak",
    source: `${parse2019}, appendAndClearSets clears its own copies`,
    consequence:
      "peers that were seen before are written again for every later peer and label; which label comes first decides what is allowed (by key here)",
    example: "peers [namespace a], then [namespace b and pods p]: pods p of namespace a are let in too",
  },
  {
    name: "kube-system-with-each-policy",
    source: `${parse2019}, getAllowKubeSystemEntries`,
    consequence: "the pods of a policy that has rules may always talk with kube-system",
    example: "egress: [{to: [{podSelector: {}}]}] still lets DNS through",
  },
  {
    name: "namespace-wide-egress-drops-ingress",
    source: `${parse2019}, parseEgress`,
    consequence: "an egress policy for a whole namespace drops what comes in, not what goes out",
    example: "podSelector: {}, policyTypes: [Egress], with rules: TARGET-SETS gets `dst … DROP`",
  },
  {
    name: "both-selectors-coarse",
    source: parse2019,
    consequence:
      "a peer with both selectors allows the pods of its podSelector if the source is in any namespace that the policy names; an empty podSelector is the policy's own namespace",
    example: "{namespaceSelector: {env: a}, podSelector: {app: p}} beside {namespaceSelector: {env: b}}",
  },
  bothSelectorsQuirk,
];

export const quirks2018: readonly Quirk[] = [
  ...common,
  {
    name: "kube-system-always",
    source: "Azure NPM v1.0.13, npm/iptm/iptm.go, InitNpmChains",
    consequence: "every packet from or to a pod of kube-system is accepted before any policy is asked",
    example: "-A AZURE-NPM -m set --match-set azure-npm-2725615454 src -j ACCEPT",
  },
  {
    name: "last-block-wins",
    source: parse2018,
    consequence: "of all ipBlocks of a direction only the last one gets rules",
    example: "from: [{ipBlock: 10.0.0.0/8}, {ipBlock: 172.16.0.0/12}] opens 172.16.0.0/12",
  },
  {
    name: "except-below-its-block",
    source: `${parse2018}; rules go to the top of their chain (434ddf768)`,
    consequence: "an except has no effect: its DROP stands below the ACCEPT of its block",
    example: "ipBlock: {cidr: 10.0.0.0/8, except: [10.1.0.0/16]} lets 10.1.0.0/16 in",
  },
  {
    name: "both-selectors-or",
    source: parse2018,
    consequence:
      "a peer with both selectors allows what meets either of them, as Kubernetes read it before 1.11, whatever the API server's version",
    example: "{namespaceSelector: {env: a}, podSelector: {app: p}} allows all of env=a, and app=p everywhere",
  },
  {
    name: "egress-says-dst",
    source: parse2018,
    consequence: "egress rules without ports, or without peers, match the policy's pods as destination",
    example: "egress: [{to: [{podSelector: {}}]}] gives EGRESS-PORT `T dst -j AZURE-NPM-EGRESS-TO`",
  },
];
