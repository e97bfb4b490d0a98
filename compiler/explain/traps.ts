import { keyOf, type NetworkPolicy, type Peer, type Pod, type PolicyRule } from "../model/objects.js";
import { selects } from "../model/selector.js";
import { blockHolds } from "../simulate/block.js";
import type { Cluster } from "../simulate/cluster.js";
import { joinWords } from "../text/join-words.js";
import type { FieldOrigin } from "../text/origin.js";
import { describeSelector } from "./describe-selector.js";

/** Something that readers of policies often take for something else. */
export interface Trap {
  readonly code: string;
  /** The part of the policy that it is about: `spec.ingress[0]`. */
  readonly field: string;
  readonly title: string;
  readonly text: readonly string[];
  readonly origin: FieldOrigin;
}

/** The traps of one policy, by the Kubernetes documentation of NetworkPolicy. `subjects`: the pods it selects. */
export function trapsOf(policy: NetworkPolicy, cluster: Cluster, subjects: readonly Pod[]): readonly Trap[] {
  const traps: Trap[] = [];
  const add: Add = (code, at, field, title, ...text) => {
    const location = { source: policy.source, offset: at.offset };
    const origin: FieldOrigin = { kind: "field", object: keyOf(policy), field, location };
    traps.push({ code, field, title, text, origin });
  };
  wholePolicy(policy, cluster, subjects, add);
  for (const [direction, list] of [
    ["ingress", "from"],
    ["egress", "to"],
  ] as const) {
    if (!policy.policyTypes.includes(direction === "ingress" ? "Ingress" : "Egress")) continue;
    policy[direction].forEach((rule, index) => {
      const field = `spec.${direction}[${index}]`;
      oneRule(rule, field, list, add);
      rule.peers.forEach((peer, position) => onePeer(peer, `${field}.${list}[${position}]`, policy, cluster, add));
      rule.ports.forEach((port, position) => {
        if (typeof port.port !== "string") return;
        const targets = direction === "ingress" ? subjects : podsOf(cluster);
        const having = targets.flatMap((pod) =>
          pod.ports.filter(({ name, protocol }) => name === port.port && protocol === port.protocol),
        );
        const numbers = [...new Set(having.map(({ containerPort }) => containerPort))];
        const found =
          numbers.length === 0
            ? "No pod here has a port of that name, so it allows nothing."
            : numbers.length === 1
              ? `Here it is ${numbers[0]!}; each pod may have a number of its own.`
              : `Each pod may have a number of its own: here they are ${joinWords(numbers.map(String))}.`;
        add(
          "named-port",
          port,
          `${field}.ports[${position}]`,
          "A port's name stands for the number that the receiving pod gives it",
          `${found} An address outside the cluster has no port names.`,
        );
      });
    });
  }
  return traps;
}

type Add = (code: string, at: { readonly offset: number }, field: string, title: string, ...text: string[]) => void;

function wholePolicy(policy: NetworkPolicy, cluster: Cluster, subjects: readonly Pod[], add: Add): void {
  const { podSelector, policyTypes, ingress, egress, namespace } = policy;
  if (podSelector.matchLabels.size === 0 && podSelector.matchExpressions.length === 0)
    add(
      "empty-selector",
      podSelector,
      "spec.podSelector",
      "An empty podSelector selects everything, not nothing",
      `podSelector: {} means all pods of namespace ${namespace}, also those that come later.`,
    );
  const others = cluster
    .policiesIn(namespace)
    .filter(
      (other) =>
        other !== policy &&
        other.policyTypes.some((type) => policyTypes.includes(type)) &&
        subjects.some(({ labels }) => selects(other.podSelector, labels)),
    );
  if (others.length > 0)
    add(
      "policies-add-up",
      podSelector,
      "spec.podSelector",
      "Policies add up",
      `${joinWords(others.map(({ name }) => name))} ${others.length === 1 ? "selects" : "select"} some of the same pods. What any of them allows is allowed. No policy takes away what another gives, and their order means nothing.`,
    );
  if (!policyTypes.includes("Egress") && egress.length > 0)
    add(
      "egress-not-in-types",
      egress[0]!,
      "spec",
      "The egress rules do nothing",
      "policyTypes does not name Egress, so the egress rules are not looked at.",
    );
  if (!policyTypes.includes("Ingress") && ingress.length > 0)
    add(
      "ingress-not-in-types",
      ingress[0]!,
      "spec",
      "The ingress rules do nothing",
      "policyTypes does not name Ingress, so the ingress rules are not looked at.",
    );
  if (policyTypes.includes("Ingress") && ingress.length === 0)
    add(
      "no-rule-denies",
      podSelector,
      "spec.ingress",
      "No rule at all denies everything, one empty rule allows everything",
      "ingress: [] lets nobody in, and so does leaving ingress out; ingress: [{}] lets everybody in.",
    );
  if (policyTypes.includes("Egress") && egress.length === 0)
    add(
      "no-rule-denies",
      podSelector,
      "spec.egress",
      "No rule at all denies everything, one empty rule allows everything",
      "egress: [] lets nothing out, and so does leaving egress out; egress: [{}] lets everything out.",
    );
  if (policyTypes.includes("Egress") && !egress.some(mayAskDns))
    add(
      "egress-dns",
      egress[0] ?? podSelector,
      "spec.egress",
      "Names cannot be looked up",
      "No egress rule allows port 53/udp, so the pods cannot ask a DNS server. What they are allowed to reach they reach by address only.",
    );
}

