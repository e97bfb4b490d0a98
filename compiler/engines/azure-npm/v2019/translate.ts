import type { NetworkPolicy } from "../../../model/objects.js";
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
import type { Entry } from "../kernel/entry.js";
import { jump, kubeSystem, peerChain, podChain, portChain, targetSetsChain } from "./chains.js";
import type { V2019Generation } from "./generation.js";
import { namespaceListOf, podSetOf } from "./names.js";
import type { ParsedDirection } from "./parsed-direction.js";

/** A policy as NPM makes sets and rules of it, in its order. */
export interface Translation {
  readonly sets: ReadonlyMap<string, Origin>;
  readonly lists: ReadonlyMap<string, Origin>;
  readonly entries: readonly Entry[];
  /** What NPM logs while it reads the policy. */
  readonly parsed: readonly ParsedDirection[];
}

/**
 * `pairs` has, for each policy type, one direction for each of the policy's labels.
 * Source: Azure NPM 313878e8c (v1.0.21, the same since v1.0.18), npm/parse.go; v1.0.13 by what it left in a kernel.
 */
export function translate(
  pairs: PolicyPairs,
  { policyTypes: { length: types }, ingress, egress }: NetworkPolicy,
  generation: V2019Generation,
  kernelName: (set: string) => string,
): Translation {
  const namespace = pairs.policy.slice(0, pairs.policy.indexOf("/"));
  const writer = new Writer(namespace, generation, kernelName);
  const alternatives = pairs.directions.length / types;
  const runs = Array.from({ length: types }, (_, type) =>
    pairs.directions.slice(type * alternatives, (type + 1) * alternatives),
  );
  const hasRules = ingress.length > 0 || egress.length > 0;
  if (generation.kubeSystem === "with-each-policy" && hasRules) writer.letKubeSystemThrough(runs[0]!);
  for (const run of runs) {
    writer.direction(run);
    writer.drops(run);
  }
  return writer.translation(runs[0]!);
}

class Writer {
  readonly #namespace: string;
  readonly #generation: V2019Generation;
  readonly #kernelName: (set: string) => string;
  readonly #sets = new Map<string, Origin>();
  readonly #lists = new Map<string, Origin>();
  readonly #entries: Entry[] = [];
  readonly #parsed: ParsedDirection[] = [];

  constructor(namespace: string, generation: V2019Generation, kernelName: (set: string) => string) {
    this.#namespace = namespace;
    this.#generation = generation;
    this.#kernelName = kernelName;
  }

