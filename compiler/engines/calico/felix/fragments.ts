import { maskedCidr, wholeBlock } from "../../../model/cidr.js";
import type { Match, Target } from "../../../netfilter/tables.js";
import { protocolName } from "../../../netfilter/protocols.js";
import { quoteWord } from "../../../netfilter/words.js";
import type { IpVersion } from "../../../text/ip-version.js";

/**
 * One match of a rule, in two spellings: Felix's own, which its rule hashes are made of, and what the kernel keeps of it. Texts
 * source: Calico 87c15906f, felix/iptables/match_builder.go; unchanged since felix v3.3.1.
 */
export interface Fragment {
  readonly text: string;
  /** Absent where the kernel keeps nothing of it: a network that is every address. */
  readonly match?: Match;
}

export type Side = "source" | "destination";

/** Ports `first`..`last`, both ends included. */
export interface Ports {
  readonly first: number;
  readonly last: number;
}

/** All bits of `bits`, a single one, are set. */
export function markSet(bits: number): Fragment {
  return mark(bits, bits, false);
}

/** The bits of `mask` are just those of `value`. */
export function markIs(value: number, mask: number, negated = false): Fragment {
  return mark(value, mask, negated);
}

/** All bits of `bits` are clear. */
export function markClear(bits: number): Fragment {
  return mark(0, bits, false);
}

/** At least one bit of `bits` is set. */
export function markNotClear(bits: number): Fragment {
  return mark(0, bits, true);
}

/** The bit `bit` is clear, asked as whether it is not set. */
export function markLacks(bit: number): Fragment {
  return mark(bit, bit, true);
}

function mark(bits: number, maskBits: number, negated: boolean): Fragment {
  const [value, mask] = [bits >>> 0, maskBits >>> 0];
  const text = `-m mark ${not(negated)}--mark ${value === 0 ? "0" : hex(value)}/${hex(mask)}`;
  return { text, match: { kind: "mark", value, mask, negated } };
}

export function inInterface(name: string): Fragment {
  return { text: `--in-interface ${name}`, match: { kind: "interface", direction: "in", name, negated: false } };
}

export function outInterface(name: string): Fragment {
  return { text: `--out-interface ${name}`, match: { kind: "interface", direction: "out", name, negated: false } };
}

/** By name, lower case, or number. */
export function protocol(of: string | number, negated = false): Fragment {
  return { text: `${not(negated)}-p ${of}`, match: { kind: "protocol", protocol: protocolName(of), negated } };
}

/** A network as it is written; the kernel keeps it with its prefix length and without host bits. */
export function network(side: Side, cidr: string, negated = false): Fragment {
  const text = `${not(negated)}--${side} ${cidr}`;
  const isAll = cidr.endsWith("/0") && !negated;
  return isAll ? { text } : { text, match: { kind: "address", side, network: maskedCidr(wholeBlock(cidr)), negated } };
}

/** One address, written without a length. */
export function addressOf(side: Side, address: string): Fragment {
  return addresses(side, [address]);
}

/**
 * One of several addresses. iptables makes a rule of each, of which Felix leaves the first: see `dscpRules`.
 */
export function addresses(side: Side, list: readonly string[]): Fragment {
  const [first = ""] = list;
  return {
    text: `--${side} ${list.join()}`,
    match: { kind: "address", side, network: wholeBlock(first), negated: false },
  };
}

/** At most 15 ports, a range counting as two. */
export function ports(side: Side, ranges: readonly Ports[], negated = false): Fragment {
  const list = ranges.map(({ first, last }) => (first === last ? `${first}` : `${first}:${last}`)).join(",");
  const text = `-m multiport ${not(negated)}--${side}-ports ${list}`;
  return { text, match: { kind: "multiport", side, ranges, negated } };
}

/** One port of a destination, asked of the protocol itself. */
export function onePort(of: "tcp" | "udp", port: number): Fragment {
  return {
    text: `--dport ${port}`,
    match: { kind: "destination-port", protocol: of, first: port, last: port },
  };
}

/** An address of the machine itself. */
export function localAddress(side: Side): Fragment {
  const words = ["-m", "addrtype", side === "source" ? "--src-type" : "--dst-type", "LOCAL"];
  return { text: words.join(" "), match: { kind: "other", words } };
}

/** A source that is no address of the interface that the packet leaves by. */
export const notItsOwnAddress: Fragment = {
  text: "-m addrtype ! --src-type LOCAL --limit-iface-out",
  match: { kind: "other", words: ["-m", "addrtype", "!", "--src-type", "LOCAL", "--limit-iface-out"] },
};

/** Addresses in a set. */
export function addressSet(side: Side, set: string, negated = false): Fragment {
  return setMatch(set, side === "source" ? "src" : "dst", negated);
}

/** Pairs of address and port in a set. */
export function addressPortSet(side: Side, set: string, negated = false): Fragment {
  return setMatch(set, side === "source" ? "src,src" : "dst,dst", negated);
}

