import type {
  Direction,
  DirectionPairs,
  LoweredPeer,
  LoweredRule,
  PairPort,
  PolicyPairs,
} from "../../../pairs/pair-group.js";
import type { Match } from "../../../netfilter/tables.js";
import type { Origin } from "../../../text/origin.js";
import type { EntryMatch } from "../kernel/entry.js";
import { allowTarget, comment, dropsChain, jump, peerChain, portChain, targetSetsChain } from "./chains.js";
import type { V1Generation } from "./generation.js";
import { matchOrder, type PeerKind, type PortKind } from "./match-order.js";
import { termsOf, termText, type Term } from "./terms.js";
import type { BlockNeed, ListNeed, PolicyEntry, Translation } from "./translation.js";

/**
 * A policy's sets and rules: a rule for each peer and port.
 * Source: Azure NPM v1.4.9 and v1.2.2, npm/translatePolicy.go.
 */
export function translate(
  pairs: PolicyPairs,
  generation: V1Generation,
  kernelName: (set: string) => string,
): Translation {
  const writer = new Writer(pairs, generation, kernelName);
  for (const direction of pairs.directions) writer.direction(direction);
  writer.drops(pairs.directions);
  return writer.translation(pairs.directions.map(({ direction }) => direction));
}

class Writer {
  readonly #generation: V1Generation;
  readonly #kernelName: (set: string) => string;
  readonly #namespace: string;
  readonly #policy: string;
  readonly #sets = new Map<string, Origin>();
  readonly #namedPorts: { readonly name: string; readonly origin: Origin }[] = [];
  readonly #lists = new Map<string, { readonly members: Set<string>; readonly origin: Origin }>();
  readonly #loggedSets: string[] = [];
  readonly #blocks: Record<Direction, readonly BlockNeed[]> = { ingress: [], egress: [] };
  readonly #entries: PolicyEntry[] = [];

  constructor(pairs: PolicyPairs, generation: V1Generation, kernelName: (set: string) => string) {
    this.#generation = generation;
    this.#kernelName = kernelName;
    const slash = pairs.policy.indexOf("/");
    this.#namespace = pairs.policy.slice(0, slash);
    this.#policy = pairs.policy.slice(slash + 1);
  }

