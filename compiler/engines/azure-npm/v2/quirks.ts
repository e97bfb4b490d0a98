import type { Quirk } from "../quirk.js";

const selectors = "Azure NPM cbd7560cf, npm/pkg/controlplane/translation/parseSelector.go";
const translation = "Azure NPM cbd7560cf, npm/pkg/controlplane/translation/translatePolicy.go";

/** Of every release with the v2 data plane. */
export const quirksV2: readonly Quirk[] = [
  {
    name: "namespace-not-in-is-or",
    source: `${selectors}, flattenNameSpaceSelector; mended after it by #4866`,
    consequence:
      "NotIn with several values on a namespaceSelector becomes one rule a value: not a, or not b, which is nearly everything",
    example:
      "namespaceSelector: {matchExpressions: [{key: ns, operator: NotIn, values: [a, b]}]} lets namespace a in, by the rule for b",
  },
  {
    name: "negation-matches-outside",
    source: `${selectors}; mended after it by #4868`,
    consequence: "a namespaceSelector made of negations alone lets every address outside the cluster in",
    example: "from: [{namespaceSelector: {matchExpressions: [{key: env, operator: DoesNotExist}]}}]",
  },
  {
    name: "label-order-is-random",
    source: `${selectors} ranges over a map`,
    consequence: "several matchLabels of one selector stand in any order in rules and comments (by key here)",
    example: "podSelector: {matchLabels: {app: web, role: api}}",
  },
  {
    name: "refused-policy-keeps-sets",
    source:
      "Azure NPM v1.4.45, npm/pkg/dataplane/dataplane.go, AddPolicy, and controllers/v2/networkPolicyController.go, cleanUpNetworkPolicy: both were run",
    consequence:
      "a policy whose rules iptables-restore refuses is not known when it is deleted: its sets stay for good; where it was an update, the version before is gone, and does not come back when it is applied again",
    example: "podSelector: {matchLabels: …} with 50 labels, deleted or put right later",
  },
  {
    name: "accept-ends-forward",
    source: "Azure NPM cbd7560cf, npm/pkg/dataplane/policies/chain-management_linux.go",
    consequence:
      "while a policy exists, every new forwarded connection that is not dropped is accepted; rules of FORWARD behind the jump are not asked",
    example: "-A AZURE-NPM -j AZURE-NPM-ACCEPT",
  },
  {
    name: "new-connections-only",
    source: "Azure NPM cbd7560cf, npm/pkg/dataplane/policies/chain-management_linux.go",
    consequence:
      "FORWARD hands over connections with ctstate NEW only; a policy does not cut connections that are open",
    example: "-A FORWARD -m conntrack --ctstate NEW -j AZURE-NPM",
  },
  {
    name: "empty-chains-stay",
    source: "Azure NPM cbd7560cf, npm/pkg/dataplane/policies/policymanager_linux.go",
    consequence: "a policy that goes leaves its chains empty until the next five-minute task",
    example: ":AZURE-NPM-INGRESS-7oj1cz9mmz - [0:0] without rules",
  },
  {
    name: "empty-sets-stay",
    source: "Azure NPM cbd7560cf, npm/pkg/dataplane/ipsets/ipsetmanager.go, Reconcile",
    consequence:
      "an empty set that nothing refers to goes with a policy that used it, or with the first change after a five-minute task",
    example: "delete the last pod with app=web: podlabel-app:web stays, empty",
  },
  {
    name: "end-port-ignored-for-names",
    source: translation,
    consequence: "endPort is ignored beside a port that is given by name",
    example: "ports: [{port: http, endPort: 90}]",
  },
];

const ipv6SkipsPolicy: Quirk = {
  name: "ipv6-skips-policy",
  source: `${translation} (04a3d2904, v1.4.42; d7e4f6c98, v1.4.45)`,
  consequence:
    "a policy with an IPv6 block, or a block x/0 other than 0.0.0.0/0, is skipped as a whole; a version of it that is in force stays",
  example: "from: [{ipBlock: {cidr: 2001:db8::/32}}]",
};

const openRuleSwallows: Quirk = {
  name: "open-rule-stands-for-all",
  source: `${translation} (a69bd6cd1, v1.5.17)`,
  consequence: "a rule {} makes the other rules of its direction vanish: one rule ALLOW-ALL, no drop",
  example: "ingress: [{}, {from: [{podSelector: {}}]}]",
};

