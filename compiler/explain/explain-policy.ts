import { keyOf, type NetworkPolicy, type Peer, type PolicyRule } from "../model/objects.js";
import { selects } from "../model/selector.js";
import { describeBlock, describePort } from "../pairs/describe.js";
import { lowerPolicy } from "../pairs/lower-policy.js";
import type { DirectionPairs, LoweredPeer, LoweredRule } from "../pairs/pair-group.js";
import { specificationReading } from "../pairs/reading.js";
import type { FieldOrigin, Origin } from "../text/origin.js";
import type { Cluster, PodEndpoint } from "../simulate/cluster.js";
import { describeSelector } from "./describe-selector.js";
import type { Explained } from "./explanation.js";
import { joinWords } from "../text/join-words.js";
import { trapsOf, type Trap } from "./traps.js";

/** A policy in the words of the Kubernetes documentation: whom it selects, what it isolates, what its rules allow. */
export function explainPolicy(policy: NetworkPolicy, cluster: Cluster): Explained {
  const key = keyOf(policy);
  const id = `policy ${key}`;
  const pairs = lowerPolicy(policy, specificationReading);
  const subjects = cluster.endpoints.flatMap((endpoint) =>
    endpoint.kind === "pod" &&
    endpoint.pod.namespace === policy.namespace &&
    selects(policy.podSelector, endpoint.pod.labels)
      ? [endpoint]
      : [],
  );
  const traps = trapsOf(
    policy,
    cluster,
    subjects.map(({ pod }) => pod),
  );
  const all: Ground = { policy, id, traps, cluster };
  const selector: Explained = {
    id: `${id} spec.podSelector`,
    kind: "selector",
    title: "spec.podSelector",
    text: [`The policy applies to ${subjectText(policy)}${now(subjects)}.`],
    origins: [pairs.directions[0]!.origin],
    links: [],
    parts: trapsAt(all, "spec.podSelector"),
  };
  return {
    id,
    kind: "policy",
    title: `policy ${key}`,
    text: [policyText(policy)],
    origins: [pairs.origin],
    links: [],
    parts: [
      selector,
      ...trapsAt(all, "spec"),
      ...pairs.directions.map((direction) => explainDirection(direction, all)),
    ],
  };
}

function subjectText({ podSelector, namespace }: NetworkPolicy): string {
  const asked = describeSelector(podSelector);
  return `${asked === "" ? "all pods" : `pods${asked}`} in namespace ${namespace}`;
}

interface Ground {
  readonly policy: NetworkPolicy;
  /** `policy NAMESPACE/NAME` */
  readonly id: string;
  readonly traps: readonly Trap[];
  readonly cluster: Cluster;
}

function policyText({ policyTypes }: NetworkPolicy): string {
  const [incoming, outgoing] = [policyTypes.includes("Ingress"), policyTypes.includes("Egress")];
  if (incoming && outgoing) return "It restricts incoming and outgoing traffic of the pods it selects.";
  return incoming
    ? "It restricts incoming traffic of the pods it selects. It says nothing about their outgoing traffic."
    : "It restricts outgoing traffic of the pods it selects. It says nothing about their incoming traffic.";
}

function explainDirection(direction: DirectionPairs, ground: Ground): Explained {
  const { direction: name, rules } = direction;
  const field = `spec.${name}`;
  const came = name === "ingress" ? "come in" : "go out";
  const text =
    rules.length === 0
      ? `There is no ${name} rule, so nothing may ${came} unless another policy that selects the pod allows it.`
      : `What ${rules.length === 1 ? "the rule" : "one of the rules"} below allows may ${came}. Everything else is denied unless another policy that selects the pod allows it.`;
  return {
    id: `${ground.id} ${field}`,
    kind: "direction",
    title: name,
    text: [text],
    origins: [directionOrigin(direction, ground, field)],
    links: [],
    parts: [
      ...trapsAt(ground, field),
      ...rules.map((rule, index) =>
        explainRule(
          rule,
          ground.policy[name][index]!,
          `${field}[${index}]`,
          name === "ingress" ? "from" : "to",
          ground,
        ),
      ),
    ],
  };
}

function directionOrigin({ rules, origin }: DirectionPairs, { policy }: Ground, field: string): Origin {
  const first = rules[0]?.origin;
  if (first?.kind !== "field") return origin;
  return { ...first, field, object: keyOf(policy) } satisfies FieldOrigin;
}

