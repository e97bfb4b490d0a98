import type {
  Direction,
  DirectionPairs,
  LoweredPeer,
  LoweredRule,
  PairPort,
  PolicyPairs,
} from "../../../pairs/pair-group.js";
import type { Match, Target } from "../../../netfilter/tables.js";
import type { Origin } from "../../../text/origin.js";
import { entryWords, type EntryMatch } from "../kernel/entry.js";
import { comment, jump, kubeSystemChain, peerChain, portChain, targetSetsChain } from "./chains.js";
import type { V1Generation } from "./generation.js";
import { overwrittenWords } from "./shared-words.js";
import { termsOf, termText, type Term } from "./terms.js";
import { allNamespaces, blockAddress, portText, servicePortMatches } from "./translate.js";
import type { ListNeed, PolicyEntry, Translation } from "./translation.js";

/**
 * A policy's sets and rules in v1.0.30: peers in one chain, ports in another, so that each port of the policies of a
 * selector leads to the peers of all of them.
 * Source: Azure NPM v1.0.30, npm/translatePolicy.go.
 */
export function translateMerged(
  pairs: PolicyPairs,
  generation: V1Generation,
  kernelName: (set: string) => string,
): Translation {
  const namespace = pairs.policy.slice(0, pairs.policy.indexOf("/"));
  const writer = new Writer(namespace, generation, kernelName);
  if (generation.exemptsKubeSystem) writer.kubeSystem(pairs);
  for (const direction of pairs.directions) writer.direction(direction);
  writer.drops(pairs.directions);
  return writer.translation(pairs.directions.map(({ direction }) => direction));
}

class Writer {
  readonly #namespace: string;
  readonly #generation: V1Generation;
  readonly #kernelName: (set: string) => string;
  readonly #sets = new Map<string, Origin>();
  readonly #lists = new Map<string, Origin>();
  readonly #loggedSets: string[] = [];
  readonly #entries: PolicyEntry[] = [];
  /** How many matches NPM appends at a time behind those of the selector. */
  readonly #parts = new Map<PolicyEntry, readonly number[]>();
  /** Directions whose drop stands at the end of the peers' chain. */
  readonly #dropped = new Set<Direction>();

  constructor(namespace: string, generation: V1Generation, kernelName: (set: string) => string) {
    this.#namespace = namespace;
    this.#generation = generation;
    this.#kernelName = kernelName;
  }

