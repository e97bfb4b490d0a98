import { isIpv4Network, parseCidr } from "../model/cidr.js";
import type { Labels, LabelSelector, NetworkPolicy, Peer, PolicyPort, PolicyType } from "../model/objects.js";
import { selects } from "../model/selector.js";
import { blockHolds } from "./block.js";
import type { Cluster, Endpoint, PodEndpoint } from "./cluster.js";
import { parseIpv4, rangeOf, type AddressRange } from "./ipv4.js";
import { passagesOf, type Reach } from "./reach.js";
import { allTraffic, intersectTraffic, noTraffic, trafficOf, unionTraffic, type Traffic } from "./traffic.js";

/**
 * Who reaches whom by the specification: what `judge` says, for all packets between two classes at once. Nothing ever depends.
 */
export function reachBySpec(cluster: Cluster): Reach<Endpoint> {
  const policies = cluster.policies.map(compilePolicy);
  const peers = new Peers(cluster, policies);
  const sources = new Classes(cluster, policies, peers, "source");
  const destinations = new Classes(cluster, policies, peers, "destination");
  const passage = passagesOf();
  return {
    sourceClass: (endpoint) => sources.classOf(endpoint).number,
    destinationClass: (endpoint) => destinations.classOf(endpoint).number,
    between(sourceClass, destinationClass) {
      const source = sources.classes[sourceClass]!;
      const destination = destinations.classes[destinationClass]!;
      const ingress = permitted(destination.policies, source.peers, "Ingress", destination);
      const egress = permitted(source.policies, destination.peers, "Egress", destination);
      return passage(intersectTraffic(ingress, egress), noTraffic);
    },
    borders: () => peers.borders,
  };
}

/** What the policies that select one end permit the other, which fulfils `peers`. */
function permitted(
  policies: readonly CompiledPolicy[],
  peers: ReadonlySet<number>,
  direction: PolicyType,
  destination: SpecClass,
): Traffic {
  if (policies.length === 0) return allTraffic;
  let all: Traffic = noTraffic;
  for (const policy of policies) {
    for (const rule of policy.rules[direction]) {
      if (rule.peers.length > 0 && !rule.peers.some((peer) => peers.has(peer.number))) continue;
      all = unionTraffic(all, destination.portTraffic(rule));
      if (all === allTraffic) return all;
    }
  }
  return all;
}

/** Endpoints that no policy tells apart at one end of a packet. */
interface SpecClass {
  readonly number: number;
  /** Those that select it: for egress of a source, for ingress of a destination. */
  readonly policies: readonly CompiledPolicy[];
  /** Numbers of the peers that mean it. */
  readonly peers: ReadonlySet<number>;
  /** What the ports of a rule mean when it is the destination. */
  portTraffic(rule: CompiledRule): Traffic;
}

class Classes {
  readonly classes: SpecClass[] = [];
  private readonly byEndpoint = new WeakMap<Endpoint, SpecClass>();
  private readonly byFacts = new Map<string, SpecClass>();
  private readonly bySignature = new Map<string, SpecClass>();
  private readonly byNamespace = new Map<string, CompiledPolicy[]>();
  private readonly portNames: ReadonlySet<string>;

  constructor(
    cluster: Cluster,
    policies: readonly CompiledPolicy[],
    private readonly peers: Peers,
    private readonly side: "source" | "destination",
  ) {
    const direction = side === "source" ? "Egress" : "Ingress";
    for (const policy of policies) {
      if (!policy.written.policyTypes.includes(direction)) continue;
      const { namespace } = policy.written;
      const others = this.byNamespace.get(namespace);
      if (others) others.push(policy);
      else this.byNamespace.set(namespace, [policy]);
    }
    this.portNames = side === "destination" ? namesOfPorts(cluster) : new Set();
  }

  classOf(endpoint: Endpoint): SpecClass {
    const known = this.byEndpoint.get(endpoint);
    if (known) return known;
    const facts = this.factsOf(endpoint);
    let found = this.byFacts.get(facts);
    if (!found) this.byFacts.set(facts, (found = this.classify(endpoint)));
    this.byEndpoint.set(endpoint, found);
    return found;
  }

  /** Everything about an endpoint that policies can see. */
  private factsOf(endpoint: Endpoint): string {
    const blocks = this.peers.stretchOf(endpoint.address);
    if (endpoint.kind !== "pod") return `${blocks}`;
    const { namespace, labels } = endpoint.pod;
    return JSON.stringify([blocks, namespace, [...labels], this.namedPorts(endpoint)]);
  }

  private namedPorts({ pod }: PodEndpoint): string {
    const seen = pod.ports.filter(({ name }) => this.portNames.has(name));
    return seen.map(({ name, containerPort, protocol }) => `${name}=${containerPort}/${protocol}`).join();
  }