function oneRule({ peers, ports, offset }: PolicyRule, field: string, list: "from" | "to", add: Add): void {
  if (peers.length === 0 && ports.length > 0)
    add(
      "no-peers-all",
      { offset },
      field,
      list === "from" ? "Without from, everybody is meant" : "Without to, everywhere is meant",
      `A rule that names only ports allows them ${list === "from" ? "for everyone, also from" : "to every address, also"} outside the cluster. ${list}: [] means the same as leaving ${list} out.`,
    );
  const lone = peers.filter((peer) => peer.kind === "pods" && !(peer.podSelector && peer.namespaceSelector));
  const kinds = new Set(lone.map((peer) => (peer.kind === "pods" && peer.podSelector ? "pods" : "namespaces")));
  if (kinds.size === 2)
    add(
      "items-or",
      { offset },
      field,
      "Two items of a list are OR",
      `Of the ${peers.length} peers below any one is enough: all pods of the namespaces, or the pods in the policy's own namespace. For pods that meet both, write the two selectors into one item, without a dash before the second.`,
    );
  if (ports.length > 0 && ports.every(({ protocol }) => protocol === "TCP") && ports.some(({ port }) => port === 53))
    add(
      "dns-udp",
      { offset },
      field,
      "DNS asks by UDP",
      "A port without a protocol is TCP. Port 53 is allowed for TCP only here; most DNS questions go by UDP.",
    );
}

function onePeer(peer: Peer, field: string, policy: NetworkPolicy, cluster: Cluster, add: Add): void {
  if (peer.kind === "ipBlock") {
    const inside = podsOf(cluster).filter(({ ip }) => blockHolds(peer, ip));
    const named = inside.slice(0, 3).map(keyOf);
    const who = joinWords(inside.length > 3 ? [...named, `${inside.length - 3} more`] : named);
    if (inside.length > 0)
      add(
        "block-holds-pods",
        peer,
        field,
        "The block has pods in it",
        `${who} ${inside.length === 1 ? "is" : "are"} allowed by address. Addresses of pods change. ipBlock is meant for addresses outside the cluster, selectors for pods.`,
      );
    if (peer.except.length > 0)
      add(
        "except-denies-nothing",
        peer,
        field,
        "except denies nothing",
        "It only leaves addresses out of this peer. Another peer, rule or policy may allow them all the same.",
      );
    return;
  }
  const { podSelector, namespaceSelector } = peer;
  if (podSelector && namespaceSelector)
    add(
      "item-and",
      peer,
      field,
      "Both selectors in one item are AND",
      "Both must fit: the labels of the pod and those of its namespace. With a dash before the second selector, either would be enough.",
    );
  else if (podSelector)
    add(
      "own-namespace",
      peer,
      field,
      "A podSelector alone stays in the policy's namespace",
      `${describeSelector(podSelector) === "" ? "Pods" : "Pods with these labels"} in other namespaces than ${policy.namespace} are not meant. A namespaceSelector in the same item reaches them.`,
    );
  for (const selector of [podSelector, namespaceSelector]) {
    if (selector?.matchExpressions.some(({ operator }) => operator === "NotIn" || operator === "DoesNotExist"))
      add(
        "negation-holds-without",
        peer,
        field,
        "Not having the label at all is enough",
        "NotIn and DoesNotExist also hold where the key is missing. Addresses outside the cluster are no pods, and are never meant.",
      );
  }
  if (namespaceSelector?.matchLabels.size === 0 && namespaceSelector.matchExpressions.length === 0 && !podSelector)
    add(
      "all-namespaces",
      peer,
      field,
      "An empty namespaceSelector selects all namespaces",
      "namespaceSelector: {} means all pods of the cluster. It does not mean addresses outside.",
    );
}

/** Whether a rule lets some DNS server be asked. */
function mayAskDns({ ports }: PolicyRule): boolean {
  if (ports.length === 0) return true;
  return ports.some(({ protocol, port, endPort }) => {
    if (protocol !== "UDP") return false;
    return typeof port !== "number" || (port <= 53 && (endPort ?? port) >= 53);
  });
}

function podsOf(cluster: Cluster): readonly Pod[] {
  return cluster.endpoints.flatMap((endpoint) => (endpoint.kind === "pod" ? [endpoint.pod] : []));
}
