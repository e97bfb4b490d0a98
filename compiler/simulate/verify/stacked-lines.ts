import type { LabelSelector, NetworkPolicy, Peer, PolicyPort, PolicyType } from "../../model/objects.js";
import { blockHolds } from "../block.js";
import type { Cluster } from "../cluster.js";
import { parseNetwork } from "../ip.js";
import { allTraffic, noTraffic, type Traffic } from "../traffic.js";
import type { Alterations } from "./alterations.js";
import { asRead } from "./altered-blocks.js";
import { trafficOfPort, type Ends } from "./altered-ports.js";
import { fulfilsExpressions } from "./altered-selectors.js";
import type { Address } from "./holders.js";
import { Lines, type Line } from "./lines.js";

/** The deviations that say how policies were carried out before v1.0.27, each for the releases that it names. */
export const stacks = ["npm-stacks-rules", "npm-stacks-rules-of-2018", "npm-queues-rules"] as const;

/**
 * How policies were carried out before v1.0.27: one line for each label of a policy and each label of a peer, the newest on top (before
 * v1.0.13 the oldest); ports of all rules lead to the peers of all.
 */
export function stackedTraffic(
  cluster: Cluster,
  ends: Ends,
  altered: Alterations,
  code: (typeof stacks)[number],
): Traffic {
  let lines = known.get(altered);
  if (!lines) known.set(altered, (lines = linesOf(cluster, altered, code)));
  return lines.traffic(["SYSTEM", "Ingress-PORT", "Egress-PORT", "TARGET-SETS"], ends, allTraffic);
}

const known = new WeakMap<Alterations, Lines>();

const kubeSystem = "kube-system";

function linesOf(cluster: Cluster, altered: Alterations, code: (typeof stacks)[number]): Lines {
  const lines = new Lines(code === "npm-queues-rules" ? "last" : "first");
  const apart = code === "npm-stacks-rules";
  for (const policy of cluster.policies) {
    if (altered.on("npm-lets-kube-system-through", policy)) {
      for (const side of ["source", "destination"] as const) {
        const takes = (ends: Ends): Traffic => (ends[side].inNamespace(kubeSystem) ? allTraffic : noTraffic);
        lines.add({ chain: "SYSTEM", text: side, field: "", to: "ACCEPT", takes });
      }
    }
    // NPM crashes: nothing of this policy and those behind it.
    if (altered.on("npm-crashes", policy)) break;
    for (const line of new Writer(policy, altered, apart).write()) {
      if (line.fails && altered.on("npm-stops-at-rule", policy)) break;
      lines.add(line);
    }
  }
  return lines;
}

/** One set of addresses that a line asks for. */
interface Group {
  readonly text: string;
  holds(address: Address): boolean;
}

class Writer {
  private readonly lines: Line[] = [];
  private readonly subjects: readonly Group[];
  private readonly isWide: boolean;

  constructor(
    private readonly policy: NetworkPolicy,
    private readonly altered: Alterations,
    /** Namespaces and pods have lists of their own. */
    private readonly apart: boolean,
  ) {
    this.subjects = this.podGroups(policy.podSelector);
    this.isWide = this.subjects.length === 1 && this.subjects[0]!.text === `ns ${policy.namespace}`;
  }

  write(): readonly Line[] {
    const { policy, altered } = this;
    const hasRules = policy.ingress.length > 0 || policy.egress.length > 0;
    if (hasRules && altered.on("npm-exempts-kube-system", policy)) {
      for (const subject of this.subjects) for (const type of bothTypes) this.exempt(type, subject);
    }
    for (const type of policy.policyTypes) {
      if (this.isWide) {
        // Since v1.0.18 the drop of egress says destination too, by mistake.
        const side = type === "Egress" && !this.apart ? "source" : "destination";
        this.add("TARGET-SETS", [[side, this.subjects[0]!]], "DROP");
      }
      if (this.apart) this.separately(type);
      else for (const subject of this.subjects) this.together(type, subject);
      if (this.isWide) continue;
      for (const subject of this.subjects) {
        for (const side of ["source", "destination"] as const) this.add("TARGET-SETS", [[side, subject]], "DROP");
      }
    }
    return this.lines;
  }

