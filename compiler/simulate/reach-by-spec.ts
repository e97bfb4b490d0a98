import type { PolicyType } from "../model/objects.js";
import { selects } from "../model/selector.js";
import type { Cluster, Endpoint, PodEndpoint } from "./cluster.js";
import { passagesOf, type Reach } from "./reach.js";
import { reachesByTiers } from "./tiers/reach-by-tiers.js";
import type { Circumstances } from "./circumstances.js";
import { Peers } from "./spec-peers.js";
import { compilePolicy, trafficOfPort, type CompiledPolicy, type CompiledRule } from "./spec-policies.js";
import { allTraffic, intersectTraffic, noTraffic, unionTraffic, type Traffic } from "./traffic.js";

/**
 * Who reaches whom by the specification: what `judge` says, for all packets between two classes at once. NetworkPolicy asks for
 * nothing that could be unknown; where the cluster is measured by more, traffic may depend on it.
 */
export function reachBySpec(cluster: Cluster, known: Circumstances = {}): Reach<Endpoint> {
  return reachesBySpec(cluster)(known);
}

/** The same under several circumstances: endpoints have the same classes under all of them, which are found once. */
export function reachesBySpec(cluster: Cluster): (known: Circumstances) => Reach<Endpoint> {
  if (cluster.tiered) return reachesByTiers(cluster.tiered);
  const reach = reachByPolicies(cluster);
  return () => reach;
}

function reachByPolicies(cluster: Cluster): Reach<Endpoint> {
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
    if (endpoint.kind !== "pod") return blocks;
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

function namesOfPorts({ policies }: Cluster): ReadonlySet<string> {
  const ports = policies.flatMap(({ ingress, egress }) => [...ingress, ...egress].flatMap((rule) => rule.ports));
  return new Set(ports.flatMap(({ port }) => (typeof port === "string" ? [port] : [])));
}