  private classify(endpoint: Endpoint): SpecClass {
    const policies =
      endpoint.kind !== "pod"
        ? []
        : (this.byNamespace.get(endpoint.pod.namespace) ?? []).filter(({ written }) =>
            selects(written.podSelector, endpoint.pod.labels),
          );
    // Rules of ingress name sources, rules of egress name destinations.
    const peers = this.peers.meaning(endpoint, this.side === "source" ? "Ingress" : "Egress");
    const ports = endpoint.kind === "pod" ? this.namedPorts(endpoint) : "";
    const signature = JSON.stringify([policies.map(({ number }) => number), peers, ports]);
    let found = this.bySignature.get(signature);
    if (!found) {
      found = classOf(this.classes.length, policies, new Set(peers), endpoint);
      this.classes.push(found);
      this.bySignature.set(signature, found);
    }
    return found;
  }
}

function classOf(
  number: number,
  policies: readonly CompiledPolicy[],
  peers: ReadonlySet<number>,
  example: Endpoint,
): SpecClass {
  const known = new Map<CompiledRule, Traffic>();
  return {
    number,
    policies,
    peers,
    portTraffic(rule) {
      if (!rule.named) return rule.traffic;
      let traffic = known.get(rule);
      if (!traffic) {
        traffic = rule.ports.reduce((all, port) => unionTraffic(all, trafficOfPort(port, example)), noTraffic);
        known.set(rule, traffic);
      }
      return traffic;
    },
  };
}

interface CompiledPolicy {
  readonly number: number;
  readonly written: NetworkPolicy;
  readonly rules: Readonly<Record<PolicyType, readonly CompiledRule[]>>;
}

interface CompiledRule {
  /** Empty means everybody. */
  readonly peers: readonly NumberedPeer[];
  readonly ports: readonly PolicyPort[];
  /** True when a port is given by name. */
  readonly named: boolean;
  /** What the ports mean, named ones left out. */
  readonly traffic: Traffic;
}

/** A peer; `Peers` gives equal ones one number. */
interface NumberedPeer {
  readonly written: Peer;
  number: number;
}

function compilePolicy(policy: NetworkPolicy, number: number): CompiledPolicy {
  const compileRules = (direction: PolicyType): readonly CompiledRule[] => {
    return policy[direction === "Ingress" ? "ingress" : "egress"].map(({ peers, ports }) => ({
      peers: peers.map((written) => ({ written, number: -1 })),
      ports,
      named: ports.some(({ port }) => typeof port === "string"),
      traffic:
        ports.length === 0
          ? allTraffic
          : ports.reduce((all, port) => unionTraffic(all, trafficOfPort(port, undefined)), noTraffic),
    }));
  };
  return { number, written: policy, rules: { Ingress: compileRules("Ingress"), Egress: compileRules("Egress") } };
}

/** What an item of `ports` means; a name without a destination means nothing. */
function trafficOfPort({ protocol, port, endPort }: PolicyPort, destination: Endpoint | undefined): Traffic {
  const lower = protocol.toLowerCase() as "tcp" | "udp" | "sctp";
  if (port === undefined) return trafficOf(lower);
  if (typeof port === "number") return trafficOf(lower, port, endPort ?? port);
  if (destination?.kind !== "pod") return noTraffic;
  return destination.pod.ports
    .filter((its) => its.name === port && its.protocol === protocol)
    .reduce((all, { containerPort }) => unionTraffic(all, trafficOf(lower, containerPort, containerPort)), noTraffic);
}

/** The peers of all policies, each distinct one once. */
class Peers {
  readonly borders: readonly number[];
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
    const borders = new Set<number>();
    for (const { written: policy, rules } of policies) {
      for (const direction of ["Ingress", "Egress"] as const) {
        for (const peer of rules[direction].flatMap(({ peers }) => peers)) {
          const key = `${direction} ${keyOfPeer(peer.written, policy)}`;
          const known = numbers.get(key);
          peer.number = known ?? numbers.size;
          if (known !== undefined) continue;
          numbers.set(key, peer.number);
          this.add(peer.number, peer.written, policy, direction);
          for (const { first, last } of rangesOf(peer.written)) borders.add(first).add(last + 1);
        }
      }
    }
    this.borders = [...borders].sort((a, b) => a - b);
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

  /** Where an address lies between the borders; addresses of one stretch are in the same blocks. IPv6 ones stand for themselves. */
  stretchOf(address: string): string {
    const number = parseIpv4(address);
    if (number === undefined) return address;
    let [low, high] = [0, this.borders.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.borders[middle]! <= number) low = middle + 1;
      else high = middle;
    }
    return `${low}`;
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

/** The IPv4 addresses of a block and of its exceptions. */
function rangesOf(peer: Peer): readonly AddressRange[] {
  if (peer.kind !== "ipBlock") return [];
  return [peer.cidr, ...peer.except].flatMap((text) => {
    const cidr = parseCidr(text);
    if (!cidr || !isIpv4Network(cidr)) return [];
    const [a, b, c, d] = cidr.network.slice(12) as [number, number, number, number];
    const network = ((a * 256 + b) * 256 + c) * 256 + d;
    return [rangeOf({ network, prefixLength: cidr.prefixLength - (cidr.addressLength - 32) })];
  });
}

function namesOfPorts({ policies }: Cluster): ReadonlySet<string> {
  const ports = policies.flatMap(({ ingress, egress }) => [...ingress, ...egress].flatMap((rule) => rule.ports));
  return new Set(ports.flatMap(({ port }) => (typeof port === "string" ? [port] : [])));
}
