import type { NetworkPolicy, PolicyRule, PolicyType } from "../../model/objects.js";
import type { Cluster } from "../cluster.js";
import { allTraffic, intersectTraffic, noTraffic, unionTraffic, type Traffic } from "../traffic.js";
import type { Alterations, Stop } from "./alterations.js";
import { blockMeans } from "./altered-blocks.js";
import { trafficOfPort, type Ends } from "./altered-ports.js";
import { isForPodsOnly, isSubject, meansAddress } from "./altered-selectors.js";
import type { Address } from "./holders.js";
import { insertedTraffic, insertions } from "./inserted-lines.js";
import { mergedTraffic, merges } from "./merged-lines.js";
import { rulesOf } from "./rules-of.js";
import { stackedTraffic, stacks } from "./stacked-lines.js";

/**
 * What passes between two addresses by the specification, with some deviations in force; with none it is what `judge` says. It
 * knows what deviations mean for policies, and nothing of the rules in which they show.
 */
export function alteredTraffic(cluster: Cluster, ends: Ends, altered: Alterations, stops: readonly Stop[]): Traffic {
  // Where policies can't be understood one by one, all of them are in one list.
  const [first] = cluster.policies;
  if (first && merges.some((code) => altered.on(code, first))) {
    return isExempt(cluster, ends, altered) ? allTraffic : mergedTraffic(cluster, ends, altered, stops);
  }
  const stack = first && stacks.find((code) => altered.on(code, first));
  if (stack) return stackedTraffic(cluster, ends, altered, stack);
  const inserted = first && insertions.find((code) => altered.on(code, first));
  if (inserted) return insertedTraffic(cluster, ends, altered, stops, inserted === "npm-stacks-merged-rules");
  if (isExempt(cluster, ends, altered)) return allTraffic;
  const ingress = directionOf(cluster, "Ingress", ends, altered);
  const egress = directionOf(cluster, "Egress", ends, altered);
  const asksEgress = egress.isolating.some((policy) => !altered.on("npm-ingress-allow-skips-egress", policy));
  const allowed = intersectTraffic(ingress.explicit, asksEgress ? egress.explicit : allTraffic);
  if (ingress.isolating.length === 0) return egress.isolating.length === 0 ? allTraffic : egress.explicit;
  const asksIngress = ingress.isolating.some((policy) => !altered.on("npm-egress-allow-skips-ingress", policy));
  return asksIngress ? allowed : unionTraffic(allowed, egress.explicit);
}

/** Policies that may select an address, in their order. */
function policiesOf(cluster: Cluster, subject: Address, altered: Alterations): readonly NetworkPolicy[] {
  const [namespace, ...others] = subject.namespaces;
  if (altered.has("npm-selectors-cross-namespaces") || others.length > 0) return cluster.policies;
  return namespace === undefined ? [] : cluster.policiesIn(namespace);
}

/** Whether an end is in the namespace that older releases never cut off. */
function isExempt({ policies }: Cluster, { source, destination }: Ends, altered: Alterations): boolean {
  const [from, to] = [source, destination].map((address) => address.inNamespace("kube-system"));
  if (!from && !to) return false;
  return policies.some((policy) => {
    if (altered.on("npm-lets-kube-system-through", policy)) return true;
    if (!altered.on("npm-exempts-kube-system", policy)) return false;
    return (from && isSubject(policy, destination, altered)) || (to && isSubject(policy, source, altered));
  });
}

interface DirectionOf {
  /** The policies that select the end, and are in force. */
  readonly isolating: readonly NetworkPolicy[];
  /** What their rules allow. */
  readonly explicit: Traffic;
}

