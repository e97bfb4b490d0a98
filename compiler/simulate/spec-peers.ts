import type { Labels, LabelSelector, NetworkPolicy, Peer, PolicyType } from "../model/objects.js";
import { selects } from "../model/selector.js";
import { blockHolds } from "./block.js";
import type { Cluster, Endpoint } from "./cluster.js";
import { networkOfBlock, rangeOf, type AddressRange, type Ip } from "./ip.js";
import type { CompiledPolicy } from "./spec-policies.js";
import { Stretches } from "./stretches.js";

/** The peers of all policies, each distinct one once. */
export class Peers {
  private readonly stretches: Stretches;
  private readonly blocks: Record<
    PolicyType,
    { readonly number: number; readonly written: Peer & { kind: "ipBlock" } }[]
  > = {
    Ingress: [],
    Egress: [],
  };
  /** Peers that mean pods of one namespace, by that. */
  private readonly local: Record<PolicyType, Map<string, PodPeerQuestion[]>> = {
    Ingress: new Map(),
    Egress: new Map(),
  };
  /** Peers that mean pods of namespaces by their labels, by the selector's text. */
  private readonly wide: Record<PolicyType, Map<string, { selector: LabelSelector; peers: PodPeerQuestion[] }>> = {
    Ingress: new Map(),
    Egress: new Map(),
  };
  private readonly blocksByStretch: Record<PolicyType, Map<string, readonly number[]>> = {
    Ingress: new Map(),
    Egress: new Map(),
  };

  constructor(
    private readonly cluster: Cluster,
    policies: readonly CompiledPolicy[],
  ) {
    const numbers = new Map<string, number>();
    const ranges: AddressRange[] = [];
    for (const { written: policy, rules } of policies) {
      for (const direction of ["Ingress", "Egress"] as const) {
        for (const peer of rules[direction].flatMap(({ peers }) => peers)) {
          const key = `${direction} ${keyOfPeer(peer.written, policy)}`;
          const known = numbers.get(key);
          peer.number = known ?? numbers.size;
          if (known !== undefined) continue;
          numbers.set(key, peer.number);
          this.add(peer.number, peer.written, policy, direction);
          ranges.push(...rangesOf(peer.written));
        }
      }
    }
    this.stretches = new Stretches(ranges);
  }

  get borders(): readonly Ip[] {
    return this.stretches.borders;
  }

  /** Numbers of the peers that mean an endpoint, ascending. */
  meaning(endpoint: Endpoint, direction: PolicyType): readonly number[] {
    const found = [...this.blocksWith(endpoint.address, direction)];
    if (endpoint.kind === "pod") {
      const { namespace, labels } = endpoint.pod;
      const ask = ({ number, podSelector }: PodPeerQuestion): void => {
        if (!podSelector || selects(podSelector, labels)) found.push(number);
      };
      this.local[direction].get(namespace)?.forEach(ask);
      const namespaceLabels = this.cluster.labelsOfNamespace(namespace);
      for (const { selector, peers } of this.wide[direction].values()) {
        if (selects(selector, namespaceLabels)) peers.forEach(ask);
      }
    }
    return found.sort((a, b) => a - b);
  }

  /** Where an address lies between the borders; addresses of one stretch are in the same blocks. */
  stretchOf(address: string): string {
    return this.stretches.of(address);
  }

  private blocksWith(address: string, direction: PolicyType): readonly number[] {
    const stretch = this.stretchOf(address);
    const known = this.blocksByStretch[direction].get(stretch);
    if (known) return known;
    const found = this.blocks[direction]
      .filter(({ written }) => blockHolds(written, address))
      .map(({ number }) => number);
    this.blocksByStretch[direction].set(stretch, found);
    return found;
  }

  private add(number: number, peer: Peer, { namespace }: NetworkPolicy, direction: PolicyType): void {
    if (peer.kind === "ipBlock") {
      this.blocks[direction].push({ number, written: peer });
      return;
    }
    const { podSelector, namespaceSelector } = peer;
    const question = { number, ...(podSelector && { podSelector }) };
    if (namespaceSelector) {
      const key = keyOfSelector(namespaceSelector);
      const same = this.wide[direction].get(key);
      if (same) same.peers.push(question);
      else this.wide[direction].set(key, { selector: namespaceSelector, peers: [question] });
    } else {
      const others = this.local[direction].get(namespace);
      if (others) others.push(question);
      else this.local[direction].set(namespace, [question]);
    }
  }
}

interface PodPeerQuestion {
  readonly number: number;
  readonly podSelector?: LabelSelector;
}

function keyOfPeer(peer: Peer, { namespace }: NetworkPolicy): string {
  if (peer.kind === "ipBlock") return JSON.stringify([peer.cidr, peer.except]);
  const { podSelector, namespaceSelector } = peer;
  return JSON.stringify([
    namespaceSelector ? keyOfSelector(namespaceSelector) : namespace,
    namespaceSelector !== undefined,
    podSelector ? keyOfSelector(podSelector) : "",
  ]);
}

function keyOfSelector({ matchLabels, matchExpressions }: LabelSelector): string {
  const expressions = matchExpressions.map(({ key, operator, values }) => [key, operator, values]);
  return JSON.stringify([[...(matchLabels satisfies Labels)], expressions]);
}

/** The addresses of a block and of its exceptions. */
function rangesOf(peer: Peer): readonly AddressRange[] {
  if (peer.kind !== "ipBlock") return [];
  return [peer.cidr, ...peer.except].flatMap((text) => {
    const network = networkOfBlock(text);
    return network ? [rangeOf(network)] : [];
  });
}