function setMatch(set: string, flags: string, negated: boolean): Fragment {
  return { text: `-m set ${not(negated)}--match-set ${set} ${flags}`, match: { kind: "set", set, flags, negated } };
}

export function icmp(ipVersion: IpVersion, type: number, code: number | undefined, negated = false): Fragment {
  const wanted = code === undefined ? `${type}` : `${type}/${code}`;
  const match: Match = { kind: "icmp", type, ...(code !== undefined && { code }), negated };
  if (ipVersion === 4) return { text: `-m icmp ${not(negated)}--icmp-type ${wanted}`, match };
  return { text: `-m icmp6 ${not(negated)}--icmpv6-type ${wanted}`, match: { ...match, extension: "icmp6" } };
}

export function connection(states: readonly string[], negated = false): Fragment {
  const text = `-m conntrack ${not(negated)}--ctstate ${states.join(",")}`;
  return { text, match: { kind: "connection-state", states, negated } };
}

/** No route leads back to the source through the interface that the packet came from. */
export const fromElsewhere: Fragment = {
  text: "-m rpfilter --invert --validmark",
  match: { kind: "other", words: ["-m", "rpfilter", "--validmark", "--invert"] },
};

/** So many packets in a time, as Felix's settings write it: `5/minute`; and as many at once before that counts, 0 to 9999. */
export interface RateLimit {
  readonly rate: string;
  readonly burst: number;
}

/** No more packets than a limit lets through. The burst that iptables takes for granted it does not print. */
export function limit({ rate, burst }: RateLimit): Fragment {
  return keptLimit(`-m limit --limit ${rate} --limit-burst ${burst}`, { rate, burst });
}

/** As the kernel keeps it; without a burst there is the one that iptables takes for granted. */
function keptLimit(text: string, { rate, burst }: RateLimit): Fragment {
  const words = ["-m", "limit", "--limit", keptRate(periodOf(rate))];
  const isUsual = burst === 0 || burst === usualBurst;
  return { text, match: { kind: "other", words: isUsual ? words : [...words, "--limit-burst", `${burst}`] } };
}

const usualBurst = 5;

const seconds: Readonly<Record<string, number>> = { second: 1, minute: 60, hour: 60 * 60, day: 24 * 60 * 60 };

/** From one packet to the next in 10,000ths of a second, which is what the kernel keeps of a rate. */
function periodOf(rate: string): number {
  const [count, unit] = rate.split("/") as [string, string];
  return Math.floor((10_000 * seconds[unit]!) / Number(count));
}

/** Source: iptables 1.8.9, extensions/libxt_limit.c, print_rate. */
function keptRate(period: number): string {
  const units = (["day", "hour", "minute", "second"] as const).map((unit) => 10_000 * seconds[unit]!);
  let at = 0;
  while (at < 3 && period <= units[at + 1]! && Math.floor(units[at + 1]! / period) >= units[at + 1]! % period) at += 1;
  return `${Math.floor(units[at]! / period)}/${["day", "hour", "min", "sec"][at]}`;
}

/**
 * Whether the kernel's table of legacy iptables takes a limit: the whole burst's time must fit into 32 bits, and there must be one.
 * Source: Linux, net/netfilter/xt_limit.c, limit_mt_check.
 */
export function isTakenByLegacy({ rate, burst }: RateLimit): boolean {
  return burst > 0 && periodOf(rate) * burst <= 0xffffffff;
}

/**
 * As many packets a second, and `burst` of them at once; absent: the 5 that iptables takes itself. The kernel counts in ten-thousandths of a second,
 * so that it keeps 3334 a second as 5000. Checked with iptables 1.8.9, both backends.
 */
export function packetRate(perSecond: number, burst?: number): Fragment {
  const text = `-m limit --limit ${perSecond}/sec${burst === undefined ? "" : ` --limit-burst ${burst}`}`;
  return keptLimit(text, { rate: `${perSecond}/second`, burst: burst ?? usualBurst });
}

/** The packet opens a connection of TCP, and there are more than `count` with it. */
export function connectionsAbove(count: number): readonly Fragment[] {
  const opens = ["-m", "tcp", "--tcp-flags", "FIN,SYN,RST,ACK", "SYN"];
  const above = ["-m", "connlimit", "--connlimit-above", `${count}`, "--connlimit-mask", "0"];
  return [
    protocol("tcp"),
    { text: opens.join(" "), match: { kind: "other", words: opens } },
    { text: above.join(" "), match: { kind: "other", words: [...above, "--connlimit-saddr"] } },
  ];
}

/** What a rule does. */
export interface Action {
  readonly text: string;
  readonly target: Target;
}

export function jump(to: string): Action {
  return { text: `--jump ${to}`, target: { kind: "jump", to } };
}

export function goto(to: string): Action {
  return { text: `--goto ${to}`, target: { kind: "goto", to } };
}

export const accept = jump("ACCEPT");
export const drop = jump("DROP");
export const returnToCaller = jump("RETURN");
export const doNotTrack = jump("NOTRACK");