function explainRule(
  rule: LoweredRule,
  written: PolicyRule,
  field: string,
  word: "from" | "to",
  ground: Ground,
): Explained {
  const { peers, ports } = rule;
  const open = peers.length === 0 && ports.length === 0;
  const who =
    peers.length === 0
      ? `${word} everywhere, inside the cluster and outside`
      : `${word} ${peers.length === 1 ? "the peer" : "any of the peers"} below`;
  const what = ports.length === 0 ? "on every port" : `on ${joinWords([...new Set(ports.map(describePort))], "or")}`;
  return {
    id: `${ground.id} ${field}`,
    kind: "policy-rule",
    title: field,
    text: [open ? "An empty rule: it allows everything in this direction." : `Allows traffic ${who}, ${what}.`],
    origins: [rule.origin],
    links: [],
    parts: [
      ...trapsAt(ground, field),
      ...peers.map((peer, index) =>
        explainPeer(peer, written.peers[index]!, `${field}.${word}[${index}]`, word, ground),
      ),
      ...ports.map((port, index): Explained => {
        const at = `${field}.ports[${index}]`;
        return {
          id: `${ground.id} ${at}`,
          kind: "port",
          title: describePort(port),
          text: [],
          origins: [portOrigin(ground.policy, rule.origin, at)],
          links: [],
          parts: trapsAt(ground, at),
        };
      }),
    ],
  };
}

function portOrigin(policy: NetworkPolicy, origin: Origin, field: string): Origin {
  const [, direction, rule, port] = /^spec\.(ingress|egress)\[(\d+)\]\.ports\[(\d+)\]$/.exec(field) ?? [];
  const written = policy[direction === "ingress" ? "ingress" : "egress"][Number(rule)]?.ports[Number(port)];
  if (!written || origin.kind !== "field") return origin;
  return { ...origin, field, location: { source: policy.source, offset: written.offset } };
}

function explainPeer(peer: LoweredPeer, written: Peer, field: string, word: string, ground: Ground): Explained {
  const { policy, cluster, id } = ground;
  return {
    id: `${id} ${field}`,
    kind: "peer",
    title: field,
    text: [
      peerText(written, policy, word) + (written.kind === "pods" ? now(podsOf(written, policy, cluster)) : "") + ".",
    ],
    origins: [peer.origin],
    links: [],
    parts: trapsAt(ground, field),
  };
}

function peerText(peer: Peer, { namespace }: NetworkPolicy, word: string): string {
  const start = word === "from" ? "From" : "To";
  if (peer.kind === "ipBlock") return `${start} ${describeBlock(peer.cidr, peer.except)}, whoever has them`;
  const { podSelector, namespaceSelector } = peer;
  const pods = podSelector ? describeSelector(podSelector) : "";
  const namespaces = namespaceSelector ? describeSelector(namespaceSelector) : "";
  const where = !namespaceSelector
    ? `in namespace ${namespace}`
    : namespaces === ""
      ? "in all namespaces"
      : `in namespaces${namespaces}`;
  return `${start} ${pods === "" ? "all pods" : `pods${pods}`} ${where}`;
}

function podsOf(written: Peer, policy: NetworkPolicy, cluster: Cluster): readonly PodEndpoint[] {
  if (written.kind !== "pods") return [];
  return cluster.endpoints.flatMap((endpoint) => {
    if (endpoint.kind !== "pod") return [];
    const { pod } = endpoint;
    const inNamespace = written.namespaceSelector
      ? selects(written.namespaceSelector, cluster.labelsOfNamespace(pod.namespace))
      : pod.namespace === policy.namespace;
    return inNamespace && (!written.podSelector || selects(written.podSelector, pod.labels)) ? [endpoint] : [];
  });
}

/** `; now these are 10.0.0.1 (shop/web)` */
function now(pods: readonly PodEndpoint[]): string {
  if (pods.length === 0) return "; at the moment there are none";
  const shown = pods.slice(0, 5).map(({ pod, address }) => `${keyOf(pod)} (${address})`);
  const more = pods.length > 5 ? ` and ${pods.length - 5} more` : "";
  return `; at the moment ${pods.length === 1 ? "that is" : "these are"} ${more === "" ? joinWords(shown) : `${shown.join(", ")}${more}`}`;
}

function trapsAt({ traps, id }: Ground, field: string): readonly Explained[] {
  return traps
    .filter((trap) => trap.field === field)
    .map(({ code, title, text, origin }): Explained => ({
      id: `trap ${code} ${id.slice("policy ".length)} ${field}`,
      kind: "trap",
      title,
      text,
      origins: [origin],
      links: [],
      parts: [],
    }));
}
