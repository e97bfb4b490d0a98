import { networkOf } from "../../../netfilter/set-members.js";
import type { Match, Rule, Target } from "../../../netfilter/tables.js";
import type { Origin } from "../../../text/origin.js";

/** A rule as NPM writes it: matches before and behind the target, protocols in upper case, a port possibly by its name. */
export interface Entry {
  readonly chain: string;
  readonly matches: readonly EntryMatch[];
  readonly target: Target;
  /** What NPM writes behind the target: most often the comment. */
  readonly after?: readonly Match[];
  readonly origin: Origin;
  /** The set that older releases name with the rule, by its readable name. */
  readonly filedUnder?: string;
  /** The words that NPM writes instead, by a defect; iptables understands none of these. */
  readonly garbled?: readonly string[];
}

/** `--dport http`, which iptables looks up in /etc/services. */
export type EntryMatch = Match | { readonly kind: "port-name"; readonly protocol: string; readonly name: string };

/** The words behind `-A CHAIN`. */
export function entryWords({ matches, target, after = [], garbled }: Entry): readonly string[] {
  return garbled ?? [...matches.flatMap(matchWords), ...targetWords(target), ...after.flatMap(matchWords)];
}

/**
 * The rule that iptables makes of an entry: addresses and the protocol first, the other matches in the order given.
 * Undefined when it does not understand the words, or does not know a port's name.
 */
export function entryRule({ matches, target, after = [], origin, garbled }: Entry): Rule | undefined {
  if (garbled) return undefined;
  const all: Match[] = [];
  for (const match of [...matches, ...after]) {
    if (match.kind === "address") {
      if (isUnread(match.network)) return undefined;
      const printed = printedAddress(match);
      if (printed) all.push(printed);
    } else if (match.kind === "port-name") {
      const port = match.protocol === "sctp" ? undefined : services[match.name];
      if (port === undefined) return undefined;
      all.push({ kind: "destination-port", protocol: match.protocol, first: port, last: port });
    } else {
      all.push(match);
    }
  }
  const rank = ({ kind }: Match) => (kind === "address" ? 0 : kind === "protocol" ? 1 : 2);
  return { matches: all.sort((a, b) => rank(a) - rank(b)), target, origin };
}

/** Services that a policy's named port may well be called, of TCP and UDP alike; the rest of /etc/services is left out. */
export const services: Readonly<Record<string, number>> = {
  ftp: 21,
  ssh: 22,
  telnet: 23,
  smtp: 25,
  domain: 53,
  http: 80,
  pop3: 110,
  sunrpc: 111,
  ntp: 123,
  imap2: 143,
  snmp: 161,
  ldap: 389,
  https: 443,
  submission: 587,
  ldaps: 636,
  imaps: 993,
  pop3s: 995,
  nfs: 2049,
  mysql: 3306,
  postgresql: 5432,
  amqps: 5671,
  amqp: 5672,
  redis: 6379,
  "http-alt": 8080,
};

/** A block that iptables can't read: with 08, which is no octal number. */
export function isUnread(network: string): boolean {
  return !network.includes(":") && !/\/0+$/.test(network) && networkOf(network) === undefined;
}

/** A block that iptables does not know for an address. With prefix length 0 it looks at none: `::/0` is any to it. */
export function isForeign(network: string): boolean {
  return network.includes(":") && !/\/0+$/.test(network);
}

/** An address as iptables prints it: masked, with its prefix length; undefined for one that matches everything. */
function printedAddress(match: Match & { readonly kind: "address" }): Match | undefined {
  const { network } = match;
  if (/\/0+$/.test(network)) return undefined;
  if (network.includes(":")) return match;
  const masked = networkOf(network) ?? network;
  return { ...match, network: masked.includes("/") ? masked : `${masked}/32` };
}

function matchWords(match: EntryMatch): string[] {
  switch (match.kind) {
    case "protocol":
      return ["-p", match.protocol.toUpperCase()];
    case "destination-port":
      return ["--dport", match.first === match.last ? `${match.first}` : `${match.first}:${match.last}`];
    case "port-name":
      return ["--dport", match.name];
    case "address":
      return [match.side === "source" ? "-s" : "-d", match.network];
    case "set":
      return ["-m", "set", ...(match.negated ? ["!"] : []), "--match-set", match.set, match.flags];
    case "mark":
      return ["-m", "mark", "--mark", hex(match.value)];
    case "connection-state":
      return match.extension === "state"
        ? ["-m", "state", "--state", match.states.join(",")]
        : ["-m", "conntrack", "--ctstate", match.states.join(",")];
    case "comment":
      return ["-m", "comment", "--comment", match.text];
    case "multiport":
    case "icmp":
    case "interface":
    case "other":
      throw new Error("NPM writes no match that is not known here");
  }
}

function targetWords(target: Target): string[] {
  switch (target.kind) {
    case "jump":
      return ["-j", target.to];
    case "set-mark":
      return [
        "-j",
        "MARK",
        "--set-mark",
        hex(target.value) + (target.mask === 0xffffffff ? "" : `/${hex(target.mask)}`),
      ];
    default:
      throw new Error(`NPM writes no target of kind ${target.kind}`);
  }
}

function hex(value: number): string {
  return `0x${value.toString(16)}`;
}