  /** v1.0.9 to v1.0.17: of the blocks only the last counts. */
  private together(type: PolicyType, subject: Group): void {
    const rules = this.rules(type);
    const [port, from] = [`${type}-PORT`, `${type}-PEERS`];
    const own: Ask = [endOf(type), subject];
    // Lines of egress that name no port or no peer ask for the destination, by mistake.
    const mistaken: Ask = ["destination", subject];
    const ports = rules.flatMap((rule) => rule.ports);
    const peers = rules.flatMap((rule) => rule.peers);
    if (rules.length === 0) return this.add(port, [own], "DROP");
    if (ports.length === 0 && peers.length === 0) return this.add(port, [own], "ACCEPT");
    if (ports.length === 0) this.add(port, [mistaken], { chain: from });
    for (const each of ports) this.add(port, [own], { chain: from }, each);
    if (peers.length === 0) return this.add(from, [mistaken], "ACCEPT");
    const block = peers.findLast((peer) => peer.kind === "ipBlock");
    if (block?.kind === "ipBlock") {
      const { cidr, except } = asRead(block, this.altered);
      for (const each of except) this.addBlock(from, type, own, each, "DROP");
      this.addBlock(from, type, own, cidr, "ACCEPT");
    }
    for (const peer of peers)
      for (const group of this.peerPods(peer)) this.addPair(from, type, subject, group, "ACCEPT");
    for (const peer of peers)
      for (const group of this.peerNamespaces(peer)) this.addPair(from, type, subject, group, "ACCEPT");
  }

  /** v1.0.18 to v1.0.26: what was seen of one peer stays in force for those behind it. */
  private separately(type: PolicyType): void {
    const rules = this.rules(type);
    const [port, from] = [`${type}-PORT`, `${type}-NAMESPACES`];
    const hasPeers = rules.some(({ peers }) => peers.length > 0);
    const ports: PolicyPort[] = [];
    const seen = { pods: [] as Group[], namespaces: [] as Group[] };
    for (const subject of this.subjects) {
      const own: Ask = [endOf(type), subject];
      if (rules.length === 0) {
        this.add(port, [own], "DROP");
        continue;
      }
      if (this.altered.on("npm-exempts-kube-system", this.policy)) this.exempt(type, subject);
      ports.push(...rules.flatMap((rule) => rule.ports));
      for (const rule of rules) {
        if (ports.length === 0 && !hasPeers) {
          this.add(port, [own], "ACCEPT");
          continue;
        }
        if (ports.length === 0) this.add(port, [own], { chain: from });
        for (const each of ports) this.add(port, [own], { chain: from }, each);
        if (!hasPeers) this.add(from, [own], "ACCEPT");
        for (const peer of rule.peers) this.peer(peer, type, subject, seen);
      }
    }
  }

  private peer(
    peer: Peer,
    type: PolicyType,
    subject: Group,
    seen: { readonly pods: Group[]; readonly namespaces: Group[] },
  ): void {
    const [from, pods] = [`${type}-NAMESPACES`, `${type}-PODS`];
    const own: Ask = [endOf(type), subject];
    if (peer.kind === "ipBlock") {
      const { cidr, except } = asRead(peer, this.altered);
      this.addBlock(from, type, own, cidr, "ACCEPT");
      for (const each of except) this.addBlock(from, type, own, each, "DROP");
      return;
    }
    const both = peer.namespaceSelector !== undefined && peer.podSelector !== undefined;
    if (both && this.altered.on("npm-skips-both-selectors", peer)) return;
    if (peer.namespaceSelector) {
      seen.namespaces.push(...this.peerNamespaces(peer));
      for (const group of seen.namespaces) this.addPair(from, type, subject, group, both ? { chain: pods } : "ACCEPT");
    }
    if (peer.podSelector) {
      seen.pods.push(...this.peerPods(peer));
      for (const group of seen.pods) {
        if (!both) this.add(from, [own], { chain: pods });
        this.addPair(pods, type, subject, group, "ACCEPT");
      }
    }
  }

  private rules(type: PolicyType): NetworkPolicy["ingress"] {
    return type === "Ingress" ? this.policy.ingress : this.policy.egress;
  }

  private peerPods(peer: Peer): readonly Group[] {
    return peer.kind === "pods" && peer.podSelector ? this.podGroups(peer.podSelector) : [];
  }

