import type { Quirk } from "../quirk.js";
import { bothSelectorsQuirk } from "../server-version.js";

const policyOf = "npm/translatePolicy.go";
const v149 = `Azure NPM v1.4.9, ${policyOf}`;
const v122 = `Azure NPM v1.2.2, ${policyOf}`;
const v1030 = `Azure NPM v1.0.30, ${policyOf}`;

const negationMatchesOutside: Quirk = {
  name: "negation-matches-outside",
  source: "a rule that only excludes sets; no set holds an address outside the cluster",
  consequence: "a peer made of negations alone lets every address outside the cluster in",
  example: "from: [{namespaceSelector: {matchExpressions: [{key: env, operator: DoesNotExist}]}}]",
};

const endPortUnknown: Quirk = {
  name: "end-port-unknown",
  source: `${v149}, craftPartialIptEntrySpecFromPort`,
  consequence: "endPort is not read: the rule is for the first port alone",
  example: "ports: [{port: 80, endPort: 90}] opens 80",
};

const blocksShareSet: Quirk = {
  name: "blocks-share-a-set",
  source: `${v149}, cidrIpsetName`,
  consequence:
    "all ipBlocks of a rule stand in one set, so that an except of one cuts a hole into another; a rule with peers has the set also without a block",
  example:
    "from: [{ipBlock: {cidr: 10.0.0.0/8, except: [10.1.0.0/16]}}, {ipBlock: {cidr: 10.1.0.0/16}}] keeps 10.1.0.0/16 out",
};

const laterBlockForgotten: Quirk = {
  name: "later-block-forgotten",
  source: `${v149}, addedCidrEntry is set once a direction`,
  consequence:
    "from the second rule on, a block that is not its rule's first peer gets no rule when an earlier rule had a block",
  example: "rule 1: [{ipBlock: a}]; rule 2: [{podSelector: p}, {ipBlock: b}]: b is not let in",
};

const jumpByFirstDigit: Quirk = {
  name: "jump-by-first-digit",
  source: "Azure NPM v1.4.9, npm/iptm/iptm.go, GetChainLineNumber",
  consequence: "of the line of KUBE-SERVICES in FORWARD only the first digit is read",
  example: "KUBE-SERVICES in line 12: the jump goes to line 2",
};

const sharedKeySets: Quirk = {
  name: "names-collide",
  source: "Azure NPM v1.4.9, npm/podController.go and npm/nameSpaceController.go",
  consequence: "a pod label key ns-x and the namespace x share one set",
  example: "a pod of namespace y with the label ns-x=1 counts as a pod of namespace x",
};

const ipv6BlockIsEmpty: Quirk = {
  name: "ipv6-block-is-empty",
  source: `${v149}; ipset refuses the member, and exit status 1 is ignored`,
  consequence: "the rule of an IPv6 block, or of a block x/0 other than 0.0.0.0/0, stays with an empty set",
  example: "from: [{ipBlock: {cidr: 2001:db8::/32}}] allows nobody",
};

const multipleInIsAnd: Quirk = {
  name: "in-is-and",
  source: "Azure NPM v1.2.2, npm/parseSelector.go, parseSelector",
  consequence:
    "the values of In are required all at once, which no pod can meet; those of NotIn are excluded each, as they should be",
  example: "podSelector: {matchExpressions: [{key: app, operator: In, values: [a, b]}]} selects nothing",
};

const labelsInEveryNamespace: Quirk = {
  name: "labels-in-every-namespace",
  source: `${v1030}; dd1777c77 mends it in v1.0.32`,
  consequence: "a selector with labels selects pods of every namespace",
  example: "a policy of namespace x for app=web also closes the pods with app=web in namespace y",
};