  translation(subjects: readonly DirectionPairs[]): Translation {
    const sets = new Map(this.#sets);
    for (const { subjects: expression, origin } of subjects) {
      const name = podSetOf(expression, this.#namespace);
      if (!sets.has(name)) sets.set(name, origin);
    }
    if (!sets.has(this.#namespace)) sets.set(this.#namespace, subjects[0]!.origin);
    return { sets, lists: this.#lists, entries: this.#entries, parsed: this.#parsed };
  }

  /** Both ways for each label of the policy, whatever its types. */
  letKubeSystemThrough(run: readonly DirectionPairs[]): void {
    for (const { subjects, origin } of run) {
      const subject = podSetOf(subjects, this.#namespace);
      for (const direction of ["ingress", "egress"] as const) this.#letThrough(direction, subject, origin);
    }
  }

  direction(run: readonly DirectionPairs[]): void {
    const { direction, origin, rules } = run[0]!;
    const peersWithBoth = rules.flatMap(({ peers }) => peers).filter(hasBothSelectors).length;
    const labels = run.map(({ subjects }) => ({ label: podSetOf(subjects, this.#namespace), peersWithBoth }));
    this.#parsed.push({ direction, labels });
    if (this.#isNamespaceWide(run)) {
      // Since v1.0.18 the drop of egress says dst too, by mistake.
      const flags = direction === "egress" && this.#generation.peerChains === "one" ? "src" : "dst";
      this.#write(targetSetsChain, [this.#match(this.#namespace, flags)], "DROP", origin, this.#namespace);
    }
    if (this.#generation.peerChains === "one") for (const one of run) this.#together(one);
    else this.#apart(run);
  }

  /** In both directions, for each label of the policy. */
  drops(run: readonly DirectionPairs[]): void {
    if (this.#isNamespaceWide(run)) return;
    for (const { subjects, origin } of run) {
      const subject = podSetOf(subjects, this.#namespace);
      for (const flags of ["src", "dst"])
        this.#write(targetSetsChain, [this.#match(subject, flags)], "DROP", origin, subject);
    }
  }

  /** v1.0.13: the ports of all rules lead to the peers of all rules, of blocks only the last. */
  #together({ direction, subjects, rules, origin }: DirectionPairs): void {
    const flags = direction === "ingress" ? "dst" : "src";
    const subject = podSetOf(subjects, this.#namespace);
    const own = this.#match(subject, flags);
    // The egress rules that name no port or no peer say dst, by mistake.
    const mistaken = this.#match(subject, "dst");
    const ports = portsOf(rules);
    const peers = rules.flatMap((rule) => rule.peers);
    const chain = peerChain(direction, this.#generation);
    if (rules.length === 0) return this.#write(portChain(direction), [own], "DROP", origin, subject);
    if (ports.length === 0 && peers.length === 0) {
      return this.#write(portChain(direction), [own], "ACCEPT", rules[0]!.origin, subject);
    }
    if (ports.length === 0) this.#write(portChain(direction), [mistaken], chain, rules[0]!.origin, subject);
    for (const { port, from } of ports)
      this.#write(portChain(direction), [...portMatches(port), own], chain, from, subject);
    if (peers.length === 0) return this.#write(chain, [mistaken], "ACCEPT", rules[0]!.origin, subject);
    const block = peers.findLast((peer) => peer.kind === "block");
    if (block?.kind === "block") {
      for (const except of block.block.except)
        this.#write(chain, [own, address(direction, except)], "DROP", block.origin);
      this.#write(chain, [own, address(direction, block.block.cidr)], "ACCEPT", block.origin);
    }
    for (const peer of peers) {
      for (const name of this.#podSets(peer)) {
        this.#need(this.#sets, name, peer.origin);
        this.#write(chain, this.#pair(direction, subject, name), "ACCEPT", peer.origin, name);
      }
    }
    for (const peer of peers) {
      for (const name of this.#namespaceLists(peer)) {
        this.#need(this.#lists, name, peer.origin);
        this.#write(chain, this.#pair(direction, subject, name), "ACCEPT", peer.origin, name);
      }
    }
  }

  /** From v1.0.18: rule by rule, but with the ports of all rules, and with every peer that was seen before. */
  #apart(run: readonly DirectionPairs[]): void {
    const { direction, rules, origin } = run[0]!;
    const chain = peerChain(direction, this.#generation);
    const hasPeers = rules.some(({ peers }) => peers.length > 0);
    const ports: RulePort[] = [];
    const podSets: string[] = [];
    const namespaceLists: string[] = [];
    for (const { subjects } of run) {
      const subject = podSetOf(subjects, this.#namespace);
      const own = this.#match(subject, direction === "ingress" ? "dst" : "src");
      if (rules.length === 0) {
        this.#write(portChain(direction), [own], "DROP", origin, subject);
        continue;
      }
      this.#letThrough(direction, subject, origin);
      ports.push(...portsOf(rules));
      for (const rule of rules) {
        if (ports.length === 0 && !hasPeers) {
          this.#write(portChain(direction), [own], "ACCEPT", rule.origin, subject);
          continue;
        }
        if (ports.length === 0) this.#write(portChain(direction), [own], chain, rule.origin, subject);
        for (const { port, from } of ports)
          this.#write(portChain(direction), [...portMatches(port), own], chain, from, subject);
        if (!hasPeers) this.#write(chain, [own], "ACCEPT", rule.origin, subject);
        for (const peer of rule.peers) this.#peer(peer, direction, subject, { podSets, namespaceLists });
      }
    }
  }

  #peer(peer: LoweredPeer, direction: Direction, subject: string, seen: Seen): void {
    const chain = peerChain(direction, this.#generation);
    const own = this.#match(subject, direction === "ingress" ? "dst" : "src");
    if (peer.kind === "block") {
      this.#write(chain, [own, address(direction, peer.block.cidr)], "ACCEPT", peer.origin);
      for (const except of peer.block.except)
        this.#write(chain, [own, address(direction, except)], "DROP", peer.origin);
      return;
    }
    const both = peer.namespaces && peer.pods;
    if (both && this.#generation.reading.bothSelectors === "ignored") return;
    if (peer.namespaces) {
      seen.namespaceLists.push(...this.#namespaceLists(peer));
      const to = both ? podChain(direction) : "ACCEPT";
      for (const name of seen.namespaceLists)
        this.#write(chain, this.#pair(direction, subject, name), to, peer.origin, name);
    }
    if (peer.pods) {
      seen.podSets.push(...this.#podSets(peer));
      for (const name of seen.podSets) {
        if (!both) this.#write(chain, [own], podChain(direction), peer.origin, name);
        this.#write(podChain(direction), this.#pair(direction, subject, name), "ACCEPT", peer.origin, name);
      }
    }
    for (const name of seen.podSets) this.#need(this.#sets, name, peer.origin);
    for (const name of seen.namespaceLists) this.#need(this.#lists, name, peer.origin);
  }

  #letThrough(direction: Direction, subject: string, origin: Origin): void {
    this.#write(portChain(direction), this.#pair(direction, subject, kubeSystem), "ACCEPT", origin, kubeSystem);
  }

  #isNamespaceWide(run: readonly DirectionPairs[]): boolean {
    return podSetOf(run[0]!.subjects, this.#namespace) === this.#namespace;
  }

  #podSets(peer: LoweredPeer): readonly string[] {
    if (peer.kind === "block") return [];
    return (peer.pods ?? []).map((expression) => podSetOf(expression, this.#namespace));
  }

  #namespaceLists(peer: LoweredPeer): readonly string[] {
    return peer.kind === "block" ? [] : (peer.namespaces ?? []).map(namespaceListOf);
  }

  /** Source before destination. */
  #pair(direction: Direction, subject: string, peer: string): Match[] {
    return direction === "ingress"
      ? [this.#match(peer, "src"), this.#match(subject, "dst")]
      : [this.#match(subject, "src"), this.#match(peer, "dst")];
  }

  #match(set: string, flags: string): Match {
    return { kind: "set", set: this.#kernelName(set), negated: false, flags };
  }

  #write(chain: string, matches: readonly Match[], to: string, origin: Origin, filedUnder?: string): void {
    const entry: Entry = { chain, matches, target: jump(to), origin };
    this.#entries.push(filedUnder === undefined ? entry : { ...entry, filedUnder });
  }

  #need(names: Map<string, Origin>, name: string, origin: Origin): void {
    if (!names.has(name)) names.set(name, origin);
  }
}

function hasBothSelectors(peer: LoweredPeer): boolean {
  return peer.kind !== "block" && peer.namespaces !== undefined && peer.pods !== undefined;
}

/** Peers that NPM means to forget after each, and does not. */
interface Seen {
  readonly podSets: string[];
  readonly namespaceLists: string[];
}

/** A port, and the rule of the policy that names it. */
interface RulePort {
  readonly port: PairPort;
  readonly from: Origin;
}

function portsOf(rules: readonly LoweredRule[]): readonly RulePort[] {
  return rules.flatMap(({ ports, origin }) => ports.map((port) => ({ port, from: origin })));
}

/** `-p TCP --dport 80`; a port with a name is port 0. */
function portMatches(port: PairPort): Match[] {
  if (port.kind !== "range" && port.kind !== "named") throw new Error("NPM crashed on this port");
  const protocol = port.protocol.toLowerCase();
  const first = port.kind === "named" ? 0 : port.first;
  return [
    { kind: "protocol", protocol, negated: false },
    { kind: "destination-port", protocol, first, last: first },
  ];
}

function address(direction: Direction, network: string): Match {
  return { kind: "address", side: direction === "ingress" ? "source" : "destination", network, negated: false };
}
