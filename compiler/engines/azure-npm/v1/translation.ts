import type { Direction } from "../../../pairs/pair-group.js";
import type { Origin } from "../../../text/origin.js";
import type { Entry } from "../kernel/entry.js";

/** A policy as NPM v1 makes sets and rules of it, in its order. */
export interface Translation {
  /** Sets of addresses, by name. */
  readonly sets: ReadonlyMap<string, Origin>;
  /** In the order NPM makes them; v1.2.2 comes back to each as often as a rule names it. */
  readonly namedPorts: readonly { readonly name: string; readonly origin: Origin }[];
  /** Lists of sets, in the order NPM makes them. */
  readonly lists: readonly ListNeed[];
  /** One for every rule with peers, blocks or none: first those of ingress. */
  readonly blocks: readonly BlockNeed[];
  readonly entries: readonly PolicyEntry[];
  readonly logged: LoggedTranslation;
}

/** What NPM logs of a translation beside its entries. */
export interface LoggedTranslation {
  readonly directions: readonly Direction[];
  /** Names of sets as they come to NPM's mind, again and again. */
  readonly sets: readonly string[];
}

export interface ListNeed {
  readonly name: string;
  readonly members: readonly string[];
  readonly origin: Origin;
}

export interface BlockNeed {
  /** `policy-in-ns-namespace-0in` */
  readonly name: string;
  /** `10.0.0.0/8`, `10.1.0.0/16 nomatch`, as written. */
  readonly members: readonly string[];
  readonly origin: Origin;
}

/** A rule and the end of its chain that it goes to. */
export interface PolicyEntry extends Entry {
  readonly place: "first" | "last";
}
