import type { LabelSelector } from "../../model/objects.js";
import type { Source } from "../../text/source.js";

/** What somebody expects of all packets from some ends to others, read from a file. */
export interface Expectation {
  readonly source: Source;
  /** 0-based UTF-16 code units. */
  readonly offset: number;
  /** Position in its list, 0-based. */
  readonly index: number;
  /** Each to each; not empty. */
  readonly from: readonly ExpectedEnd[];
  readonly to: readonly ExpectedEnd[];
  /** Not empty. */
  readonly ports: readonly ExpectedPort[];
  /** Of every packet: one that goes the other way fails the expectation. */
  readonly verdict: "allow" | "deny";
  /** "" when the file does not say. */
  readonly because: string;
}

export type ExpectedEnd = NamedEnd | PodsEnd | BlockEnd;

/** What was written as a text: a pod, a workload, an address. */
export interface NamedEnd {
  readonly kind: "name";
  readonly text: string;
  readonly offset: number;
}

/** Every pod that matches, in one namespace or in those that match; without a `podSelector` every pod in them. Unlike in a policy,
 *  pods on their host's network are meant too: they send and receive, and nobody would look for a gap there. */
export interface PodsEnd {
  readonly kind: "pods";
  readonly namespaces: string | LabelSelector;
  readonly podSelector?: LabelSelector;
  /** For people. */
  readonly text: string;
  readonly offset: number;
}

/** Every address of a block, whoever has it. */
export interface BlockEnd {
  readonly kind: "block";
  readonly cidr: string;
  readonly except: readonly string[];
  readonly text: string;
  readonly offset: number;
}

export type ExpectedPort =
  /** All packets, also of protocols without ports. */
  | { readonly kind: "any" }
  /** 1 <= first <= last <= 65535, both included. */
  | { readonly kind: "range"; readonly protocol: "tcp" | "udp" | "sctp"; readonly first: number; readonly last: number }
  /** What the destination calls so, under one protocol or any. */
  | {
      readonly kind: "named";
      readonly name: string;
      readonly protocol: "tcp" | "udp" | "sctp" | undefined;
      readonly offset: number;
    };