  translation(directions: readonly Direction[]): Translation {
    const lists = [...this.#lists].map(([name, origin]): ListNeed => ({ name, members: [], origin }));
    const logged = { directions, sets: this.#loggedSets };
    return { sets: this.#sets, namedPorts: [], lists, blocks: [], entries: this.#entries, logged };
  }

  /** Of v1.0.27 to v1.0.29. The comments name the policy's pods; the rules are for all of kube-system. */
  kubeSystem({ directions }: PolicyPairs): void {
    const [first] = directions;
    if (!first) return;
    const text = this.#pods(termsOf(first.subjects), "dst", first.origin).text;
    const accept = (flags: string, comment: string): void => {
      const matches = [this.#match(kubeSystemSet, false, flags)];
      this.#write(kubeSystemChain, matches, jump("ACCEPT"), comment, first.origin);
    };
    accept("src", `ALLOW-${kubeSystemSet}-TO-${text}`);
    accept("dst", `ALLOW-${text}-TO-${kubeSystemSet}`);
  }

  direction({ direction, subjects, rules, origin }: DirectionPairs): void {
    const subject = this.#pods(termsOf(subjects), direction === "ingress" ? "dst" : "src", origin);
    const sides: Sides = { direction, subject };
    const firstEntry = this.#entries.length;
    let drops = false;
    for (const rule of rules) {
      if (rule.peers.length === 0) {
        this.#withoutPeers(sides, rule);
        continue;
      }
      const writePeers = () => {
        for (const peer of rule.peers) drops = this.#peer(sides, peer) || drops;
      };
      if (this.#generation.dropsBehindPeers) writePeers();
      const to = peerChain(direction);
      const lead = (port: PairPort | undefined) => {
        const text = `${toOrFrom(direction)}-${portPrefix(port)}${subject.text}-TO-JUMP-TO-${to}`;
        this.#write(
          portChain(direction),
          [...ports(port), ...subject.matches],
          jump(to),
          `ALLOW-ALL-${text}`,
          rule.origin,
        );
      };
      if (rule.ports.length === 0) lead(undefined);
      for (const port of rule.ports) lead(port);
      if (!this.#generation.dropsBehindPeers) writePeers();
    }
    if (drops && this.#generation.dropsBehindPeers) {
      this.#dropped.add(direction);
      this.#drop(peerChain(direction), sides, origin);
    }
    if (direction === "egress") this.#garble(firstEntry, subject.matches);
  }

  /** Egress rules that begin with the words of the selector share them with the others. */
  #garble(firstEntry: number, subject: readonly Match[]): void {
    const sharing = this.#entries
      .map((entry, index) => ({ entry, index }))
      .slice(firstEntry)
      .filter(({ entry: { chain, target } }) => chain === peerChain("egress") || isAccept(target))
      .filter(({ entry }) => entry.matches[0] === subject[0] && !isLedByPorts(entry));
    const sizes = subject.map((match) => wordsOf([match]).length);
    const appends = sharing.map(({ entry }) => {
      const rest = wordsOf(entry.matches.slice(subject.length));
      const end = wordsOf([], entry.target, entry.after);
      // The rule that opens a direction is appended in one go; of others, each part by itself.
      if (entry.chain === portChain("egress")) return [[...rest, ...end]];
      let at = subject.length;
      const parts = (this.#parts.get(entry) ?? []).map((count) => wordsOf(entry.matches.slice(at, (at += count))));
      return [...parts, end];
    });
    overwrittenWords(sizes, appends).forEach((words, position) => {
      const { entry, index } = sharing[position]!;
      if (words) this.#entries[index] = { ...entry, garbled: [...wordsOf(subject), ...words] };
    });
  }

  /** For a direction that is not open and has no drop yet; ingress first. */
  drops(directions: readonly DirectionPairs[]): void {
    for (const direction of ["ingress", "egress"] as const) {
      const found = directions.findLast((one) => one.direction === direction);
      if (!found || this.#dropped.has(direction)) continue;
      if (isOpened(found) && !this.#generation.dropsOpenDirections) continue;
      const subject = this.#pods(termsOf(found.subjects), direction === "ingress" ? "dst" : "src", found.origin);
      this.#drop(targetSetsChain, { direction, subject }, found.origin);
    }
  }

  #drop(chain: string, { direction, subject }: Sides, origin: Origin): void {
    this.#write(chain, subject.matches, jump("DROP"), `DROP-ALL-${toOrFrom(direction)}-${subject.text}`, origin);
  }

  #withoutPeers({ direction, subject }: Sides, rule: LoweredRule): void {
    const accept = jump("ACCEPT");
    const text = `ALLOW-ALL-${toOrFrom(direction)}-`;
    for (const port of rule.ports) {
      const matches = [...ports(port), ...subject.matches];
      this.#write(portChain(direction), matches, accept, text + portPrefix(port) + subject.text, rule.origin);
    }
    if (rule.ports.length > 0) return;
    this.#need(this.#lists, allNamespaces, rule.origin);
    const everyone = [this.#match(allNamespaces, false, peerFlags(direction))];
    const matches = inOrder(direction, everyone, subject.matches);
    const other = direction === "ingress" ? "FROM" : "TO";
    this.#write(portChain(direction), matches, accept, `${text}${subject.text}-${other}-${allNamespaces}`, rule.origin);
  }

  /** Whether the peer calls for a drop at the end of the chain. */
  #peer(sides: Sides, peer: LoweredPeer): boolean {
    const { direction, subject } = sides;
    if (peer.kind === "block") {
      const { cidr, except } = peer.block;
      if (!this.#generation.exceptsFirst) this.#block(sides, cidr, "ALLOW", peer.origin);
      for (const network of except) this.#block(sides, network, "DROP", peer.origin);
      if (this.#generation.exceptsFirst) this.#block(sides, cidr, "ALLOW", peer.origin);
      return true;
    }
    if (peer.namespaces && peer.pods && this.#generation.reading.bothSelectors === "ignored") return false;
    const flags = peerFlags(direction);
    const found: Side[] = [];
    if (peer.namespaces) found.push(this.#namespaces(termsOf(peer.namespaces[0]!), flags, peer));
    if (peer.pods) found.push(this.#pods(termsOf(peer.pods[0]!), flags, peer.origin, peer.namespaces !== undefined));
    const matches = inOrder(
      direction,
      found.flatMap((side) => side.matches),
      subject.matches,
    );
    const text = found.map((side) => side.text).join("-AND-");
    const comment = direction === "ingress" ? `ALLOW-${text}-TO-${subject.text}` : `ALLOW-${subject.text}-TO-${text}`;
    const parts = found.map((side) => side.matches.length);
    this.#write(peerChain(direction), matches, jump("ACCEPT"), comment, peer.origin, parts);
    return true;
  }

  #block({ direction, subject }: Sides, network: string, verdict: "ALLOW" | "DROP", origin: Origin): void {
    const address = blockAddress(direction, network);
    const target = jump(verdict === "ALLOW" ? "ACCEPT" : "DROP");
    const text = `${verdict}-${network}-${toOrFrom(direction)}-${subject.text}`;
    this.#write(peerChain(direction), inOrder(direction, [address], subject.matches), target, text, origin, [1]);
  }

  /** Pods of every namespace that meet the terms; without terms, those of the policy's namespace. */
  #pods(terms: readonly Term[], flags: string, origin: Origin, besideNamespaces = false): Side {
    const own = `ns-${this.#namespace}`;
    if (terms.length === 0) {
      if (!besideNamespaces) this.#need(this.#sets, own, origin);
      return { matches: [this.#match(own, false, flags)], text: own };
    }
    for (const { label } of terms) this.#need(this.#sets, label, origin);
    const matches = terms.map(({ label, negated }) => this.#match(label, negated, flags));
    return { matches, text: terms.map((term) => termText(term, "")).join("-AND-") };
  }

  #namespaces(terms: readonly Term[], flags: string, peer: LoweredPeer & { readonly kind: "pods" }): Side {
    if (terms.length === 0) {
      // Beside a podSelector, an empty namespaceSelector names a list of its own: the prefix without a label.
      this.#need(this.#lists, peer.pods ? "ns-" : allNamespaces, peer.origin);
      return { matches: [this.#match(allNamespaces, false, flags)], text: allNamespaces };
    }
    for (const { label } of terms) this.#need(this.#lists, `ns-${label}`, peer.origin);
    const matches = terms.map(({ label, negated }) => this.#match(`ns-${label}`, negated, flags));
    return { matches, text: terms.map((term) => termText(term, "ns-")).join("-AND-") };
  }

  #write(
    chain: string,
    matches: readonly EntryMatch[],
    target: Target,
    text: string,
    origin: Origin,
    parts: readonly number[] = [],
  ): void {
    const entry: PolicyEntry = { chain, matches, target, after: [comment(text)], origin, place: "last" };
    this.#entries.push(entry);
    this.#parts.set(entry, parts);
  }

  #match(set: string, negated: boolean, flags: string): Match {
    return { kind: "set", set: this.#kernelName(set), negated, flags };
  }

  #need(names: Map<string, Origin>, name: string, origin: Origin): void {
    if (names === this.#sets) this.#loggedSets.push(name);
    if (!names.has(name)) names.set(name, origin);
  }
}

interface Side {
  readonly matches: readonly Match[];
  readonly text: string;
}

interface Sides {
  readonly direction: Direction;
  readonly subject: Side;
}

function wordsOf(matches: readonly EntryMatch[], target?: Target, after: readonly Match[] = []): readonly string[] {
  const origin: Origin = { kind: "engine", reason: "" };
  if (target) return entryWords({ chain: "", matches, target, after, origin });
  return entryWords({ chain: "", matches, target: jump(""), origin }).slice(0, -2);
}

function isAccept(target: Target): boolean {
  return target.kind === "jump" && target.to === "ACCEPT";
}

/** Rules with ports begin with these, and have an array of their own. */
function isLedByPorts({ matches }: PolicyEntry): boolean {
  return matches[0]?.kind === "protocol";
}

function isOpened({ rules }: DirectionPairs): boolean {
  return rules.length === 1 && rules[0]!.peers.length === 0 && rules[0]!.ports.length === 0;
}

function toOrFrom(direction: Direction): "TO" | "FROM" {
  return direction === "ingress" ? "TO" : "FROM";
}

function peerFlags(direction: Direction): "src" | "dst" {
  return direction === "ingress" ? "src" : "dst";
}

/** Source before destination. */
function inOrder(direction: Direction, peer: readonly Match[], subject: readonly Match[]): Match[] {
  return direction === "ingress" ? [...peer, ...subject] : [...subject, ...peer];
}

/** A named port goes to iptables by its name. */
function ports(port: PairPort | undefined): EntryMatch[] {
  return port ? servicePortMatches(port) : [];
}

const kubeSystemSet = "ns-kube-system";

function portPrefix(port: PairPort | undefined): string {
  return port ? `${portText(port)}-OF-` : "";
}
