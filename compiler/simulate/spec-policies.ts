import type { NetworkPolicy, Peer, PolicyPort, PolicyType } from "../model/objects.js";
import type { Endpoint } from "./cluster.js";
import { allTraffic, noTraffic, trafficOf, unionTraffic, type Traffic } from "./traffic.js";

export interface CompiledPolicy {
  readonly number: number;
  readonly written: NetworkPolicy;
  readonly rules: Readonly<Record<PolicyType, readonly CompiledRule[]>>;
}

export interface CompiledRule {
  /** Empty means everybody. */
  readonly peers: readonly NumberedPeer[];
  readonly ports: readonly PolicyPort[];
  /** True when a port is given by name. */
  readonly named: boolean;
  /** What the ports mean, named ones left out. */
  readonly traffic: Traffic;
}

/** A peer; `Peers` gives equal ones one number. */
export interface NumberedPeer {
  readonly written: Peer;
  number: number;
}

export function compilePolicy(policy: NetworkPolicy, number: number): CompiledPolicy {
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
export function trafficOfPort({ protocol, port, endPort }: PolicyPort, destination: Endpoint | undefined): Traffic {
  const lower = protocol.toLowerCase() as "tcp" | "udp" | "sctp";
  if (port === undefined) return trafficOf(lower);
  if (typeof port === "number") return trafficOf(lower, port, endPort ?? port);
  if (destination?.kind !== "pod") return noTraffic;
  return destination.pod.ports
    .filter((its) => its.name === port && its.protocol === protocol)
    .reduce((all, { containerPort }) => unionTraffic(all, trafficOf(lower, containerPort, containerPort)), noTraffic);
}