  translation(directions: readonly Direction[]): Translation {
    const lists = [...this.#lists].map(([name, { members, origin }]): ListNeed => ({
      name,
      members: [...members],
      origin,
    }));
    // Since lists have members, NPM keeps them in a map; a map goes by name here.
    if (this.#generation.sets.listsAreCounted) lists.sort((a, b) => (a.name < b.name ? -1 : 1));
    return {
      sets: this.#sets,
      namedPorts: this.#namedPorts,
      lists,
      blocks: [...this.#blocks.ingress, ...this.#blocks.egress],
      entries: this.#entries,
      logged: { directions, sets: this.#loggedSets },
    };
  }

  direction({ direction, subjects, rules, origin }: DirectionPairs): void {
    const terms = termsOf(subjects);
    const own = this.#isScoped(terms) ? [`ns-${this.#namespace}`] : [];
    const labels = setNames(terms);
    // v1.2.2 names the labels first.
    for (const name of this.#generation.chains === "marks" ? [...own, ...labels] : [...labels, ...own])
      this.#needSet(name, origin);
    this.#needLists(terms, origin);

    const target = this.#scoped(terms, subjectFlags(direction));
    const text = this.#scopedText(terms);
    const blockRules: PolicyEntry[] = [];
    const otherRules: PolicyEntry[] = [];
    const seen = { block: false, ports: false, peersAlone: false };
    const write = (peer: WrittenPeer, port: PairPort | undefined, from: Origin) => {
      const entry = this.#allow(direction, { matches: target, text }, peer, port, from);
      (peer.kind === "block" ? blockRules : otherRules).push(entry);
    };
    rules.forEach((rule) => {
      seen.ports ||= rule.ports.length > 0;
      if (rule.peers.length === 0) {
        const nobody: WrittenPeer = { kind: "none", namespaces: [], pods: [], text: "" };
        for (const port of rule.ports) write(nobody, port, rule.origin);
        if (rule.ports.length > 0) return;
        otherRules.push(this.#open(direction, target, text, rule.origin));
        if (direction === "egress") seen.ports = true;
        return;
      }
      rule.peers.forEach((peer, position) => {
        const excepts = peer.kind === "block" ? peer.block.except : [];
        if (excepts.length > 0) seen.peersAlone = true;
        const inRules = this.#generation.blocks === "rules";
        if (peer.kind === "block" && position > 0 && seen.block && !inRules) return;
        for (const written of this.#peers(peer, direction)) {
          if (rule.ports.length === 0) {
            write(written, undefined, peer.origin);
            seen.peersAlone = true;
          }
          for (const port of rule.ports) write(written, port, peer.origin);
          seen.block ||= peer.kind === "block";
        }
        if (!inRules) return;
        for (const except of excepts)
          blockRules.push(this.#except(direction, { matches: target, text }, except, peer.origin));
      });
    });
    for (const entry of blockRules) this.#entries.push(entry);
    for (const entry of otherRules) this.#entries.push(entry);
    if (this.#generation.chains === "target-sets") this.#jumps(direction, target, text, seen, origin);
    this.#blocks[direction] = this.#blockNeeds(direction, rules);
  }

  /** One drop a direction, unless its only rule opens it; ingress first. */
  drops(directions: readonly DirectionPairs[]): void {
    const last = (wanted: Direction) => directions.findLast(({ direction }) => direction === wanted);
    for (const direction of ["ingress", "egress"] as const) {
      const found = last(direction);
      if (!found || (isOpened(found) && !this.#generation.dropsOpenDirections)) continue;
      const terms = termsOf(found.subjects);
      const marks = this.#generation.chains === "marks";
      this.#entries.push({
        chain: marks ? dropsChain(direction) : targetSetsChain,
        matches: this.#scoped(terms, subjectFlags(direction)),
        target: jump("DROP"),
        after: [comment(`DROP-ALL-${direction === "ingress" ? "TO" : "FROM"}-${this.#scopedText(terms)}`)],
        origin: found.origin,
        place: marks ? "last" : "first",
      });
    }
  }

  /** `{}`: every peer on every port. */
  #open(direction: Direction, matches: readonly Match[], text: string, origin: Origin): PolicyEntry {
    return {
      chain: portChain(direction),
      matches,
      target: allowTarget(direction, this.#generation),
      after: [comment(`ALLOW-ALL-${direction === "ingress" ? "TO" : "FROM"}-${text}`)],
      origin,
      place: "first",
    };
  }

  #allow(
    direction: Direction,
    subject: { readonly matches: readonly Match[]; readonly text: string },
    peer: WrittenPeer,
    port: PairPort | undefined,
    origin: Origin,
  ): PolicyEntry {
    const named = port?.kind === "named" && this.#generation.namedPorts === "sets";
    if (named) this.#needNamedPort(this.#generation.namedPortPrefix + port.name, origin);
    const parts: Record<string, readonly EntryMatch[]> = {
      T: subject.matches,
      N: peer.namespaces,
      P: peer.pods,
      C: peer.pods,
      port: port && !named ? servicePortMatches(port) : [],
      protocol: named && this.#generation.namedPortsSayProtocol ? portMatches(port).slice(0, 1) : [],
      name: named ? [this.#namedPortMatch(port.name, direction)] : [],
    };
    return {
      chain: port ? portChain(direction) : peerChain(direction),
      matches: this.#order(direction, peer.kind, named ? "named" : port ? "number" : "none").flatMap(
        (part) => parts[part]!,
      ),
      target: allowTarget(direction, this.#generation),
      after: [comment(allowText(direction, peer, port, subject.text))],
      origin,
      place: "first",
    };
  }

  #order(direction: Direction, peer: PeerKind, port: PortKind): readonly string[] {
    const leads = this.#generation.blocks === "rules" && direction === "egress" && peer === "block" && port === "none";
    return leads ? ["C", "T"] : matchOrder(direction, peer, port);
  }

  /** The DROP of an exception, where blocks stand in rules. */
  #except(
    direction: Direction,
    subject: { readonly matches: readonly Match[]; readonly text: string },
    network: string,
    origin: Origin,
  ): PolicyEntry {
    const address = blockAddress(direction, network);
    return {
      chain: peerChain(direction),
      matches: direction === "ingress" ? [address, ...subject.matches] : [...subject.matches, address],
      target: jump("DROP"),
      after: [comment(`DROP-${network}-${direction === "ingress" ? "TO" : "FROM"}-${subject.text}`)],
      origin,
      place: "first",
    };
  }

  /** A peer as NPM writes it; a namespaceSelector with several values is written once a combination. */
  *#peers(peer: LoweredPeer, direction: Direction): Iterable<WrittenPeer> {
    const flags = direction === "ingress" ? "src" : "dst";
    if (peer.kind === "block" && this.#generation.blocks === "rules") {
      const { cidr } = peer.block;
      yield { kind: "block", namespaces: [], pods: [blockAddress(direction, cidr)], text: cidr, isAddress: true };
      return;
    }
    if (peer.kind === "block") {
      const name = this.#blockName(direction, peer.block.rule);
      yield { kind: "block", namespaces: [], pods: [this.#match(name, false, flags)], text: name };
      return;
    }
    const pods = peer.pods?.[0];
    if (!peer.namespaces) {
      const terms = termsOf(pods!);
      for (const name of terms.length === 0 ? [`ns-${this.#namespace}`] : setNames(terms))
        this.#needSet(name, peer.origin);
      this.#needLists(terms, peer.origin);
      yield { kind: "pods", namespaces: [], pods: this.#scoped(terms, flags), text: this.#scopedText(terms) };
      return;
    }
    if (pods && this.#generation.reading.bothSelectors === "ignored") return;
    for (const namespaces of peer.namespaces) {
      const terms = termsOf(namespaces);
      // Beside a podSelector, an empty namespaceSelector names a list of its own: the prefix without a label.
      const all = terms.length === 0;
      for (const name of all ? [pods ? "ns-" : allNamespaces] : terms.map(({ label }) => `ns-${label}`))
        this.#needList(name, [], peer.origin);
      const matches = all
        ? [this.#match(allNamespaces, false, flags)]
        : terms.map(({ label, negated }) => this.#match(`ns-${label}`, negated, flags));
      const text = all ? allNamespaces : this.#join(terms, "ns-");
      if (!pods) {
        yield { kind: "namespaces", namespaces: matches, pods: [], text };
        continue;
      }
      const podTerms = termsOf(pods);
      for (const name of setNames(podTerms)) this.#needSet(name, peer.origin);
      this.#needLists(podTerms, peer.origin);
      // Before v1.0.32 an empty podSelector is the policy's own namespace here too.
      const local = podTerms.length === 0 && this.#generation.reading.podSelector === "every-namespace";
      const podText = podTerms.length === 0 ? `ns-${local ? this.#namespace : ""}` : this.#join(podTerms, "");
      yield {
        kind: "both",
        namespaces: matches,
        pods: local ? this.#scoped(podTerms, flags) : this.#labelMatches(podTerms, flags),
        text: `${text}-AND-${podText}`,
      };
    }
  }

  /** Where packets go that no rule of the policy accepts. */
  #jumps(
    direction: Direction,
    matches: readonly Match[],
    text: string,
    seen: { readonly ports: boolean; readonly peersAlone: boolean },
    origin: Origin,
  ): void {
    const where = direction === "ingress" ? "TO" : "FROM";
    const leap = (chain: string, to: string) => {
      this.#entries.push({
        chain,
        matches,
        target: jump(to),
        after: [comment(`ALLOW-ALL-${where}-${text}-TO-JUMP-TO-${to}`)],
        origin,
        place: "last",
      });
    };
    if (seen.peersAlone) {
      leap(portChain(direction), peerChain(direction));
      leap(peerChain(direction), targetSetsChain);
    } else if (seen.ports) {
      leap(portChain(direction), targetSetsChain);
    }
  }

  #blockNeeds(direction: Direction, rules: readonly LoweredRule[]): BlockNeed[] {
    if (this.#generation.blocks === "rules") return [];
    return rules.flatMap(({ peers, origin }, index): BlockNeed[] => {
      if (peers.length === 0) return [];
      const members = peers.flatMap((peer) =>
        peer.kind === "block" ? [peer.block.cidr, ...peer.block.except.map((block) => `${block} nomatch`)] : [],
      );
      const split = members.flatMap((member) => (member === "0.0.0.0/0" ? this.#generation.everyAddress : [member]));
      return [{ name: this.#blockName(direction, index), members: split, origin }];
    });
  }

  #blockName(direction: Direction, rule: number): string {
    return `${this.#policy}-in-ns-${this.#namespace}-${rule}${direction === "ingress" ? "in" : "out"}`;
  }

  /** Before v1.0.32 labels mean pods of every namespace. */
  #isScoped(terms: readonly Term[]): boolean {
    return terms.length === 0 || this.#generation.reading.podSelector === "own-namespace";
  }

  #scoped(terms: readonly Term[], flags: string): Match[] {
    const own = this.#isScoped(terms) ? [this.#match(`ns-${this.#namespace}`, false, flags)] : [];
    return [...own, ...this.#labelMatches(terms, flags)];
  }

  #scopedText(terms: readonly Term[]): string {
    if (terms.length === 0) return `ns-${this.#namespace}`;
    return this.#join(terms, "") + (this.#isScoped(terms) ? `-IN-ns-${this.#namespace}` : "");
  }

  #join(terms: readonly Term[], prefix: "" | "ns-"): string {
    const texts = terms.map((term) => termText(term, prefix));
    return (this.#generation.sortsComments ? texts.sort() : texts).join("-AND-");
  }

  #labelMatches(terms: readonly Term[], flags: string): Match[] {
    return terms.map(({ label, negated }) => this.#match(label, negated, flags));
  }

  #namedPortMatch(name: string, direction: Direction): Match {
    const flags = direction === "ingress" ? "dst,dst" : this.#generation.egressPortFlags;
    return this.#match(this.#generation.namedPortPrefix + name, false, flags);
  }

  #match(set: string, negated: boolean, flags: string): Match {
    return { kind: "set", set: this.#kernelName(set), negated, flags };
  }

  #needSet(name: string, origin: Origin): void {
    this.#loggedSets.push(name);
    if (!this.#sets.has(name)) this.#sets.set(name, origin);
  }

  #needNamedPort(name: string, origin: Origin): void {
    const once = this.#generation.chains === "marks";
    if (!once || this.#namedPorts.every((port) => port.name !== name)) this.#namedPorts.push({ name, origin });
  }

  #needLists(terms: readonly Term[], origin: Origin): void {
    for (const { label, members } of terms) if (members.length > 0) this.#needList(label, members, origin);
  }

  #needList(name: string, members: readonly string[], origin: Origin): void {
    let list = this.#lists.get(name);
    if (!list) this.#lists.set(name, (list = { members: new Set(), origin }));
    for (const member of members) list.members.add(member);
  }
}

export const allNamespaces = "all-namespaces";

/** A peer, ready for a rule. */
interface WrittenPeer {
  readonly kind: PeerKind;
  readonly namespaces: readonly Match[];
  /** Or the block. */
  readonly pods: readonly Match[];
  readonly text: string;
  /** The text is an address, and has another sign before a port. */
  readonly isAddress?: true;
}

function isOpened({ rules }: DirectionPairs): boolean {
  return rules.length === 1 && rules[0]!.peers.length === 0 && rules[0]!.ports.length === 0;
}

function subjectFlags(direction: Direction): "dst" | "src" {
  return direction === "ingress" ? "dst" : "src";
}

/** The sets of addresses that the terms need: single ones first, then the members of lists. */
function setNames(terms: readonly Term[]): string[] {
  const single = terms.filter(({ members }) => members.length === 0).map(({ label }) => label);
  return [...single, ...terms.flatMap(({ members }) => members)];
}

/** `-p TCP --dport 80`; an endPort is not read. */
export function portMatches(port: PairPort): EntryMatch[] {
  if (port.kind === "any") return [];
  const protocol = port.protocol.toLowerCase();
  const named: Match = { kind: "protocol", protocol, negated: false };
  if (port.kind !== "range") return [named];
  return [named, { kind: "destination-port", protocol, first: port.first, last: port.first }];
}

/** The same; a named port by its name, which iptables looks up. */
export function servicePortMatches(port: PairPort): EntryMatch[] {
  const matches = portMatches(port);
  if (port.kind !== "named") return matches;
  return [...matches, { kind: "port-name", protocol: port.protocol.toLowerCase(), name: port.name }];
}

/** `-s` of ingress, `-d` of egress. */
export function blockAddress(direction: Direction, network: string): Match {
  return { kind: "address", side: direction === "ingress" ? "source" : "destination", network, negated: false };
}

/** `TCP-PORT-80`, `TCP`, `TCP-PORT-http`. */
export function portText(port: PairPort): string {
  switch (port.kind) {
    case "any":
      return "";
    case "protocol":
      return port.protocol;
    case "range":
      return `${port.protocol}-PORT-${port.first}`;
    case "named":
      return `${port.protocol}-PORT-${port.name}`;
  }
}

function allowText(direction: Direction, peer: WrittenPeer, port: PairPort | undefined, subject: string): string {
  const ports = port ? portText(port) : "";
  const and = ports === "" ? "" : `-${peer.isAddress ? ":" : "AND"}-${ports}`;
  if (direction === "ingress") {
    return peer.kind === "none" ? `ALLOW-ALL-${ports}-TO-${subject}` : `ALLOW-${peer.text}${and}-TO-${subject}`;
  }
  switch (peer.kind) {
    case "none":
      return `ALLOW-ALL-TO-${ports}-FROM-${subject}`;
    case "block":
      return `ALLOW-${peer.text}${and}-FROM-${subject}`;
    case "both":
      return `ALLOW-${subject}-TO-${peer.text}${and}`;
    case "namespaces":
    case "pods":
      return port ? `ALLOW-${peer.text}${and}-FROM-${subject}` : `ALLOW-${subject}-TO-${peer.text}`;
  }
}