function directionOf(cluster: Cluster, type: PolicyType, ends: Ends, altered: Alterations): DirectionOf {
  const subject = type === "Ingress" ? ends.destination : ends.source;
  const isolating = policiesOf(cluster, subject, altered).filter(
    (policy) => isolates(policy, type, altered) && isInForce(policy, altered) && isSubject(policy, subject, altered),
  );
  const turnedAway = isolating.find((policy) => endsSearch(policy, type, altered) !== undefined);
  const portsOnly = turnedAway !== undefined && endsSearch(turnedAway, type, altered) === "ports";
  let explicit: Traffic = noTraffic;
  for (const policy of isolating) {
    for (const rule of rulesOf(policy, type)) {
      if (portsOnly && rule.ports.length === 0 && rule.peers.length > 0) continue;
      explicit = unionTraffic(explicit, ruleTraffic(rule, policy, type, ends, altered));
    }
  }
  return { isolating, explicit };
}

function isolates(policy: NetworkPolicy, type: PolicyType, altered: Alterations): boolean {
  return (
    policy.policyTypes.includes(type) ||
    altered.on("npm-isolates-both-directions", policy) ||
    altered.on("npm-merges-policies", policy)
  );
}

function isInForce(policy: NetworkPolicy, altered: Alterations): boolean {
  return !(
    [
      "npm-skips-policy-ipv6",
      "npm-skips-policy-zero-prefix",
      "npm-skips-policy-leading-zeros",
      "npm-lite-skips-policy",
      "npm-lite-fails-to-start",
      "npm-crashes",
      "npm-never-comes-to-policy",
    ] as const
  ).some((code) => altered.on(code, policy));
}

/** What a rule allows between the two ends. */
function ruleTraffic(
  rule: PolicyRule,
  policy: NetworkPolicy,
  type: PolicyType,
  ends: Ends,
  altered: Alterations,
): Traffic {
  if (altered.on("npm-open-rule-ignored", rule)) return noTraffic;
  const other = type === "Ingress" ? ends.source : ends.destination;
  if (isForPodsOnly(rule, altered) && !other.isPod) return noTraffic;
  const pooled = altered.on("npm-pools-ports", policy)
    ? rulesOf(policy, type).filter(({ peers }) => peers.length > 0)
    : [rule];
  const portsBeside = (namespaceAlone: boolean): Traffic => {
    if (rule.peers.length > 0 && pooled.some(({ ports }) => ports.length === 0)) return allTraffic;
    if (rule.ports.length === 0) return allTraffic;
    const ports = rule.peers.length > 0 ? pooled.flatMap((each) => each.ports) : rule.ports;
    return ports.reduce(
      (all, port) => unionTraffic(all, trafficOfPort(port, ends, namespaceAlone, altered)),
      noTraffic,
    );
  };
  if (rule.peers.length === 0) return portsBeside(false);
  let all: Traffic = noTraffic;
  for (const peer of rule.peers) {
    const meant =
      peer.kind === "ipBlock"
        ? blockMeans(peer, rule, other.text, altered)
        : meansAddress(peer, policy, other, altered);
    if (meant) all = unionTraffic(all, portsBeside(peer.kind === "pods" && !peer.podSelector));
  }
  return all;
}

/**
 * Whether NPM looks for a rule behind those of this policy: not when they all name ports ("ports": then rules without ports,
 * of any policy, are not reached), nor when some do not ("peers": then they are all looked at). Undefined when the policy has no rules.
 */
function endsSearch(policy: NetworkPolicy, type: PolicyType, altered: Alterations): "ports" | "peers" | undefined {
  if (!altered.on("npm-policy-order", policy) && !reachesPeers(policy, type, altered)) return undefined;
  if (reachesPeers(policy, type, altered)) return "peers";
  return rulesOf(policy, type).some((rule) => rule.ports.length > 0) ? "ports" : undefined;
}

/** Whether NPM has a reason to look at peers without ports. A block with exceptions is one, with ports or not. */
export function reachesPeers(policy: NetworkPolicy, type: PolicyType, altered: Alterations): boolean {
  return rulesOf(policy, type).some((rule) =>
    rule.peers.some((peer) => {
      if (peer.kind === "ipBlock" && peer.except.length > 0) return true;
      return (
        rule.ports.length === 0 &&
        !altered.on("npm-skips-later-block", peer) &&
        !altered.on("npm-skips-both-selectors", peer)
      );
    }),
  );
}