export const quirksV1: readonly Quirk[] = [
  {
    name: "namespace-not-in-is-or",
    source: `${v149} and npm/parseSelector.go, FlattenNameSpaceSelector`,
    consequence:
      "NotIn with several values on a namespaceSelector becomes one rule a value: not a, or not b, which is nearly everything",
    example:
      "namespaceSelector: {matchExpressions: [{key: ns, operator: NotIn, values: [a, b]}]} lets namespace a in, by the rule for b",
  },
  {
    name: "lists-of-one-key-merge",
    source: "Azure NPM v1.4.9, npm/parseSelector.go, parseSelector",
    consequence: "two expressions of one key with several values each become one list: an OR where both are meant",
    example: "app In [a, b] and app In [b, c] give the list app:a:b:b:c, which holds a and c too",
  },
  {
    name: "lists-are-left-behind",
    source: "Azure NPM v1.4.9, npm/networkPolicyController.go: counted twice when a policy comes, once when it goes",
    consequence: "the list of several values stays in the kernel when its policy goes, with its members",
    example: "apply and delete a policy with app In [a, b]: the set app:a:b stays",
  },
  {
    name: "nested-order-is-random",
    source: "Azure NPM v1.4.9, npm/translatePolicy.go ranges over a map",
    consequence:
      "with two lists of values in a selector, a policy that is deleted can leave 0 to 5 rules behind (by key here, which leaves none)",
    example: "app In [a, b] and tier NotIn [x, y]",
  },
  {
    name: "open-rule-keeps-drop",
    source: `${v149}, translatePolicy`,
    consequence: "a rule {} beside others opens the direction, and the DROP is made all the same; it is never reached",
    example: "ingress: [{}, {from: [{podSelector: {}}]}]",
  },
  {
    name: "equal-rules-repeat",
    source: "Azure NPM v1.4.9, npm/iptm/iptm.go, Add (no -C since ef14c8d18)",
    consequence: "equal rules of several policies stand as often as they are needed; a deletion takes one",
    example: "two ingress policies for one selector: two equal DROPs",
  },
  {
    name: "unfinished-policy-is-taken-back",
    source: "Azure NPM v1.4.7, npm/networkPolicyController.go: it was run; a try begins with cleanUpNetworkPolicy",
    consequence:
      "a policy with a rule for a set that is not there yet is tried again and again: each try first deletes the policy's rules above that one, equal rules of other policies with them; until the set comes, an update or deletion of the policy is not carried out either",
    example: "before any namespace and pod, from: [{namespaceSelector: {}, podSelector: {matchLabels: {app: web}}}]",
  },
  {
    name: "unfinished-policy-counts-as-done",
    source: "Azure NPM v1.4.12, npm/networkPolicyController.go: it was run; syncNetPol knows the policy already",
    consequence:
      "a policy with a rule for a set that is not there yet keeps the rules above that one; the next try calls it synced, and the others never come",
    example: "before any namespace and pod, from: [{namespaceSelector: {}, podSelector: {matchLabels: {app: web}}}]",
  },
  {
    name: "drop-chains-are-last",
    source: "Azure NPM v1.4.9, npm/iptm/helper.go",
    consequence: "allow rules stand newest first, drops oldest first, blocks below the other rules of their policy",
    example: "AZURE-NPM-INGRESS-FROM lists the last rule of the last policy first",
  },
  blocksShareSet,
  laterBlockForgotten,
  ipv6BlockIsEmpty,
  negationMatchesOutside,
  endPortUnknown,
  jumpByFirstDigit,
  sharedKeySets,
  {
    name: "chains-come-and-go",
    source: "Azure NPM v1.4.9, npm/networkPolicyController.go",
    consequence: "the chains are made with the first policy and removed with the last",
    example: "without a policy FORWARD has no jump",
  },
  {
    name: "periodic-task-makes-chain",
    source: "Azure NPM v1.4.7, npm/npm.go, reconcileChains, and npm/iptm/iptm.go, CheckAndAddForwardChain: it was run",
    consequence:
      "five minutes after start, or after the last policy went, the chain AZURE-NPM is there, empty, with the jump to it. A replay leaves that out, as known runs of v1.4.9 do; drift calls it a note",
    example: "a node without policies: :AZURE-NPM - [0:0] and -A FORWARD -j AZURE-NPM",
  },
  bothSelectorsQuirk,
  multipleInIsAnd,
  {
    name: "new-connections-only",
    source: "Azure NPM db3c7065b (v1.4.16), npm/iptm/iptm.go",
    consequence:
      "FORWARD hands over connections with ctstate NEW only; a policy does not cut connections that are open",
    example: "-A FORWARD -m conntrack --ctstate NEW -j AZURE-NPM",
  },
];

