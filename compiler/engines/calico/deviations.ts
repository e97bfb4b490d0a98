import type { Deviation } from "../deviation.js";
import type { Generation } from "./generation.js";

export type DeviationCode = keyof typeof table;

/** All deviations of Calico, in the order of the table. */
export function calicoDeviations(generations: readonly Generation[]): readonly Deviation[] {
  return codes.map((code) => {
    const { applies, ...rest } = table[code];
    return { code, ...rest, generations: generations.filter(applies).map(({ id }) => id) };
  });
}

/** The codes of those that a generation has. */
export function deviationCodes(generation: Generation): readonly DeviationCode[] {
  return codes.filter((code) => table[code].applies(generation));
}

interface Entry extends Omit<Deviation, "code" | "generations"> {
  readonly applies: (generation: Generation) => boolean;
}

const always: Entry["applies"] = () => true;
const all = "every release";

/** Code → how rules differ from the documentation of projectcalico.org/v3, and where that was seen. */
const table = {
  "calico-ipv6-unfiltered": {
    applies: always,
    title: "IPv6 is not filtered",
    cause:
      "AKS runs Felix with Ipv6Support=false, so that it programs no ip6tables: what policies say of IPv6 addresses has no effect",
    releases: all,
    advice: "do not give pods IPv6 addresses where policies must hold, or run Felix with Ipv6Support=true",
  },
  "calico-not-asked": {
    applies: always,
    title: "other people's rules decide",
    cause:
      "rules that are not Calico's, or the policy of a built-in chain, take the packet before Calico's rules or what these leave undecided",
    releases: all,
    advice: "look at the rules beside Calico's; with ChainInsertMode=Insert Calico keeps its own ahead of them",
  },
  "calico-unknown-feature": {
    applies: ({ knows }) => Object.values(knows).includes(false),
    title: "an object with a feature that the release does not know is not there",
    cause:
      "the release has no such kind, or refuses the object because of one of its fields; the rest of the object goes with it",
    releases: "releases before the one that brought the feature",
    advice: "leave the feature out for this release; the warning calico-unknown-feature names it",
  },
  "calico-refuses-pod": {
    applies: ({ conversion }) => conversion.leavesOutUnreadable,
    title: "a pod whose annotations ask for what it does not get is not there",
    cause:
      "Felix treats the pod as missing: its address is in no set, and what comes from its interface or goes to it is dropped as of an unknown one",
    releases: "v3.22 and later",
    advice: "take the annotation away, or mend it; the warnings say what is wrong with it",
  },
  "calico-refuses-sctp": {
    applies: ({ conversion }) => conversion.refusesSctpPorts,
    title: "a NetworkPolicy with an SCTP port is not there",
    cause: "the policy fails validation and is treated as missing, with all its other rules",
    releases: "v3.3 and v3.8",
    advice: "put ports of SCTP into no policy, or allow the protocol without ports in a policy of its own",
  },
  "calico-ignores-end-port": {
    applies: ({ conversion }) => !conversion.knowsEndPort,
    title: "of a range of ports only the first counts",
    cause: "endPort came with Kubernetes 1.21; the release does not read it",
    releases: "v3.3 and v3.8",
    advice: "list the ports one by one",
  },
  "calico-keeps-finished-pods": {
    applies: ({ conversion }) => conversion.keepsFinishedPods,
    title: "a pod that has succeeded or failed keeps its address",
    cause:
      "the release does not look at the phase: the address stays in sets and keeps its chains, whoever has it next",
    releases: "v3.3 and v3.8",
    advice: "delete finished pods; give Jobs ttlSecondsAfterFinished",
  },
  "calico-names-no-namespaces": {
    applies: ({ conversion }) => !conversion.labelsNamespaceNames,
    title: "namespaces and service accounts do not carry their name as a label",
    cause: "the label projectcalico.org/name, by which selectors name them, came with v3.12",
    releases: "v3.3 and v3.8",
    advice: "select a label that the objects have themselves",
  },
  "calico-names-init-ports": {
    applies: ({ conversion }) => conversion.namesInitPorts,
    title: "ports of init containers have names, too",
    cause:
      "the name of a port stands for the ports that init containers call so as well, though these are over before the pod is ready",
    releases: "v3.32 and newer",
    advice: "give ports of init containers names of their own",
  },
  "calico-breaks-ties": {
    applies: ({ policyId }) => policyId !== "kind",
    title: "policies of one order do not go by their names",
    cause:
      "of two policies with one order the first is that whose stored name comes first, which begins with its namespace and then tells where it comes from: shop/default.z is before default.a, and default.z before knp.default.a",
    releases: "before v3.32",
    advice: "give policies of one tier orders that differ",
  },
  "calico-third-block": {
    applies: always,
    title: "a third list of ports or nets in a rule is not looked at",
    cause:
      "lists that iptables cannot hold in one match are answered one after another on two bits of the mark, and the answer to the second is never taken back: whoever passes it passes those behind",
    releases: all,
    advice: "split the rule, so that no rule has more than two lists that are longer than one net or 15 ports",
  },
  "calico-ipv6-exceptions": {
    applies: always,
    title: "a rule whose notNets are all of one version of IP makes no rule for the other",
    cause: "networks of the other version are left out, and where notNets has nothing else the whole rule is",
    releases: all,
    advice: "write a rule for each version, with ipVersion",
  },
  "calico-negation-reaches-global": {
    applies: always,
    title: "a negative selector of namespaces takes in what lies in no namespace",
    cause:
      "selectors of namespaces and service accounts become selectors of labels that endpoints inherit; host endpoints and global network sets have none of these, so that a negation holds for them",
    releases: all,
    advice: "add has(projectcalico.org/name) to the selector",
  },
  "calico-selectors-of-one": {
    applies: always,
    title: "selector and notSelector are asked of each endpoint or network set alone",
    cause:
      "both become one set of those that fulfil both; an address that also belongs to something the notSelector selects stays in it",
    releases: all,
    advice: "write a Deny rule for what notSelector selects before the rule",
  },
  "calico-ports-of-selected": {
    applies: always,
    title: "the name of a port beside a selector means that of the selected endpoints alone",
    cause: "name and selector become one set; where a network set is selected, the pods in its networks are not in it",
    releases: all,
    advice: "give the number of the port, or select the pods",
  },
  "calico-wildcard-before-translation": {
    applies: ({ knows }) => knows.wildcardHostEndpoints,
    title: "policies before translation of the endpoint of all interfaces reach interfaces that have their own",
    cause:
      "an interface whose own host endpoint no policy before translation is about is left out where packets are led to those policies, and what has no place there goes to the endpoint of all interfaces",
    releases: "v3.14 and newer",
    advice: "give the other endpoint a policy before translation that passes everything, or select both",
  },
  "calico-failsafe-answers": {
    applies: ({ statics }) => statics.failsafeBlocks === "misread",
    title: "answers of a failsafe port with a block meet untracked policies",
    cause:
      "of answers that leave, the block is looked for at their source, which is the node itself, not at their destination; so untracked policies of egress decide about them",
    releases: "v3.24",
    advice: "leave the block out, or let the answers pass in the untracked policy",
  },
  "calico-failsafe-other-version": {
    applies: ({ statics }) => statics.failsafeBlocks === "misread",
    title: "a failsafe port with a block of one version of IP is open to everybody of the other",
    cause: "in the tables of the other version the block is left out of the rule, and the rule stays",
    releases: "v3.24",
    advice: "leave the port out of the failsafe ports, and write policies that allow it",
  },
  "calico-failsafe-blocks": {
    applies: ({ statics }) => statics.failsafeBlocks === "unknown",
    title: "a failsafe port with a block is open to everybody",
    cause: "blocks of failsafe ports came in 2021; the release reads the protocol and the port",
    releases: "v3.3 and v3.8",
    advice: "leave the port out of the failsafe ports, and write policies that allow it",
  },
  "calico-service-without-namespace": {
    applies: ({ knows }) => knows.services,
    title: "a service without a namespace means none",
    cause:
      "the documentation says it is that of the policy; Felix looks for a service in no namespace and finds nothing",
    releases: "v3.22 and newer",
    advice: "write the namespace of the service",
  },
} satisfies Record<string, Entry>;

const codes = Object.keys(table) as DeviationCode[];