const openRuleLost: Quirk = {
  name: "open-rule-lost-beside-others",
  source: `${translation} before a69bd6cd1 (v1.5.17)`,
  consequence: "a rule {} beside others makes no rule at all: what only it allows is dropped",
  example: "ingress: [{}, {from: [{podSelector: {}}]}] allows the pods of the namespace alone",
};

const savedSetsMisread: Quirk = {
  name: "saved-sets-misread",
  source: "Azure NPM v1.4.23, npm/pkg/dataplane/ipsets/ipsetmanager_linux.go, updateDirtyKernelSets",
  consequence:
    "members that the kernel prints otherwise, and the last member of the last list, are deleted and added again with every change of their set, with an empty line behind the last",
  example: "-D azure-npm-2937511974 azure-npm-784554818 and -A of the same in one ipset restore",
};

const listsShared: Quirk = {
  name: "nested-lists-shared",
  source: "before cb856749e (v1.4.27) the name has no policy in it",
  consequence:
    "policies with equal expressions of several values share a list, and lose its members with the first of them",
  example: "two policies with app In [a, b]; one is deleted",
};

const ipv6BlockIsEmpty: Quirk = {
  name: "ipv6-block-is-empty",
  source: "Azure NPM v1.4.23, by what it left in a kernel",
  consequence:
    "the rule of an IPv6 block, or of a block x/0 other than 0.0.0.0/0, stays with an empty set; a member that stood before the refused line in the file can be missing too",
  example: "from: [{ipBlock: {cidr: 2001:db8::/32}}] allows nobody",
};

const unfilledSetsCountAsFilled: Quirk = {
  name: "unfilled-sets-count-as-filled",
  source:
    "ipsetmanager_linux.go between v1.4.16 and v1.4.24, updateDirtyKernelSets takes what is in the kernel out of the list of what is to be done",
  consequence:
    "with three blocks or more that ipset refuses, in sets of their own, NPM fails, and fails again; when it begins anew for the second time it finds nothing to do, and enforces the policy with what is in the sets",
  example: "from: three ipBlocks of IPv6",
};

const unfilledSetsStopAll: Quirk = {
  name: "unfilled-sets-stop-all",
  source:
    "Azure NPM v1.4.45, npm/pkg/dataplane/dataplane.go, AddPolicy, and ipsets/ipsetmanager.go, ApplyIPSets: both were run, with blocks let through",
  consequence:
    "with three blocks or more (five since v1.4.41) that ipset refuses, NPM never comes to the policy's rules, nor to those of any policy that comes or changes later, whose old rules are gone; no set is removed any more, and the policy's deletion does not help",
  example: "from: three ipBlocks of IPv6",
};

const addressLostStays: Quirk = {
  name: "lost-address-stays",
  source: "Azure NPM v1.4.23, by what it left in a kernel (09cd371fb mends it)",
  consequence: "a running pod that loses its address stays in its sets",
  example: "phase Running with podIP, then without",
};

const earlyPeersOnly: Quirk = {
  name: "first-peer-blocks-only",
  source: "before d6ba4b9e3 (v1.4.21)",
  consequence: "an ipBlock that is not the first peer of its rule gets no rule",
  example: "from: [{podSelector: {}}, {ipBlock: {cidr: 10.0.0.0/8}}]",
};

/** What a release has beside the quirks of all. */
export interface QuirkSwitches {
  readonly openRule: "lone" | "any";
  readonly skipsIpv6Policies: boolean;
  readonly sharesNestedLists: boolean;
  readonly readsSavedSets: boolean;
  /** ipset is told blocks that it refuses. */
  readonly passesBadBlocks: boolean;
  readonly cleansPodsWithoutAddress: boolean;
  readonly blocksOfFirstPeersOnly: boolean;
}

export function quirksOf(switches: QuirkSwitches): readonly Quirk[] {
  return [
    ...quirksV2,
    switches.openRule === "any" ? openRuleSwallows : openRuleLost,
    switches.skipsIpv6Policies ? ipv6SkipsPolicy : ipv6BlockIsEmpty,
    ...(switches.sharesNestedLists ? [listsShared] : []),
    ...(switches.readsSavedSets ? [savedSetsMisread] : []),
    ...(switches.passesBadBlocks ? [switches.readsSavedSets ? unfilledSetsCountAsFilled : unfilledSetsStopAll] : []),
    ...(switches.cleansPodsWithoutAddress ? [] : [addressLostStays]),
    ...(switches.blocksOfFirstPeersOnly ? [earlyPeersOnly] : []),
  ];
}
