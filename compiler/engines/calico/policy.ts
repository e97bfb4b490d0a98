import type { CalicoEntity } from "../../model/calico/objects.js";
import type { Selector } from "../../model/calico/selector.js";
import type { Origin } from "../../text/origin.js";
import type { Ports } from "./felix/fragments.js";
import type { IpVersion } from "../../text/ip-version.js";

/** Of what comes to an endpoint, or of what it sends. */
export type Direction = "ingress" | "egress";

/** A policy as Felix gets it, whatever kind of object it was. */
export interface Policy {
  readonly kind: "KubernetesNetworkPolicy" | "NetworkPolicy" | "GlobalNetworkPolicy";
  /** "" of a global one. */
  readonly namespace: string;
  /** As its object is called. */
  readonly name: string;
  readonly tier: string;
  /** Infinity where none is given. */
  readonly order: number;
  /** It counts for sets and groups and is not enforced. */
  readonly staged: boolean;
  readonly selector: Selector;
  readonly ingress: boolean;
  readonly egress: boolean;
  readonly ingressRules: readonly PolicyRule[];
  readonly egressRules: readonly PolicyRule[];
  readonly doNotTrack: boolean;
  readonly preDnat: boolean;
  readonly applyOnForward: boolean;
  /** Programmed on every node, and reached or not. */
  readonly everywhere: boolean;
  readonly origin: Origin;
}

export interface PolicyRule {
  readonly action: "allow" | "deny" | "pass" | "log";
  readonly ipVersion?: IpVersion;
  /** Name in lower case, or number. */
  readonly protocol?: string | number;
  readonly notProtocol?: string | number;
  readonly icmp?: Icmp;
  readonly notIcmp?: Icmp;
  readonly source: RuleSide;
  readonly destination: RuleSide;
  /** `key=value`, by key. */
  readonly annotations: readonly string[];
  readonly origin: Origin;
}

export interface Icmp {
  readonly type: number;
  readonly code?: number;
}

export interface RuleSide {
  readonly nets: readonly string[];
  readonly notNets: readonly string[];
  /** Texts, namespace clauses included; "" for none. */
  readonly selector: string;
  readonly notSelector: string;
  readonly ports: readonly RulePort[];
  readonly notPorts: readonly RulePort[];
  readonly service?: { readonly namespace: string; readonly name: string };
  /** As the policy says it, for what passes that on; absent where no policy does. */
  readonly written?: CalicoEntity;
}

export type RulePort = Ports | { readonly name: string };

export const anySide: RuleSide = { nets: [], notNets: [], selector: "", notSelector: "", ports: [], notPorts: [] };

/** What endpoints inherit from, and what decides where no policy does. */
export interface Profile {
  readonly name: string;
  readonly labels: ReadonlyMap<string, string>;
  readonly ingressRules: readonly PolicyRule[];
  readonly egressRules: readonly PolicyRule[];
  readonly origin: Origin;
}
