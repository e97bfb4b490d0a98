import type { NetworkPolicy, PolicyPort, PolicyRule, PolicyType } from "../model/objects.js";
import { keyOf } from "../model/objects.js";
import type { FieldOrigin, Origin } from "../text/origin.js";
import { alternativesOf, inNamespace, lowerPeer } from "./lower-peer.js";
import { lowerPodSelector } from "./lower-selector.js";
import type {
  Direction,
  DirectionPairs,
  LoweredRule,
  PairGroup,
  PairPort,
  PolicyPairs,
  SetExpression,
} from "./pair-group.js";
import type { Reading } from "./reading.js";

/** A policy as pair groups, understood the way `reading` says. Subject and peer become source and destination here. */
export function lowerPolicy(policy: NetworkPolicy, reading: Reading): PolicyPairs {
  const key = keyOf(policy);
  const subjects = lowerPodSelector(policy.podSelector, key, reading).map((expression) =>
    inNamespace(expression, policy.namespace, reading),
  );
  const directions = policy.policyTypes.flatMap((type) =>
    subjects.map((alternative) => new LoweredDirection(policy, type, alternative, reading)),
  );
  return {
    policy: key,
    origin: originOf(policy, policy, "spec"),
    directions: [...directions, ...(reading.isolation === "both" ? isolated(policy, subjects) : [])],
  };
}

const anyPort: readonly PairPort[] = [{ kind: "any" }];

/** Rules and groups are made whenever somebody reads them: those of all policies at once take much memory. */
class LoweredDirection implements DirectionPairs {
  readonly direction: Direction;
  readonly subjects: SetExpression;
  readonly origin: Origin;
  readonly #policy: NetworkPolicy;
  readonly #reading: Reading;

  constructor(policy: NetworkPolicy, type: PolicyType, subjects: SetExpression, reading: Reading) {
    this.direction = directionOf(type);
    this.subjects = subjects;
    this.origin = originOf(policy, policy.podSelector, "spec.podSelector");
    this.#policy = policy;
    this.#reading = reading;
  }

  get rules(): readonly LoweredRule[] {
    return lowerRules(this.#policy, this.direction, this.#reading);
  }

  get groups(): readonly PairGroup[] {
    return lowerGroups(this.#policy, this, this.#reading);
  }
}

function lowerGroups(
  policy: NetworkPolicy,
  { direction, subjects, origin, rules }: DirectionPairs,
  reading: Reading,
): PairGroup[] {
  const group = grouping(direction, subjects);
  const groups: PairGroup[] = [];
  if (reading.exempt !== undefined && rules.length > 0) {
    const reason: Origin = { kind: "engine", reason: `${reading.exempt} is never cut off` };
    groups.push(
      group("allow", [{ set: { kind: "namespace", namespace: reading.exempt }, negated: false }], anyPort, reason),
    );
  }
  const open = rules.find(isOpen);
  const lone = open && rules.length === 1;
  if (open && (lone || reading.openRule === "any") && reading.isolation === "policy-types") {
    groups.push(group("allow", [], anyPort, open.origin));
    return groups;
  }
  for (const rule of rules) for (const found of product(rule, rules, policy, group, reading)) groups.push(found);
  groups.push(group("disallow", [], anyPort, origin));
  return groups;
}

/** Peers × ports of a rule. */
function product(
  rule: LoweredRule,
  rules: readonly LoweredRule[],
  policy: NetworkPolicy,
  group: Grouping,
  reading: Reading,
): PairGroup[] {
  if (reading.ports === "all-peers") return pooledProduct(rule, rules, policy, group, reading);
  if (isOpen(rule) && reading.openRule === "lone") return []; // Beside other rules, an older reading makes nothing of it.
  const ports = rule.ports.length === 0 ? anyPort : rule.ports;
  if (rule.peers.length === 0) return [group("allow", [], ports, rule.origin)];
  return rule.peers.flatMap((peer) =>
    alternativesOf(peer, policy.namespace, reading).map((peers) => group("allow", peers, ports, peer.origin)),
  );
}

/** Where a port of one rule opens the peers of another: peers × the ports of all rules. */
function pooledProduct(
  rule: LoweredRule,
  rules: readonly LoweredRule[],
  policy: NetworkPolicy,
  group: Grouping,
  reading: Reading,
): PairGroup[] {
  const pooled = rules.flatMap(({ ports }) => ports);
  const ports = pooled.length === 0 ? anyPort : pooled;
  if (rules.every(({ peers }) => peers.length === 0)) return [group("allow", [], ports, rule.origin)];
  return rule.peers.flatMap((peer) =>
    alternativesOf(peer, policy.namespace, reading).map((peers) => group("allow", peers, ports, peer.origin)),
  );
}

type Grouping = (
  verdict: PairGroup["verdict"],
  peers: SetExpression,
  ports: readonly PairPort[],
  origin: Origin,
) => PairGroup;

function grouping(direction: Direction, subjects: SetExpression): Grouping {
  return (verdict, peers, ports, origin) =>
    direction === "ingress"
      ? { verdict, direction, sources: peers, destinations: subjects, ports, origin }
      : { verdict, direction, sources: subjects, destinations: peers, ports, origin };
}

/** The directions that a policy does not name, closed all the same. */
function isolated(policy: NetworkPolicy, subjects: readonly SetExpression[]): DirectionPairs[] {
  const origin = originOf(policy, policy.podSelector, "spec.podSelector");
  const missing = (["Ingress", "Egress"] as const).filter((type) => !policy.policyTypes.includes(type));
  return missing.map(directionOf).flatMap((direction) =>
    subjects.map((alternative) => {
      const groups = [grouping(direction, alternative)("disallow", [], anyPort, origin)];
      return { direction, subjects: alternative, origin, rules: [], groups };
    }),
  );
}

function lowerRules(policy: NetworkPolicy, direction: Direction, reading: Reading): LoweredRule[] {
  const rules: readonly PolicyRule[] = direction === "ingress" ? policy.ingress : policy.egress;
  const list = direction === "ingress" ? "from" : "to";
  return rules.map((rule, index) => {
    const field = `spec.${direction}[${index}]`;
    return {
      origin: originOf(policy, rule, field),
      ports: rule.ports.map(lowerPort),
      peers: rule.peers.map((peer, position) => {
        const origin = originOf(policy, peer, `${field}.${list}[${position}]`);
        return lowerPeer(peer, { policy, direction, rule: index, peer: position, origin }, reading);
      }),
    };
  });
}

function directionOf(type: PolicyType): Direction {
  return type === "Ingress" ? "ingress" : "egress";
}

function originOf(policy: NetworkPolicy, at: { readonly offset: number }, field: string): FieldOrigin {
  return { kind: "field", object: keyOf(policy), field, location: { source: policy.source, offset: at.offset } };
}

/** `{}`: every peer on every port. */
function isOpen(rule: LoweredRule): boolean {
  return rule.peers.length === 0 && rule.ports.length === 0;
}

function lowerPort(port: PolicyPort): PairPort {
  if (port.port === undefined) return { kind: "protocol", protocol: port.protocol };
  if (typeof port.port === "string") return { kind: "named", protocol: port.protocol, name: port.port };
  return { kind: "range", protocol: port.protocol, first: port.port, last: port.endPort ?? port.port };
}
