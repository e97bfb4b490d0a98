import type { Deviation } from "../deviation.js";
import { has, type Release } from "./release.js";
import { passesOverBothSelectors } from "./server-version.js";

/** What decides, besides the release, how an NPM behaves. */
export interface Circumstances {
  readonly release: Release;
  readonly lite: boolean;
  /** Minor version of the Kubernetes 1.x that NPM talks to. */
  readonly kubernetesMinor: number;
}

export type DeviationCode = keyof typeof table;

/** All deviations of Azure NPM, in the order of the table; `generations` says which generations are built and what each stands for. */
export function npmDeviations(
  generations: readonly { readonly id: string; readonly circumstances: Circumstances }[],
): Deviation[] {
  return codes.map((code) => {
    const { applies, ...rest } = table[code];
    const having = generations.filter(({ circumstances }) => applies(circumstances)).map(({ id }) => id);
    return { code, ...rest, generations: having };
  });
}

/** The codes of those that an NPM has. */
export function deviationCodes(circumstances: Circumstances): readonly DeviationCode[] {
  return codes.filter((code) => table[code].applies(circumstances));
}

interface Entry extends Omit<Deviation, "code" | "generations"> {
  readonly applies: (circumstances: Circumstances) => boolean;
}

type Test = Entry["applies"];

const always: Test = () => true;
const since =
  (...tags: readonly string[]): Test =>
  ({ release }) =>
    has(release, ...tags);
const before =
  (...tags: readonly string[]): Test =>
  ({ release }) =>
    !has(release, ...tags);
const both =
  (...tests: readonly Test[]): Test =>
  (circumstances) =>
    tests.every((test) => test(circumstances));

const isLite: Test = ({ lite }) => lite;
/** Names of sets are SHA-256 hashes; branch 1.7 never got them. */
const hasLongHashes: Test = ({ release }) => release[1] !== 7 && has(release, "v1.6.46", "v1.8.12");

/** The first release with the v2 data plane, and the first ones of older shapes. */
const v2 = "v1.4.20";
const v1 = "v1.4.1";
const in2020 = "v1.0.31";
const in2019b = "v1.0.27";
const in2019 = "v1.0.18";
/** Those with which a habit began. */
const newestFirst = "v1.0.13";
const dropsBehindPeers = "v1.0.30";
const finishedStay = "v1.0.29";
const ownNamespace = "v1.0.32";
const portSets = "v1.1.1";
const blockSets = "v1.1.5";
const valueLists = "v1.4.5";