const acceptIsFinal: Quirk = {
  name: "accept-is-final",
  source: "Azure NPM v1.2.2, npm/iptm/iptm.go, InitNpmChains",
  consequence: "what an ingress rule accepts is not shown to egress rules any more",
  example: "a may reach b by b's ingress policy: a's egress policy can't forbid it",
};

const expressionsSorted: Quirk = {
  name: "expressions-sorted",
  source: "Azure NPM v1.0.30, npm/parseSelector.go, sortSelector changes the object in place",
  consequence:
    "the expressions of spec.podSelector go by the first letters of key and value, those of peers as written",
  example: "podSelector with tier Exists, app In [a]: the rule names app:a first",
};

export const quirks2020: readonly Quirk[] = [
  labelsInEveryNamespace,
  {
    name: "exceptions-are-drops",
    source: "Azure NPM before 19fb3e6ed (v1.1.5), npm/translatePolicy.go",
    consequence:
      "an exception of a block is a DROP beside rules without ports: it cuts into other rules and policies, and does nothing where the block's rule names ports",
    example: "from: [{ipBlock: {cidr: 10.0.0.0/8, except: [10.1.0.0/16]}}], ports: [{port: 80}] lets 10.1.0.0/16 in",
  },
  multipleInIsAnd,
  acceptIsFinal,
  expressionsSorted,
  {
    name: "chains-stay",
    source: "Azure NPM v1.2.2, npm/nwpolicy.go, isSafeToCleanUpAzureNpmChain",
    consequence:
      "the last policy takes the chains along only if an update happened before, and no two policies of one selector were merged in NPM's book",
    example: "apply one policy and delete it: the six chains and the jump stay",
  },
  {
    name: "ports-policy-cuts-peers",
    source: `${v122}, IsJumpEntry`,
    consequence:
      "a policy with ports alone sends its pods from PORT to the drops; if that jump stands above another policy's jump to FROM, its peers are not asked",
    example: "policy 1: ports [80]; policy 2, same pods: from podSelector a: a is dropped",
  },
  {
    name: "except-forces-peer-jump",
    source: `${v122}, addedIngressFromEntry`,
    consequence: "a block with an except gets the jump to FROM or TO even when its rule has ports",
    example: "from: [{ipBlock: {cidr: 10.0.0.0/8, except: [10.1.0.0/16]}}], ports: [80]",
  },
  {
    name: "open-egress-jumps-to-drops",
    source: `${v122}, translateEgress`,
    consequence: "a lone egress rule {} gets a jump to TARGET-SETS behind its ACCEPT; ingress does not",
    example: "egress: [{}]",
  },
  {
    name: "egress-named-port-is-source",
    source: `${v122}; 2bc809e17 mends it in v1.2.3`,
    consequence:
      "an egress rule looks for a named port at the sender's address: it matches when the sender has a port of that name and number",
    example: "egress: [{ports: [{port: http}]}] gives --match-set … src,dst",
  },
  {
    name: "host-network-pods-are-members",
    source: "Azure NPM v1.2.2, npm/pod.go; 899c3a34e mends it in v1.2.3",
    consequence: "a pod of the host network puts the node's address into the sets of its labels",
    example: "a policy that admits component=proxy admits the whole node",
  },
  {
    name: "state-rule-is-last",
    source: "Azure NPM d3db72e1f (v1.1.4), npm/iptm/iptm.go",
    consequence:
      "packets of open connections pass the policy chains first, so that a new policy cuts them where a drop matches",
    example: "-A AZURE-NPM -m state --state RELATED,ESTABLISHED -j ACCEPT stands last",
  },
  {
    name: "renumbered-ports-unseen",
    source: "Azure NPM v1.2.2, npm/pod.go, isInvalidPodUpdate",
    consequence: "a pod update that changes ports alone is passed over",
    example: "a container's port http moves from 80 to 8080 in one pod object: the set keeps 80",
  },
  blocksShareSet,
  laterBlockForgotten,
  ipv6BlockIsEmpty,
  negationMatchesOutside,
  endPortUnknown,
  jumpByFirstDigit,
  sharedKeySets,
  bothSelectorsQuirk,
];

