import type { NetworkPolicy, PolicyPort, PolicyRule, PolicyType } from "../model/objects.js";
import { keyOf } from "../model/objects.js";
import type { FieldOrigin } from "../text/origin.js";
import { lowerPeer } from "./lower-peer.js";
import { lowerPodSelector } from "./lower-selector.js";
import type { Direction, DirectionPairs, PairGroup, PairPort, PolicyPairs, SetExpression } from "./pair-group.js";
import type { Reading } from "./reading.js";

/** A policy as pair groups, understood the way `reading` says. Subject and peer become source and destination here. */
export function lowerPolicy(policy: NetworkPolicy, reading: Reading): PolicyPairs {
  const selected = lowerPodSelector(policy.podSelector, policy);
  const subjects: SetExpression = [
    ...selected,
    { set: { kind: "namespace", namespace: policy.namespace }, negated: false },
  ];
  return {
    policy: keyOf(policy),
    origin: originOf(policy, policy, "spec"),
    directions: policy.policyTypes.map((type) => lowerDirection(policy, type, subjects, reading)),
  };
}

const anyPort: readonly PairPort[] = [{ kind: "any" }];

function lowerDirection(
  policy: NetworkPolicy,
  type: PolicyType,
  subjects: SetExpression,
  reading: Reading,
): DirectionPairs {
  const direction: Direction = type === "Ingress" ? "ingress" : "egress";
  const rules = direction === "ingress" ? policy.ingress : policy.egress;
  const field = `spec.${direction}`;
  const group = (
    verdict: PairGroup["verdict"],
    peers: SetExpression,
    ports: readonly PairPort[],
    origin: FieldOrigin,
  ): PairGroup =>
    direction === "ingress"
      ? { verdict, direction, sources: peers, destinations: subjects, ports, origin }
      : { verdict, direction, sources: subjects, destinations: peers, ports, origin };

  const origin = originOf(policy, policy.podSelector, "spec.podSelector");
  const open = rules.findIndex(isOpen);
  if (open >= 0 && (reading.openRule === "any" || rules.length === 1)) {
    const opened = group("allow", [], anyPort, originOf(policy, rules[open]!, `${field}[${open}]`));
    return { direction, subjects, origin, groups: [opened] };
  }

  const groups: PairGroup[] = [];
  rules.forEach((rule, index) => {
    if (isOpen(rule)) return; // Beside other rules, an older reading makes nothing of it.
    const ports = rule.ports.length === 0 ? anyPort : rule.ports.map(lowerPort);
    if (rule.peers.length === 0) {
      groups.push(group("allow", [], ports, originOf(policy, rule, `${field}[${index}]`)));
      return;
    }
    const list = direction === "ingress" ? "from" : "to";
    rule.peers.forEach((peer, position) => {
      for (const expression of lowerPeer(peer, { policy, direction, rule: index, peer: position }, reading)) {
        groups.push(
          group("allow", expression, ports, originOf(policy, peer, `${field}[${index}].${list}[${position}]`)),
        );
      }
    });
  });
  groups.push(group("disallow", [], anyPort, origin));
  return { direction, subjects, origin, groups };
}

function originOf(policy: NetworkPolicy, at: { readonly offset: number }, field: string): FieldOrigin {
  return { kind: "field", object: keyOf(policy), field, location: { source: policy.source, offset: at.offset } };
}

/** `{}`: every peer on every port. */
function isOpen(rule: PolicyRule): boolean {
  return rule.peers.length === 0 && rule.ports.length === 0;
}

function lowerPort(port: PolicyPort): PairPort {
  if (port.port === undefined) return { kind: "protocol", protocol: port.protocol };
  if (typeof port.port === "string") return { kind: "named", protocol: port.protocol, name: port.port };
  return { kind: "range", protocol: port.protocol, first: port.port, last: port.endPort ?? port.port };
}