/** Tells the sender. */
export function reject(ipVersion: IpVersion): Action {
  const how = ipVersion === 4 ? "icmp-port-unreachable" : "icmp6-port-unreachable";
  return { text: "--jump REJECT", target: { kind: "other", words: ["-j", "REJECT", "--reject-with", how] } };
}

export const resetConnection: Action = {
  text: "-j REJECT --reject-with tcp-reset",
  target: { kind: "other", words: ["-j", "REJECT", "--reject-with", "tcp-reset"] },
};

/**
 * Writes a value, 0 to 63, into the packet. That Felix writes it in decimal is not read in its iptables code but concluded from its sister for
 * nftables (Calico 3f4712bcf, felix/nftables/nftrender/actions.go: `dscp set 46`); the hashes of these rules hang on it.
 */
export function setDscp(value: number): Action {
  const printed = `0x${value.toString(16).padStart(2, "0")}`;
  return {
    text: `--jump DSCP --set-dscp ${value}`,
    target: { kind: "other", words: ["-j", "DSCP", "--set-dscp", printed] },
  };
}

export function setMark(bits: number): Action {
  return { text: `--jump MARK --set-mark ${hex(bits)}/${hex(bits)}`, target: markTarget(bits, bits) };
}

export function clearMark(bits: number): Action {
  return { text: `--jump MARK --set-mark 0/${hex(bits)}`, target: markTarget(0, bits) };
}

export function setMaskedMark(value: number, mask: number): Action {
  return { text: `--jump MARK --set-mark ${hex(value)}/${hex(mask)}`, target: markTarget(value, mask) };
}

function markTarget(value: number, mask: number): Target {
  return { kind: "set-mark", value: value >>> 0, mask: mask >>> 0 };
}

/** What Felix finds iptables and the kernel can do, or is told that they can. */
export interface Features {
  /** Ports may be drawn at random: of SNAT since iptables 1.6.0, of MASQUERADE since 1.6.2, both with Linux 3.14. */
  readonly snatFullyRandom: boolean;
  readonly masqueradeFullyRandom: boolean;
  /** NFLOG knows `--nflog-size`; since Linux 4.8. */
  readonly nflogSize: boolean;
}

/** The source becomes the address of the interface that the packet leaves by, its port any, or one of `32768-65535`. */
export function masquerade({ masqueradeFullyRandom }: Features, portRange?: string): Action {
  const options = portRange === undefined ? [] : ["--to-ports", portRange];
  return translation("MASQUERADE", options, masqueradeFullyRandom);
}

/** The source becomes an address, or `10.0.0.1:32768-65535`. */
export function translateTo({ snatFullyRandom }: Features, source: string): Action {
  return translation("SNAT", ["--to-source", source], snatFullyRandom);
}

/** The destination becomes an address, or `10.0.0.1:8775`. */
export function changeDestination(to: string): Action {
  const words = ["DNAT", "--to-destination", to];
  return { text: `--jump ${words.join(" ")}`, target: { kind: "other", words: ["-j", ...words] } };
}

function translation(name: string, options: readonly string[], fullyRandom: boolean): Action {
  const words = [name, ...options, ...(fullyRandom ? ["--random-fully"] : [])];
  return { text: `--jump ${words.join(" ")}`, target: { kind: "other", words: ["-j", ...words] } };
}

/** Writes the packet to the kernel's log. */
export function log(prefix: string): Action {
  const kept = quoteWord(`${prefix}: `.slice(0, longestLogPrefix));
  const words = ["-j", "LOG", "--log-prefix", kept, "--log-level", "5"];
  return { text: `--jump LOG --log-prefix "${prefix}: " --log-level 5`, target: { kind: "other", words } };
}

/** The kernel keeps this much of a prefix; iptables cuts off the rest without a word. Source: Linux, include/uapi/linux/netfilter/xt_LOG.h. */
const longestLogPrefix = 29;

/**
 * Hands the packet's first 80 bytes to Felix, which listens to two groups of the kernel's packet log: what goes to an endpoint, 1, and what it
 * sends, 2. What legacy iptables keeps of a range iptables-nft forgets. Source: Calico, felix/iptables/actions.go, NflogAction; felix/rules/rule_defs.go; read near 87c15906f.
 */
export function flowLog(group: 1 | 2, prefix: string, { nflogSize }: Features): Action {
  const size = [nflogSize ? "--nflog-size" : "--nflog-range", "80"];
  const words = ["-j", "NFLOG", "--nflog-prefix", quoteWord(prefix), "--nflog-group", `${group}`, ...size];
  return {
    text: `--jump NFLOG --nflog-group ${group} --nflog-prefix ${prefix} ${size.join(" ")}`,
    target: { kind: "other", words },
  };
}

function hex(bits: number): string {
  return `0x${(bits >>> 0).toString(16)}`;
}

function not(negated: boolean): string {
  return negated ? "! " : "";
}