export const quirks2019b: readonly Quirk[] = [
  {
    name: "kube-system-let-through",
    source: "Azure NPM before 61ccd6f38 (v1.0.30), npm/translatePolicy.go, getAllowKubeSystemEntries",
    consequence:
      "with any policy, all traffic from and to kube-system is accepted; the comments name the policy's pods, the rules do not ask for them",
    example: "-A AZURE-NPM-KUBE-SYSTEM -m set --match-set azure-npm-2064349730 src -j ACCEPT",
  },
  bothSelectorsQuirk,
  {
    name: "policies-merge",
    source: "Azure NPM v1.0.30, npm/parsePolicy.go and npm/nwpolicy.go",
    consequence:
      "policies of one selector become one policy with both directions, unless both are egress alone: two ingress policies drop egress as well",
    example: "two ingress policies for app=web: TARGET-SETS gets DROP-ALL-FROM-app:web",
  },
  {
    name: "merged-policies-go-together",
    source: "Azure NPM v1.0.30, npm/nwpolicy.go",
    consequence:
      "deleting one of merged policies removes rules that the other needs; with the next one all chains can go while a policy exists",
    example: "merge a and b, delete a: DROP-ALL-TO-app:web is gone",
  },
  {
    name: "ports-times-peers",
    source: v1030,
    consequence: "each port of a selector's rules leads to the peers of all of them",
    example: "rule 1: port 80 from a; rule 2: port 443 from b: a reaches 443 and b reaches 80",
  },
  labelsInEveryNamespace,
  multipleInIsAnd,
  acceptIsFinal,
  expressionsSorted,
  {
    name: "drop-ends-peer-chain",
    source: v1030,
    consequence:
      "with peers, the DROP stands at the end of FROM or TO instead of in TARGET-SETS, above what later policies append",
    example: "policy 1: app=web from a; policy 2: role=api from b: a pod with both labels is dropped before b is asked",
  },
  {
    name: "open-rule-means-namespaces",
    source: v1030,
    consequence:
      "a rule {} accepts pods of the cluster's namespaces, not addresses outside; a lone one leaves out the drop",
    example: "ALLOW-ALL-TO-app:web-FROM-all-namespaces",
  },
  {
    name: "ports-by-service-name",
    source: `${v1030}, Port.String`,
    consequence:
      "a named port goes to iptables by its name: http is 80 whatever the pods say; a name that /etc/services does not know ends the policy's rules there",
    example: "ports: [{port: http}] gives --dport http",
  },
  {
    name: "ipv6-stops-policy",
    source: "Azure NPM v1.0.30, npm/nwpolicy.go returns the first error",
    consequence: "iptables refuses an IPv6 block, and the rest of the policy's rules, its drop among them, is missing",
    example: "from: [{ipBlock: {cidr: 2001:db8::/32}}]",
  },
  {
    name: "egress-rules-overwrite-each-other",
    source: `${v1030}, translateEgress appends to one Go slice; the room in it is that of Go 1.22 and newer`,
    consequence:
      "with five requirements or more in the selector, the words of the last egress rule stand in the others; iptables refuses them, and the policy ends there",
    example: "podSelector with five labels and egress rules: iptables exits with status 2 at the first",
  },
  {
    name: "chains-stay",
    source: "Azure NPM v1.0.30, npm/nwpolicy.go, isSafeToCleanUpAzureNpmChain",
    consequence: "the last policy does not take the chains along, unless policies were merged before",
    example: "apply one policy and delete it: the six chains and the jump stay",
  },
  {
    name: "book-is-lost",
    source: "Azure NPM v1.0.30, npm/pod.go and npm/namespace.go put a new record in its place",
    consequence:
      "a pod or namespace that comes makes NPM forget which policies the namespace has: later ones of one selector are not merged",
    example: "a policy, a pod of the namespace, a second policy of the selector: two policies side by side",
  },
  {
    name: "finished-pods-stay",
    source: "Azure NPM v1.0.30, npm/pod.go, isValidPod",
    consequence: "a pod that has an address is a member whatever its phase",
    example: "phase Succeeded: the sets hold the address until the pod is deleted",
  },
  {
    name: "host-network-pods-are-members",
    source: "Azure NPM v1.0.30, npm/pod.go",
    consequence: "a pod of the host network puts the node's address into the sets of its labels",
    example: "a policy that admits component=proxy admits the whole node",
  },
  negationMatchesOutside,
  endPortUnknown,
  sharedKeySets,
];
