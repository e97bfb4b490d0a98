import { error, warning } from "./entry.js";

export interface Refused {
  /** The block, port or peer: `2001:db8::/32`. */
  readonly what: string;
  /** `v1.5.50` */
  readonly release: string;
}

export interface IgnoredPods {
  readonly count: number;
  /** `x/a, x/b and 3 more` */
  readonly pods: string;
}

/** What an engine does with an object or an option, where that deserves a look. */
export const engineCodes = {
  "unknown-engine": error<{ text: string; known: string; suggestion: string }>(
    ({ text, known }) => `unknown engine "${text}"; known engines: ${known}`,
    ({ known, suggestion }) => (suggestion === "" ? `use one of ${known}` : `did you mean ${suggestion}?`),
  ),
  "option-of-another-engine": error<{ option: string; engine: string; options: string }>(
    ({ option, engine }) => `${option} says nothing about ${engine}`,
    ({ options }) => `leave it out; options of this engine: ${options}`,
  ),
  "resource-not-built": error<{ kind: string; count: number; engine: string }>(
    ({ kind, count, engine }) =>
      `${kind} changes the rules of ${engine} and is not compiled yet; there ${count === 1 ? "is 1" : `are ${count}`}`,
    () => "leave it out to see the rules of the other objects",
  ),
  "ipv6-switched-off": error<Record<string, never>>(
    () => "--ipv6 asks for rules of IPv6, and the settings switch them off",
    () => "leave --felix Ipv6Support=false out, or --ipv6",
  ),
  "output-not-made": error<{ output: string; engine: string; remedy: string; outputs: string }>(
    ({ output, engine, remedy }) => `${output} is not made for ${engine}${remedy === "" ? "" : " with these options"}`,
    ({ remedy, outputs }) => `${remedy === "" ? "" : `${remedy}, or `}use ${outputs}`,
  ),
  "classic-log-of-one-table": error<{ engine: string; tables: string }>(
    ({ engine, tables }) => `the classic log has words for the filter table alone, and ${engine} works in ${tables}`,
    () => "leave --log classic out",
  ),
  "unknown-generation": error<{ text: string; known: string; nearest: string }>(
    ({ text, known }) => `unknown NPM generation or image tag "${text}"; known generations: ${known}`,
    ({ nearest }) => nearest,
  ),
  "generation-not-built": error<{ text: string; id: string; built: string }>(
    ({ text, id }) =>
      text === id ? `generation ${id} is not built yet` : `${text} is generation ${id}, which is not built yet`,
    ({ built }) => `use one of ${built}, or a tag of their releases`,
  ),
  "no-generation": error<{ text: string; neighbours: string }>(
    ({ text }) => `${text} belongs to a time of transition (v1.2.3 to v1.4.0) that has no generation`,
    ({ neighbours }) => `use a neighbour: ${neighbours}`,
  ),
  "flavour-not-supported": error<{ generation: string }>(
    ({ generation }) => `generation ${generation} knows legacy iptables only`,
    () => "leave --iptables out, or write --iptables legacy",
  ),
  "lite-not-supported": error<{ release: string }>(
    ({ release }) => `NPM Lite came with v1.6.12; ${release} has none`,
    () => "leave --lite out, or use --npm v1.6.12 or newer",
  ),
  "bad-kubernetes-version": error<{ text: string }>(
    ({ text }) => `"${text}" is no Kubernetes version`,
    () => "write it as 1.29",
  ),
  "npm-skips-policy-ipv6": warning<Refused>(
    ({ what, release }) =>
      `Azure NPM ${release} skips the whole policy: ${what} is IPv6 (it logs "unsupported IP address")`,
    () => "put the IPv6 blocks into a policy of their own, so that the others are enforced",
  ),
  "npm-skips-policy-zero-prefix": warning<Refused>(
    ({ what, release }) =>
      `Azure NPM ${release} skips the whole policy: of the blocks with prefix length 0 it knows 0.0.0.0/0 only, not ${what}`,
    () => "write 0.0.0.0/0",
  ),
  "npm-skips-policy-leading-zeros": warning<Refused>(
    ({ what, release }) =>
      `Azure NPM ${release} skips the whole policy: it reads no numbers with leading zeros, as in ${what} (it logs "unsupported IP address")`,
    () => "write the numbers without leading zeros",
  ),
  "npm-reads-zeros-as-octal": warning<Refused>(
    ({ what, release }) =>
      `Azure NPM ${release} hands ${what} to a program that reads numbers with leading zeros as octal ones: 010 is 8, and 08 is refused`,
    () => "write the numbers without leading zeros",
  ),
  "npm-too-many-rules": error<{ count: number; max: number }>(
    ({ count, max }) =>
      `Azure NPM makes ${count.toLocaleString("en")} rules of this policy, one of each combination of values and ports; anpm compiles up to ${max.toLocaleString("en")}`,
    () => "use expressions with fewer values in the namespaceSelector, or fewer ports",
  ),
  "npm-skips-block": warning<Refused>(
    ({ what, release }) =>
      `Azure NPM ${release} can't put ${what} into a set: the rule stays, its set is empty, nothing matches`,
    () => "use IPv4 blocks with a prefix length of 1 to 32, or 0.0.0.0/0",
  ),
  "npm-skips-exception": warning<Refused>(
    ({ what, release }) =>
      `Azure NPM ${release} can't put the exception ${what} into a set: the block counts without it`,
    () => "write the exception as an IPv4 block",
  ),
  "npm-loses-block": warning<Refused>(
    ({ what, release }) =>
      `Azure NPM ${release} loses ${what} on the way to its set, with lines beside it that ipset refuses: it matches nothing`,
    () => "write blocks and exceptions as IPv4 blocks with a prefix length of 1 to 32, or 0.0.0.0/0",
  ),
  "npm-gives-up-sets": warning<{ release: string }>(
    ({ release }) =>
      `Azure NPM ${release} can't fill the sets of the policy: ipset refuses too many of its blocks. NPM tries again and again, and until it is restarted without them enforces neither the policy nor any that comes or changes after it. Its tries are not shown`,
    () => "write blocks and exceptions as IPv4 blocks with a prefix length of 1 to 32, or 0.0.0.0/0",
  ),
  "npm-never-comes-to-policy": warning<{ stuckAt: string; release: string }>(
    ({ stuckAt, release }) =>
      `Azure NPM ${release} does not enforce the policy: it can't fill the sets of ${stuckAt}, and tries that again and again`,
    ({ stuckAt }) => `mend the blocks of ${stuckAt}, and restart NPM`,
  ),
  "npm-retries-policy": warning<Refused>(
    ({ what, release }) =>
      `Azure NPM ${release} never enforces the policy: it can't read the exception ${what}, and tries again and again (it logs "failed to add to sets: invalid ip ${what} nomatch"). A set of the block may stay on the node`,
    () => "write the exception as an IPv4 block without leading zeros",
  ),
  "npm-skips-peer": warning<Refused>(
    ({ what, release }) =>
      `Azure NPM ${release} makes no rule for ${what}: it reads an ipBlock only as the first peer of its rule`,
    () => "give each ipBlock a rule of its own",
  ),
  "npm-lite-skips-policy": warning<Refused>(
    ({ what, release }) =>
      `NPM Lite (${release}) skips the whole policy: it knows blocks and port numbers only, not ${what}`,
    () => "use ipBlock peers and numeric ports",
  ),
  "npm-lite-fails-to-start": warning<{ release: string }>(
    ({ release }) =>
      `Azure NPM ${release} started as NPM Lite gives up ("informer sync failure") after it has made its base chains: no policy is enforced`,
    () => "leave --lite out",
  ),
  "npm-lite-matches-everything": warning<{ release: string }>(
    ({ release }) => `NPM Lite ${release} loses the set of every ipBlock on Linux: the rule matches all addresses`,
    () => "use a release from v1.6.12 to v1.7.10",
  ),
  "release-caveat": warning<{ release: string; what: string }>(
    ({ release, what }) =>
      `Azure NPM ${release} is emulated from what is known of its code, without a run to compare with: ${what}`,
    () => "nothing to do; where it matters, compare with what a node of this release holds",
  ),
  "npm-stops-at-rule": warning<Refused>(
    ({ what, release }) =>
      `Azure NPM ${release} gives the policy up at ${what}: iptables does not understand the rule, and those behind it are missing`,
    () => "leave this out, or put it into a policy of its own, so that the others are enforced",
  ),
  "npm-waits-for-set": warning<{ release: string }>(
    ({ release }) =>
      `Azure NPM ${release} does not enforce the policy yet: a rule names the set of all namespaces before there is one. NPM takes the policy's other rules back, equal rules of other policies too, and tries again until a namespace or a pod comes`,
    () => "apply a namespace or a pod before the policy",
  ),
  "npm-skips-both-selectors": warning<Refused>(
    ({ what, release }) =>
      `Azure NPM ${release} passes a peer with ${what} over where the API server is older than 1.11: it lets nobody in`,
    () => "use --kubernetes 1.11 or newer (the AKS article of 2019 asks for 1.12), or peers with one selector",
  ),
  "npm-reads-ipv6-zero-as-any": warning<Refused>(
    ({ what, release }) =>
      `Azure NPM ${release} hands ${what} to iptables, which looks at no address where the prefix length is 0: every IPv4 address is meant`,
    () => "leave the block out, or write 0.0.0.0/0 if IPv4 is meant",
  ),
  "npm-ignores-end-port": warning<Refused>(
    ({ what, release }) => `Azure NPM ${release} does not know endPort (${what}): the rule is for the first port alone`,
    () => "list the ports one by one",
  ),
  "npm-reads-named-port-as-zero": warning<Refused>(
    ({ what, release }) => `Azure NPM ${release} does not know ports by name and takes ${what} for port 0`,
    () => "write the port's number",
  ),
  "npm-crashes": warning<Refused>(
    ({ what, release }) => `Azure NPM ${release} crashes on ${what}: nothing that comes after it is programmed`,
    () => "give the port a number",
  ),
  "npm-ignores-host-network-pods": warning<IgnoredPods>(
    ({ count, pods }) =>
      `Azure NPM puts no pod of the host network into a set, so policies do not reach them; there are ${count}: ${pods}`,
    () => "nothing to do; the node's own address is not a pod's",
  ),
  "npm-ignores-finished-pods": warning<IgnoredPods>(
    ({ count, pods }) => `Azure NPM leaves finished pods out of its sets; there are ${count}: ${pods}`,
    () => "nothing to do; their addresses may belong to others by now",
  ),
  "npm-ignores-deleted-pods": warning<IgnoredPods>(
    ({ count, pods }) =>
      `Azure NPM leaves deleted pods whose grace period is over out of its sets; there are ${count}: ${pods}`,
    () => "nothing to do; they are gone in a moment",
  ),
  "npm-ignores-pods-without-address": warning<IgnoredPods>(
    ({ count, pods }) =>
      `Azure NPM leaves pods out of its sets until they have an address; there are ${count}: ${pods}`,
    () => "leave out the whole status to have anpm give an address, or give status.podIP",
  ),
  "npm-ignores-ipv6-pods": warning<IgnoredPods>(
    ({ count, pods }) => `Azure NPM leaves pods with an IPv6 address out of its sets; there are ${count}: ${pods}`,
    () => "use IPv4 pod addresses",
  ),
  "npm-policy-too-large": warning<{ answer: string; release: string }>(
    ({ answer, release }) =>
      `Azure NPM ${release} never enforces this policy: iptables-restore refuses its rules ("${answer}"), and NPM tries again for ever`,
    () => "use fewer or shorter labels and values in one selector, or divide the policy",
  ),
  "npm-set-full": warning<{ name: string; count: number; max: number }>(
    ({ name, count, max }) =>
      `the set ${name} would have ${count} members and the kernel takes ${max}: Azure NPM leaves the others out ("Hash is full")`,
    () => "divide the pods: fewer of them may share this label or namespace",
  ),
  "npm-shares-set": warning<{ names: string; kernelName: string }>(
    ({ names, kernelName }) => `${names} have one kernel name, ${kernelName}: each set holds the members of both`,
    () => "rename one of them, or use a release with SHA-256 names (v1.6.46, v1.8.12 and newer)",
  ),
};