  private peerNamespaces(peer: Peer): readonly Group[] {
    if (peer.kind === "ipBlock" || !peer.namespaceSelector) return [];
    const selector = peer.namespaceSelector;
    const everybody: Group = { text: "all", holds: (address) => address.isPod };
    return this.alternatives(selector, "nslabel", everybody, (address, key, value) =>
      address.hasNamespaceLabel(key, value),
    );
  }

  private podGroups(selector: LabelSelector): readonly Group[] {
    const { namespace } = this.policy;
    const local = (address: Address): boolean => address.inNamespace(namespace);
    const wide = this.altered.on("npm-selectors-cross-namespaces", selector);
    return this.alternatives(selector, "podlabel", { text: `ns ${namespace}`, holds: local }, (address, key, value) =>
      address.hasLabel(key, value),
    ).map((group) =>
      wide || group.text === `ns ${namespace}`
        ? group
        : { ...group, holds: (address) => local(address) && group.holds(address) },
    );
  }

  /** A group for each label, or one for all of them; `none` when nothing is asked for. */
  private alternatives(
    selector: LabelSelector,
    kind: string,
    none: Group,
    has: (address: Address, key: string, value?: string) => boolean,
  ): readonly Group[] {
    const expressions = (address: Address): boolean =>
      fulfilsExpressions(selector, (key, value) => has(address, key, value), this.altered);
    const labels = [...selector.matchLabels];
    if (labels.length === 0)
      return [{ text: none.text, holds: (address) => none.holds(address) && expressions(address) }];
    if (!this.altered.on("npm-labels-are-or", selector)) {
      const holds = (address: Address): boolean =>
        labels.every(([key, value]) => has(address, key, value)) && expressions(address);
      return [{ text: `${kind} ${JSON.stringify(labels)}`, holds }];
    }
    return labels.map(([key, value]) => ({
      text: `${kind} ${JSON.stringify([[key, value]])}`,
      holds: (address) => has(address, key, value) && expressions(address),
    }));
  }

  private exempt(type: PolicyType, subject: Group): void {
    const system: Group = { text: `ns ${kubeSystem}`, holds: (address) => address.inNamespace(kubeSystem) };
    this.addPair(`${type}-PORT`, type, subject, system, "ACCEPT");
  }

  private addPair(chain: string, type: PolicyType, subject: Group, peer: Group, to: Line["to"]): void {
    const asks: readonly Ask[] =
      type === "Ingress"
        ? [
            ["source", peer],
            ["destination", subject],
          ]
        : [
            ["source", subject],
            ["destination", peer],
          ];
    this.add(chain, asks, to);
  }

  private addBlock(chain: string, type: PolicyType, own: Ask, cidr: string, to: Line["to"]): void {
    const network = parseNetwork(cidr);
    // Host bits do not count, and a block that means every address is no match at all.
    const text = network ? `${network.network}/${network.prefixLength}` : cidr;
    const inside: Group = { text, holds: (address) => blockHolds({ cidr, except: [] }, address.text) };
    const other: Ask = [type === "Ingress" ? "source" : "destination", inside];
    this.add(chain, network?.prefixLength === 0 ? [own] : [own, other], to, undefined, /[:?]/.test(cidr));
  }

  private add(chain: string, asks: readonly Ask[], to: Line["to"], port?: PolicyPort, fails = false): void {
    const groups = asks.map(([side, { text }]) => `${side} ${text}`).sort();
    const target = typeof to === "string" ? to : to.chain;
    const text = [
      ...groups,
      port ? `${port.protocol} ${typeof port.port === "string" ? 0 : port.port}` : "",
      target,
    ].join("; ");
    const takes = (ends: Ends): Traffic => {
      if (!asks.every(([side, group]) => group.holds(ends[side]))) return noTraffic;
      return port ? trafficOfPort(port, ends, false, this.altered) : allTraffic;
    };
    this.lines.push({ chain, text, field: "", to, takes, fails });
  }
}

type Ask = readonly ["source" | "destination", Group];

const bothTypes = ["Ingress", "Egress"] as const;

function endOf(type: PolicyType): "source" | "destination" {
  return type === "Ingress" ? "destination" : "source";
}
