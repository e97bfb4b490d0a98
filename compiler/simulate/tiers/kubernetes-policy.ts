import type { NetworkPolicy, Peer, PolicyPort, PolicyRule } from "../../model/objects.js";
import { selects } from "../../model/selector.js";
import { blockHolds } from "../block.js";
import { noTraffic, trafficOf, unionTraffic, type Traffic, type TrafficProtocol } from "../traffic.js";
import type { TierAlterations } from "./alterations.js";
import type { Holder } from "./holders.js";
import { anyEnd, type Place, type RuleEnd } from "./rule-end.js";
import type { Direction, SpecPolicy } from "./spec-policy.js";
import { policyName, protocolNumber, type SpecRule } from "./spec-rule.js";

/** The place of Kubernetes's policies among those of their tier. */
const kubernetesOrder = 1000;

/** NetworkPolicy of Kubernetes among tiers: rules that allow, one for each peer and port of a written one. */
export function kubernetesPolicy(policy: NetworkPolicy, altered: TierAlterations): SpecPolicy {
  const rules = (direction: Direction): readonly SpecRule[] =>
    policy[direction].flatMap((rule, index) => rulesOf(policy, rule, index, direction, altered));
  return {
    kind: "KubernetesNetworkPolicy",
    object: policyName(policy),
    namespace: policy.namespace,
    name: policy.name,
    tier: "default",
    order: kubernetesOrder,
    doNotTrack: false,
    preDnat: false,
    applyOnForward: false,
    types: { ingress: policy.policyTypes.includes("Ingress"), egress: policy.policyTypes.includes("Egress") },
    rules: { ingress: rules("ingress"), egress: rules("egress") },
    selects: ({ pod }) => pod?.namespace === policy.namespace && selects(policy.podSelector, pod.labels),
    selectorLocation: { source: policy.source, offset: policy.podSelector.offset },
  };
}

function rulesOf(
  policy: NetworkPolicy,
  rule: PolicyRule,
  index: number,
  direction: Direction,
  altered: TierAlterations,
): readonly SpecRule[] {
  const peers: readonly (Peer | undefined)[] = rule.peers.length === 0 ? [undefined] : rule.peers;
  const ports: readonly (PolicyPort | undefined)[] = rule.ports.length === 0 ? [undefined] : rule.ports;
  const list = `spec.${direction}[${index}]`;
  const peersField = direction === "ingress" ? "from" : "to";
  return peers.flatMap((peer, at) =>
    ports.map((port, number): SpecRule => {
      const who = peer ? peerTest(peer, policy.namespace) : undefined;
      const ofSelected = peer !== undefined && altered.on("calico-ports-of-selected", peer);
      const asked = port && portsOf(port, direction === "egress" && ofSelected ? who?.pods : undefined, altered);
      const end = (test: PeerTest | undefined, its: RuleEnd["ports"]): RuleEnd =>
        test || its
          ? {
              key: JSON.stringify([test?.key, its && [port?.protocol, port?.port, port?.endPort], ofSelected]),
              means: test?.means ?? anyEnd.means,
              ...(its && { ports: its }),
              blocks: test?.blocks ?? [],
              ranges: [],
            }
          : anyEnd;
      const field = peer ? `${list}.${peersField}[${at}]` : port ? `${list}.ports[${number}]` : list;
      return {
        action: "Allow",
        source: direction === "ingress" ? end(who, undefined) : anyEnd,
        destination: direction === "ingress" ? end(undefined, asked) : end(who, asked),
        ...(port && { protocol: protocolNumber(port.protocol) }),
        field,
        location: { source: policy.source, offset: (peer ?? port ?? rule).offset },
        rule: index,
        ...(peer && { peer: at }),
        ...(port && { port: number }),
      };
    }),
  );
}

interface PeerTest {
  readonly key: string;
  readonly blocks: readonly string[];
  readonly means: (place: Place) => boolean;
  /** Of pods alone. */
  readonly pods?: (holder: Holder) => boolean;
}

function peerTest(peer: Peer, namespace: string): PeerTest {
  if (peer.kind === "ipBlock") {
    const { cidr, except } = peer;
    return {
      key: JSON.stringify([cidr, except]),
      blocks: [cidr, ...except],
      means: ({ address }) => blockHolds(peer, address),
    };
  }
  const { podSelector, namespaceSelector } = peer;
  const pods = ({ pod, namespace: its }: Holder): boolean => {
    if (!pod) return false;
    const inNamespace = namespaceSelector
      ? selects(namespaceSelector, its?.labels ?? new Map<string, string>())
      : pod.namespace === namespace;
    return inNamespace && (!podSelector || selects(podSelector, pod.labels));
  };
  const wanted = [podSelector, namespaceSelector].map(
    (selector) => selector && [[...selector.matchLabels], selector.matchExpressions],
  );
  return {
    key: JSON.stringify([namespace, wanted]),
    blocks: [],
    means: ({ holders }) => holders.some(pods),
    pods,
  };
}

/** Ports by number, or what those that have the address call so. */
function portsOf(
  written: PolicyPort,
  whose: ((holder: Holder) => boolean) | undefined,
  altered: TierAlterations,
): RuleEnd["ports"] {
  const { port, endPort = port } = written;
  if (port === undefined) return undefined;
  if (typeof port === "number") {
    const last = altered.on("calico-ignores-end-port", written) ? port : Number(endPort);
    return (_, protocol): Traffic => (protocol === "other" ? noTraffic : trafficOf(protocol, port, last));
  }
  return ({ holders }: Place, protocol: TrafficProtocol): Traffic =>
    holders
      .filter((holder) => holder.pod && (!whose || whose(holder)))
      .flatMap((holder) => holder.ports)
      .filter((its) => its.name === port && its.protocol === protocol)
      .reduce((all, its) => unionTraffic(all, trafficOf(protocol, its.port, its.port)), noTraffic);
}