/** Sources: Azure NPM at the tags named, as emulated in the folders beside this file, and as its own kernel dumps show. */
const table = {
  "npm-skips-policy-ipv6": {
    title: "A policy with an IPv6 block is skipped as a whole",
    cause: "NPM refuses an ipBlock that is IPv6 and enforces nothing of the policy, its IPv4 rules included",
    releases: "v1.4.42 and newer",
    advice: "put the IPv6 blocks into a policy of their own, so that the others are enforced",
    applies: since("v1.4.42"),
  },
  "npm-skips-policy-zero-prefix": {
    title: "A policy with a block of prefix length 0 other than 0.0.0.0/0 is skipped as a whole",
    cause:
      "of the blocks that mean every address NPM knows the spelling 0.0.0.0/0 only, and refuses the policy otherwise",
    releases: "v1.4.45 and newer",
    advice: "write 0.0.0.0/0",
    applies: since("v1.4.45"),
  },
  "npm-skips-policy-leading-zeros": {
    title: "A policy with a block whose numbers have leading zeros is skipped as a whole",
    cause:
      "Kubernetes reads 010.0.0.0/8 as 10.0.0.0/8 and warns; NPM reads no address with leading zeros, and refuses the policy",
    releases: "v1.4.42 and newer; in a prefix length, v1.4.45 and newer",
    advice: "write the numbers without leading zeros",
    applies: since("v1.4.42"),
  },
  "npm-reads-zeros-as-octal": {
    title: "Numbers with leading zeros in a block are read as octal ones",
    cause:
      "Kubernetes reads 010.0.0.0/8 as 10.0.0.0/8 and warns; NPM hands the text to ipset or iptables, to which 010 is 8 and 08 no number",
    releases: "v1.0.9 to v1.4.41; in a prefix length, to v1.4.44",
    advice: "write the numbers without leading zeros",
    applies: before("v1.4.45"),
  },
  "npm-skips-block": {
    title: "A block of prefix length 0 other than 0.0.0.0/0, or an IPv4-mapped one, matches nothing",
    cause:
      "NPM hands the block to ipset, whose hash:net sets take no network of prefix length 0 and none written as IPv6, and goes on without it",
    releases: "v1.1.5 to v1.4.44, IPv4-mapped ones to v1.4.41; of newer ones, 0.0.0.0/00 alone",
    advice: "write 0.0.0.0/0, and IPv4 blocks as such",
    applies: since(blockSets),
  },
  "npm-skips-exception": {
    title: "An exception written as an IPv4-mapped IPv6 block has no effect",
    cause: "NPM hands the exception to ipset, whose sets take no network written as IPv6, and goes on without it",
    releases: "v1.1.5 to v1.4.41",
    advice: "write the exception as an IPv4 block",
    applies: both(since(blockSets), before("v1.4.42")),
  },
  "npm-loses-block": {
    title: "A block is lost with others, or with exceptions, that ipset refuses",
    cause:
      "behind a line that ipset refuses NPM goes on with the rest, but ipset has lost what it gathered before; and until v1.4.23 NPM, at a second such line, gives up all of a set",
    releases: "v1.4.20 to v1.4.41",
    advice: "write blocks and exceptions as IPv4 blocks with a prefix length of 1 to 32, or 0.0.0.0/0",
    applies: both(since(v2), before("v1.4.42")),
  },
  "npm-never-comes-to-policy": {
    title: "A policy, or one before it, has so many blocks that ipset refuses that NPM never comes to its rules",
    cause:
      "NPM fills sets before it writes rules, and gets behind so many refused lines at most; sets that it could not fill are tried with whatever comes later, which fails with them",
    releases: "v1.4.25 to v1.4.44",
    advice: "write blocks and exceptions as IPv4 blocks with a prefix length of 1 to 32, or 0.0.0.0/0",
    applies: both(since("v1.4.25"), before("v1.4.45")),
  },
  "npm-reads-ipv6-zero-as-any": {
    title: "The block ::/0 means every IPv4 address",
    cause: "NPM hands the block to iptables, which looks at no address where the prefix length is 0",
    releases: "v1.0.9 to v1.1.4",
    advice: "leave the block out, or write 0.0.0.0/0 if IPv4 is meant",
    applies: before(blockSets),
  },
  "npm-skips-peer": {
    title: "An ipBlock that is not the first peer of its rule is ignored",
    cause: "NPM makes a rule for an ipBlock only where it is the first peer",
    releases: "v1.4.20",
    advice: "give each ipBlock a rule of its own",
    applies: both(since(v2), before("v1.4.21")),
  },
  "npm-skips-later-block": {
    title: "An ipBlock behind another peer is ignored when an earlier rule has a block",
    cause:
      "once NPM has written a rule for an ipBlock of a direction, it makes none for an ipBlock that is not the first peer of its rule",
    releases: "v1.1.5 to v1.4.19",
    advice: "give each ipBlock a rule of its own, or write it as the first peer",
    applies: both(since(blockSets), before(v2)),
  },
  "npm-blocks-share-exceptions": {
    title: "An exception of one ipBlock cuts into the other blocks of its rule",
    cause:
      "all blocks of a rule stand in one set, and there the longest prefix decides, exception or not, whose ever it is",
    releases: "v1.1.5 to v1.4.19",
    advice: "give each ipBlock a rule of its own",
    applies: both(since(blockSets), before(v2)),
  },
  "npm-not-in-is-or": {
    title: "NotIn with several values on a namespaceSelector means: not the one or not the other",
    cause:
      "NPM makes a rule for each value; a namespace that has one of the values fulfils the rules of the others, so that the expression excludes nothing",
    releases: "v1.4.5 and newer",
    advice:
      "write one NotIn expression for each value: {key: k, operator: NotIn, values: [a]} and {key: k, operator: NotIn, values: [b]}",
    applies: since(valueLists),
  },
  "npm-in-is-and": {
    title: "In with several values asks for all of them at once",
    cause: "NPM makes each value a requirement of its own; no pod and no namespace has two values of one label",
    releases: "v1.0.27 to v1.4.4",
    advice: "write one peer, or one policy, for each value",
    applies: both(since(in2019b), before(valueLists)),
  },
  "npm-merges-value-lists": {
    title: "Two In expressions with several values of the same key mean: any of all these values",
    cause: "NPM puts the values of all such expressions with one key into one list",
    releases: "v1.4.5 to v1.4.19",
    advice: "write one In expression with the values that both allow",
    applies: both(since(valueLists), before(v2)),
  },
  "npm-negation-means-everyone": {
    title: "A selector made only of NotIn and DoesNotExist also takes in addresses that are no pods",
    cause:
      "its rule asks only in which sets an address is not; addresses outside the cluster, nodes, and pods on the host's network are in none",
    releases: "v1.0.27 and newer",
    advice:
      "add an expression that every namespace fulfils: {key: kubernetes.io/metadata.name, operator: Exists}; to a podSelector of a release before v1.0.32 add a label",
    applies: since(in2019b),
  },
  "npm-ignores-expressions": {
    title: "matchExpressions are ignored",
    cause: "NPM reads matchLabels only; a selector without them counts as empty",
    releases: "v1.0.9 to v1.0.26",
    advice: "use matchLabels",
    applies: before(in2019b),
  },
  "npm-labels-are-or": {
    title: "Several matchLabels mean any of them",
    cause: "NPM makes rules for each label of a selector by itself, as if it were the only one",
    releases: "v1.0.9 to v1.0.26",
    advice: "give the pods one label that stands for the combination",
    applies: before(in2019b),
  },
  "npm-selectors-cross-namespaces": {
    title: "A podSelector with labels means pods of every namespace",
    cause: "NPM's sets of pods with a label span the cluster, and its rules do not ask for the namespace besides",
    releases: "v1.0.9 to v1.0.31",
    advice: "use labels that no other namespace uses",
    applies: before(ownNamespace),
  },
  "npm-both-selectors-are-or": {
    title: "A peer with namespaceSelector and podSelector takes in what either selects",
    cause: "NPM makes a rule for each of the two selectors by itself",
    releases: "v1.0.9 to v1.0.17",
    advice: "use labels that only pods of these namespaces have, and a podSelector alone",
    applies: before(in2019),
  },
  "npm-skips-both-selectors": {
    title: "A peer with namespaceSelector and podSelector is ignored",
    cause:
      "NPM asks the API server for its version, and takes such peers for unknown to a Kubernetes before 1.11 (the AKS article of 2019 asks for 1.12; NPM goes by 1.11)",
    releases: "v1.0.18 to v1.4.19, with a Kubernetes before 1.11",
    advice: "use --kubernetes 1.11 or newer, or peers with one selector",
    applies: both(since(in2019), before(v2), ({ kubernetesMinor }) => passesOverBothSelectors(kubernetesMinor)),
  },
  "npm-empty-pod-selector-stays-local": {
    title: "podSelector: {} beside a namespaceSelector means pods of the policy's own namespace",
    cause: "NPM takes an empty podSelector for the policy's namespace, and asks for it besides the namespaceSelector",
    releases: "v1.0.9 to v1.0.31",
    advice: "leave podSelector: {} out",
    applies: before(ownNamespace),
  },
  "npm-ignores-end-port": {
    title: "endPort is ignored",
    cause: "NPM does not know the field: the rule is for the first port alone",
    releases: "v1.0.9 to v1.4.19",
    advice: "list the ports one by one",
    applies: before(v2),
  },
  "npm-named-port-any-protocol": {
    title: "A named port stands for every protocol under which a pod has it",
    cause: "the rule matches the set of that name without asking for the protocol",
    releases: "v1.1.1 to v1.4.4",
    advice: "write the port's number, or give each port a name of its own",
    applies: both(since(portSets), before("v1.4.5")),
  },
  "npm-named-port-any-protocol-of-namespaces": {
    title: "Beside a namespaceSelector alone, a named port stands for every protocol under which a pod has it",
    cause:
      "the rule for such a peer matches the set of that name without asking for the protocol; those for other peers ask",
    releases: "v1.4.5 to v1.4.19",
    advice: "write the port's number, or add podSelector: {} to the peer",
    applies: both(since("v1.4.5"), before(v2)),
  },
  "npm-named-port-of-source": {
    title: "A named port of an egress rule is looked up at the source",
    cause: "NPM matches the set of that name by the address of the source instead of the destination",
    releases: "v1.1.1 to v1.2.2",
    advice: "write the port's number",
    applies: both(since(portSets), before(v1)),
  },
  "npm-open-rule-ignored": {
    title: "A rule {} beside other rules allows nothing",
    cause:
      "NPM takes a rule {} for 'everything' only when it is the only rule of its direction, and makes no rule of it otherwise",
    releases: "v1.4.20 to v1.5.16",
    advice: "write the rule {} alone: the others add nothing to it",
    applies: both(since(v2), before("v1.5.17")),
  },
  "npm-ingress-allow-skips-egress": {
    title: "What an ingress rule allows is not asked for egress any more",
    cause: "the rule says ACCEPT, which ends the walk before the egress rules of the source's policies",
    releases: "v1.0.9 to v1.2.2",
    advice: "restrict the destination's ingress rules instead of the source's egress",
    applies: before(v1),
  },
  "npm-egress-allow-skips-ingress": {
    title: "What an egress rule allows overrides a policy that denies all ingress",
    cause:
      "an ingress policy without rules only adds a DROP at the very end, and the egress rule's ACCEPT comes before it",
    releases: "v1.0.9 to v1.2.2",
    advice: "restrict the source's egress rules, or give the ingress policy a rule that allows something harmless",
    applies: before(v1),
  },
  "npm-policy-order": {
    title: "A policy whose rules name ports only refuses what later policies allow",
    cause:
      "behind its rules NPM puts a jump to the DROPs, and it may stand before the jump that leads to another policy's peers without ports",
    releases: "v1.0.31 to v1.2.2",
    advice: "write peers together with ports, or apply policies with peers first",
    applies: both(since(in2020), before(v1)),
  },
  "npm-replies-judged-anew": {
    title: "Replies are refused where a new connection the other way would be",
    cause:
      "NPM looks at every forwarded packet, and its rule for established connections stands behind the DROPs; nodes where kube-proxy's KUBE-FORWARD accepts them first do not show it",
    releases: "v1.1.4 to v1.4.15",
    advice: "show the node's own rules with --existing: with kube-proxy's KUBE-FORWARD before NPM replies pass",
    applies: both(since("v1.1.4"), before("v1.4.16")),
  },
  "npm-open-rule-pods-only": {
    title: "A rule {} means pods only, unless it is the only rule for its pods",
    cause:
      "NPM matches its list of all namespaces, which holds no address outside the cluster; it leaves out the DROP where {} is the policy's only rule",
    releases: "v1.0.29 to v1.0.30",
    advice: "write ipBlock: {cidr: 0.0.0.0/0} as a peer besides",
    applies: both(since(finishedStay), before(in2020)),
  },
  "npm-open-rule-pods-only-even-alone": {
    title: "A rule {} means pods only, also when it is the only rule for its pods",
    cause:
      "NPM matches its list of all namespaces, which holds no address outside the cluster, and drops everything else",
    releases: "v1.0.27 to v1.0.28",
    advice: "write ipBlock: {cidr: 0.0.0.0/0} as a peer besides",
    applies: both(since(in2019b), before(finishedStay)),
  },
  "npm-exception-beside-ports": {
    title: "An exception of a block beside ports has no effect",
    cause: "NPM's rules for blocks with ports come before the DROP of the exception, which names no port",
    releases: "v1.0.31 to v1.1.4",
    advice: "write the blocks that remain without the exception",
    applies: both(since(in2020), before(blockSets)),
  },
  "npm-exception-behind-block": {
    title: "An exception of a block has no effect",
    cause: "NPM puts the DROP of the exception behind the rule that accepts the block",
    releases: "v1.0.27 to v1.0.29",
    advice: "write the blocks that remain without the exception",
    applies: both(since(in2019b), before(dropsBehindPeers)),
  },
  "npm-pools-ports": {
    title: "The ports of one rule open the peers of the others",
    cause: "NPM's rules for ports lead to its rules for peers, those of all rules of the direction",
    releases: "v1.0.9 to v1.0.30",
    advice: "give each rule a policy of its own, for pods with a label of their own",
    applies: before(in2020),
  },
  "npm-merges-policies": {
    title: "Policies with the same podSelector restrict both directions",
    cause: "NPM merges them, and takes the result for a policy of ingress and egress unless each is egress alone",
    releases: "v1.0.27 to v1.1.0",
    advice: "write one policy for these pods, with all rules and policyTypes",
    applies: both(since(in2019b), before(portSets)),
  },
  "npm-isolates-both-directions": {
    title: "A policy restricts ingress and egress, whatever its policyTypes",
    cause: "NPM drops what no rule accepts to the policy's pods and from them alike",
    releases: "v1.0.9 to v1.0.27",
    advice: "give the policy a rule {} in the direction that it is not about",
    applies: before("v1.0.28"),
  },
  "npm-exempts-kube-system": {
    title: "Pods of kube-system may talk to the policy's pods, and be talked to",
    cause: "each policy with a rule adds rules that accept kube-system in both directions",
    releases: "v1.0.18 to v1.0.26",
    advice: "run what must be kept out elsewhere than in kube-system",
    applies: both(since(in2019), before(in2019b)),
  },
  "npm-lets-kube-system-through": {
    title: "Pods of kube-system are never restricted",
    cause: "rules before those of policies accept what comes from kube-system and what goes there",
    releases: "v1.0.9 to v1.0.17, v1.0.27 to v1.0.29",
    advice: "run what must be kept out elsewhere than in kube-system",
    applies: (its) => before(in2019)(its) || both(since(in2019b), before("v1.0.30"))(its),
  },
  "npm-named-port-by-service": {
    title: "A named port means the port of that name in /etc/services",
    cause: "NPM hands the name to iptables, which does not know what pods call their ports",
    releases: "v1.0.27 to v1.1.0",
    advice: "write the port's number",
    applies: both(since(in2019b), before(portSets)),
  },
  "npm-reads-named-port-as-zero": {
    title: "A named port means port 0",
    cause: "NPM reads the number of a port that has only a name, and gets 0",
    releases: "v1.0.9 to v1.0.26",
    advice: "write the port's number",
    applies: before(in2019b),
  },
  "npm-stops-at-rule": {
    title: "A policy is given up at a rule that iptables does not understand",
    cause: "what NPM would have written behind it is missing, the DROPs included",
    releases: "v1.0.9 to v1.1.4",
    advice:
      "see the warning npm-stops-at-rule, which names the field: leave it out, or put it into a policy of its own",
    applies: before(blockSets),
  },
  "npm-crashes": {
    title: "NPM crashes on a port without a number: this policy and those after it are missing",
    cause: "NPM follows a pointer to the number, which is not there",
    releases: "v1.0.9 to v1.0.26",
    advice: "give the port a number",
    applies: before(in2019b),
  },
  "npm-shares-peers": {
    title: "Policies share their lists of peers, in which the first match decides",
    cause:
      "a port that one policy allows leads to the peers of all, and the DROP or the exception of one comes before what another allows",
    releases: "v1.0.30",
    advice: "select a pod by one policy only, which names peers and ports together",
    applies: both(since(dropsBehindPeers), before(in2020)),
  },
  "npm-pools-policies": {
    title: "The ports of one policy open the peers of others",
    cause: "a rule for a port leads to one list of the peers of all policies, in which the first match decides",
    releases: "v1.0.27 to v1.0.29",
    advice: "select a pod by one policy only",
    applies: both(since(in2019b), before(dropsBehindPeers)),
  },
  "npm-stacks-merged-rules": {
    title: "Rules of all policies, those of one selector merged, stand in one list, in which the first match decides",
    cause:
      "the exception of a block is a DROP that comes before what older policies and earlier blocks allow without ports, and a policy that NPM merges is written anew",
    releases: "v1.0.31 to v1.1.0",
    advice: "select a pod by one policy only, and write blocks without exceptions",
    applies: both(since(in2020), before(portSets)),
  },
  "npm-stacks-rules-of-2020": {
    title: "Rules of all policies stand in one list, the newest first, and an exception refuses what older ones allow",
    cause:
      "the exception of a block is a DROP that comes before what older policies and earlier blocks allow without ports",
    releases: "v1.1.1 to v1.1.4",
    advice: "select a pod by one policy only, and write blocks without exceptions",
    applies: both(since(portSets), before(blockSets)),
  },
  "npm-stacks-rules": {
    title: "Rules of all policies stand in one list, the newest first, and the first match decides",
    cause:
      "policies do not add up: a DROP of one comes before what an older one allows, ports lead to the peers of all rules, and peers of one label are taken for those of others",
    releases: "v1.0.18 to v1.0.26",
    advice: "select a pod by one policy only, and by one label",
    applies: both(since(in2019), before(in2019b)),
  },
  "npm-stacks-rules-of-2018": {
    title: "Rules of all policies stand in one list, the newest first, and an exception of a block has no effect",
    cause:
      "policies do not add up: a DROP of one comes before what an older one allows; of several blocks only the last one counts, and its exceptions stand behind it",
    releases: "v1.0.13 to v1.0.17",
    advice: "select a pod by one policy only, and write blocks without exceptions",
    applies: both(since(newestFirst), before(in2019)),
  },
  "npm-queues-rules": {
    title: "Rules of all policies stand in one list, the oldest first, and the first match decides",
    cause:
      "policies do not add up: a DROP of one comes before what a newer one allows, ports lead to the peers of all rules, and of several blocks only the last one counts",
    releases: "v1.0.9 to v1.0.12",
    advice: "select a pod by one policy only, by one label, and give a direction one rule with at most one block",
    applies: before(newestFirst),
  },
  "npm-shared-address": {
    title: "Pods with one address are one pod to the rules",
    cause: "sets hold addresses: one that several pods have carries the labels and named ports of all of them",
    releases: "all",
    advice: "leave pods out that are gone, or correct status.podIP",
    applies: always,
  },
  "npm-selects-host-network-pods": {
    title: "Pods on their host's network are selected by the node's address",
    cause: "NPM puts them into its sets like other pods, so that policies hold for the node and all it sends",
    releases: "v1.0.9 to v1.2.2",
    advice: "do not select pods with hostNetwork: true",
    applies: before(v1),
  },
  "npm-keeps-finished-pods": {
    title: "The address of a finished pod stays in the sets",
    cause: "NPM asks only whether a pod has an address, which may belong to somebody else by now",
    releases: "v1.0.29 to v1.2.2",
    advice: "delete finished pods",
    applies: both(since(finishedStay), before(v1)),
  },
  "npm-ignores-deleted-pods": {
    title: "A pod whose deletion needs no more time is no pod any more",
    cause: "NPM leaves a pod with deletionGracePeriodSeconds 0 out of its sets, though it may still run",
    releases: "v1.4.1 and newer",
    advice: "wait until it is gone",
    applies: since(v1),
  },
  "npm-ignores-unknown-pods": {
    title: "A pod of unknown phase is no pod any more",
    cause: "NPM leaves pods in phase Unknown out of its sets, though they may still run",
    releases: "v1.0.9 to v1.0.28",
    advice: "nothing to do: bring the node back, or delete the pod",
    applies: before(finishedStay),
  },
  "npm-ipv6-unfiltered": {
    title: "IPv6 traffic is not filtered",
    cause: "NPM programs iptables, never ip6tables, and leaves IPv6 pods out of its sets",
    releases: "all",
    advice: "use IPv4 pod addresses where policies must hold",
    applies: always,
  },
  "npm-hash-collision": {
    title: "Two sets have one name in the kernel and share their members",
    cause: "before v1.8.12 names of sets are hashes of 32 bits, and two of the cluster's names have the same",
    releases: "v1.0.9 to v1.8.11 but v1.6.46 and newer of v1.6",
    advice: "rename the label or namespace: another text has another hash",
    applies: (circumstances) => !hasLongHashes(circumstances),
  },
  "npm-lite-skips-policy": {
    title: "NPM Lite skips policies with selectors or named ports",
    cause: "it translates blocks and port numbers only, and enforces nothing of a policy that has anything else",
    releases: "v1.6.12 and newer, as NPM Lite",
    advice: "use ipBlock peers and numeric ports",
    applies: (circumstances) => isLite(circumstances) && !hasLongHashes(circumstances),
  },
  "npm-lite-fails-to-start": {
    title: "NPM Lite gives up at its start, so that no policy is enforced",
    cause: "its informers never sync, and it stops after it has made its base chains",
    releases: "v1.6.46 and newer of v1.6, v1.8.12 and newer, as NPM Lite",
    advice: "leave --lite out",
    applies: both(isLite, hasLongHashes),
  },
  "npm-lite-matches-everything": {
    title: "NPM Lite lets a rule with an ipBlock match every address",
    cause: "on Linux the rule loses the block's set",
    releases: "v1.7.11 to v1.8.11, as NPM Lite",
    advice: "use a release from v1.6.12 to v1.7.10",
    applies: both(isLite, since("v1.7.11"), before("v1.8.12")),
  },
  "npm-not-asked": {
    title: "A rule outside NPM's chains decides",
    cause: "the node has rules in FORWARD that accept or refuse the packet before or behind NPM",
    releases: "all, with --existing",
    advice: "look at the rules of --existing, and at where NPM's jump stands among them",
    applies: always,
  },
} satisfies Readonly<Record<string, Entry>>;

const codes = Object.keys(table) as DeviationCode[];
