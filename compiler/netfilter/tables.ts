import type { Origin } from "../text/origin.js";

/** What netfilter holds for us: the chains of the filter table, those of other tables, and the ipsets that rules match. */
export interface Tables {
  /** Built-in chains INPUT, FORWARD, OUTPUT first, then the others by name (byte order), as iptables-save lists them. */
  readonly chains: readonly Chain[];
  /** Tables beside filter, where a program uses them: raw, mangle, nat. */
  readonly others?: readonly OtherTable[];
  /** Rules of a program in other people's chains, by table and chain, where they depend on how the program is configured. */
  readonly hooks?: readonly Hook[];
  /**
   * The chains of table nat that translate addresses, by the built-in chains that lead to them; what other chains of nat do is not
   * looked at. Absent: none of them translates any.
   */
  readonly natChains?: Readonly<Record<NatHook, string>>;
  /** Interfaces of the machine, where they are known. */
  readonly interfaces?: readonly Interface[];
  /** By kernel type (hash:ip,port, hash:net, list:set), then name. */
  readonly sets: readonly IpSet[];
  /** The same for IPv6, where a program has rules for it: what ip6tables shows, and sets of its addresses. */
  readonly ipv6?: Omit<Tables, "ipv6">;
}

/** Built-in chains of table nat through which packets pass. */
export type NatHook = "PREROUTING" | "OUTPUT" | "POSTROUTING";

export interface Interface {
  readonly name: string;
  /**
   * The addresses behind it, of the tables' version of IP, as members of a set: `10.0.0.4`, `0.0.0.0/0`, `10.0.0.5 nomatch`; absent: others than those behind
   * the rest, and nobody knows which.
   */
  readonly addresses?: readonly string[];
  /** The machine's own addresses there. */
  readonly own?: readonly string[];
}

export type TableName = "filter" | OtherTable["name"];

/** The chains that the kernel has in a table, as iptables-save lists them. */
export const builtIns: Readonly<Record<TableName, readonly string[]>> = {
  filter: ["INPUT", "FORWARD", "OUTPUT"],
  raw: ["PREROUTING", "OUTPUT"],
  mangle: ["PREROUTING", "INPUT", "FORWARD", "OUTPUT", "POSTROUTING"],
  nat: ["PREROUTING", "INPUT", "OUTPUT", "POSTROUTING"],
};

export interface OtherTable {
  readonly name: "raw" | "mangle" | "nat";
  /** Built-in chains in the order a packet meets them, then the others by name (byte order). */
  readonly chains: readonly Chain[];
}

/** A rule outside the chains of its owner. */
export interface Hook {
  readonly table: TableName;
  /** Chain that holds it: `FORWARD`. */
  readonly chain: string;
  readonly rule: Rule;
  /** Among other people's rules: ahead of all, behind all, or directly after the first that mentions a text, else ahead of all. */
  readonly place: "first" | "last" | { readonly after: string };
}

export interface Chain {
  readonly name: string;
  /** Only built-in chains have one. */
  readonly policy?: "ACCEPT" | "DROP";
  readonly rules: readonly Rule[];
  readonly origin?: Origin;
  /** Its rules follow from its origin alone: where that says the same to the same engine, they are the same. */
  readonly followsOrigin?: true;
  /** Chains that its rules may lead to, and no others, where that is known without reading them. */
  readonly leadsTo?: readonly string[];
}

/** One rule: all matches hold → the target is carried out. Matches stand in the order iptables-save prints them. */
export interface Rule {
  readonly matches: readonly Match[];
  readonly target?: Target;
  readonly origin?: Origin;
  /** What it matches follows from its origin and its target alone, as in a chain. */
  readonly followsOrigin?: true;
}

export type Match =
  /** `-p tcp`; lower case or a number, as the kernel prints it. */
  | { readonly kind: "protocol"; readonly protocol: string; readonly negated: boolean }
  /** `-m tcp --dport 80` or `80:90`; both ends included. `protocol` names the match extension. */
  | { readonly kind: "destination-port"; readonly protocol: string; readonly first: number; readonly last: number }
  /** `-m multiport [!] --dports 80,90:95`, `--sports`; at most 15 numbers. */
  | {
      readonly kind: "multiport";
      readonly side: "source" | "destination";
      readonly ranges: readonly { readonly first: number; readonly last: number }[];
      readonly negated: boolean;
    }
  /** `-m icmp [!] --icmp-type 8` or `8/0`; of ICMPv6 `-m icmp6 [!] --icmpv6-type 128`. */
  | {
      readonly kind: "icmp";
      readonly type: number;
      readonly code?: number;
      readonly negated: boolean;
      /** Absent: icmp. */
      readonly extension?: "icmp6";
    }
  /** `[!] -i NAME` or `-o NAME`; a `+` at the end stands for any characters. */
  | { readonly kind: "interface"; readonly direction: "in" | "out"; readonly name: string; readonly negated: boolean }
  /** `-m set [!] --match-set NAME src`; `flags` is `src`, `dst`, `dst,dst` … */
  | { readonly kind: "set"; readonly set: string; readonly negated: boolean; readonly flags: string }
  /** `-m mark --mark VALUE[/MASK]`; without a mask 0xffffffff is meant. */
  | { readonly kind: "mark"; readonly value: number; readonly mask: number; readonly negated: boolean }
  /** `-m conntrack --ctstate NEW,…`, or by the older extension `-m state --state NEW,…`. */
  | {
      readonly kind: "connection-state";
      readonly states: readonly string[];
      readonly negated: boolean;
      /** Absent: conntrack. */
      readonly extension?: "state";
    }
  | { readonly kind: "comment"; readonly text: string }
  /** `-s` or `-d` with a network, as printed: `10.0.0.0/8`. */
  | {
      readonly kind: "address";
      readonly side: "source" | "destination";
      readonly network: string;
      readonly negated: boolean;
    }
  /** A match of other people's rules that nothing here interprets: the words as iptables-save prints them, quotes included. */
  | { readonly kind: "other"; readonly words: readonly string[] };

export type Target =
  /** `-j NAME` of a chain, or of ACCEPT, DROP, RETURN. */
  | { readonly kind: "jump"; readonly to: string }
  | { readonly kind: "goto"; readonly to: string }
  /** `-j MARK --set-xmark VALUE/MASK`: mark = (mark & ~mask) ^ value. */
  | { readonly kind: "set-mark"; readonly value: number; readonly mask: number }
  /** A target extension with options that nothing here interprets, `-j REJECT --reject-with …`; words as printed. */
  | { readonly kind: "other"; readonly words: readonly string[] };

export type IpSetType = "hash:ip" | "hash:ip,port" | "hash:net" | "list:set";

export interface IpSet {
  /** Kernel name, at most 31 bytes. */
  readonly name: string;
  readonly type: IpSetType;
  /** Of its addresses; absent: IPv4. Not for list:set. */
  readonly family?: "inet6";
  /** `maxelem`; absent: the default, 65536. Not for list:set. */
  readonly maxElements?: number;
  /** As the kernel prints them: `10.0.0.4`, `10.0.0.0/8 nomatch`, `10.0.0.1,tcp:80`, or names of sets. By address, or name. */
  readonly members: readonly string[];
  /** What people call it, where the kernel name is a hash. */
  readonly readableName?: string;
  readonly origin?: Origin;
  /** Where a member came from, for who asks; absent where names of sets say it. */
  readonly originOfMember?: (member: string) => Origin | undefined;
}
