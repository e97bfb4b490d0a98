import { selectorOf } from "../../../model/calico/parse-selector.js";
import { selectorHolds, type Selector } from "../../../model/calico/selector.js";
import type { AnyPort, ListedMatch, Member, Selectable } from "../../../pairs/any-pairs.js";
import type { Cluster, Labelled } from "../cluster/cluster.js";
import type { PolicyRule, RulePort, RuleSide } from "../policy.js";
import { portProtocol } from "../sets.js";

/** One end of a rule: who it is about, and which ports. */
export interface SidePairs {
  readonly matches: readonly ListedMatch[];
  /** Empty where the end names none. */
  readonly ports: readonly AnyPort[];
  readonly notPorts: readonly AnyPort[];
}

export function sidePairs(
  side: RuleSide,
  end: "source" | "destination",
  rule: PolicyRule,
  cluster: Cluster,
): SidePairs {
  const { nets, notNets, selector, notSelector, service } = side;
  const positive = selector === "" ? undefined : selectorOf(selector);
  const portsOf = (ports: readonly RulePort[]): readonly AnyPort[] =>
    ports.map((port) => portOf(port, rule, positive ?? { kind: "all" }, cluster));
  const key = service && `${service.namespace}/${service.name}`;
  const withPorts = end === "destination";
  return {
    matches: [
      ...(nets.length > 0 ? [{ set: { kind: "nets", nets }, negated: false } as const] : []),
      ...(positive ? [selected("anything", positive, cluster)] : []),
      ...(key === undefined ? [] : [ofService(key, withPorts, cluster)]),
      ...(notNets.length > 0 ? [{ set: { kind: "nets", nets: notNets }, negated: true } as const] : []),
      ...(notSelector === "" ? [] : [{ ...selected("anything", selectorOf(notSelector), cluster), negated: true }]),
    ],
    ports:
      key !== undefined && withPorts
        ? [{ kind: "described", words: "the ports that the service has" }]
        : portsOf(side.ports),
    notPorts: portsOf(side.notPorts),
  };
}

/** What meets a selector. */
export function selected(of: Selectable, selector: Selector, cluster: Cluster): ListedMatch {
  const members = (): readonly Member[] =>
    selectable(of, cluster)
      .filter(({ labelOf }) => selectorHolds(selector, labelOf))
      .flatMap(membersOf);
  return { set: { kind: "selected", of, selector, members }, negated: false };
}

export function membersOf({ key, nets }: Labelled): readonly Member[] {
  return nets.map((net) => ({ name: key, net }));
}

function selectable(of: Selectable, { endpoints, hostEndpoints, networkSets }: Cluster): readonly Labelled[] {
  switch (of) {
    case "pods":
      return endpoints;
    case "hosts":
      return hostEndpoints;
    case "endpoints":
      return [...endpoints, ...hostEndpoints];
    case "anything":
      return [...endpoints, ...hostEndpoints, ...networkSets];
  }
}

function ofService(key: string, withPorts: boolean, cluster: Cluster): ListedMatch {
  const members = (): readonly Member[] => {
    const addresses = cluster.services(key, withPorts).map(({ member }) => member.replace(/,.*/, ""));
    return [...new Set(addresses)].map((net) => ({ name: `service ${key}`, net }));
  };
  return { set: { kind: "described", words: `endpoints of service ${key}`, members }, negated: false };
}

/** A name is that of ports of whatever meets the selector. */
function portOf(port: RulePort, rule: PolicyRule, selector: Selector, cluster: Cluster): AnyPort {
  const protocol = ({ tcp: "TCP", udp: "UDP", sctp: "SCTP" } as const)[portProtocol(rule.protocol)];
  if (!("name" in port)) return { kind: "range", protocol, ...port };
  const targets = (): readonly string[] =>
    selectable("anything", cluster)
      .filter(({ labelOf }) => selectorHolds(selector, labelOf))
      .flatMap(({ nets, ports }) =>
        ports
          .filter((own) => own.name === port.name && own.protocol === protocol.toLowerCase())
          .flatMap((own) => nets.map((net) => `${net.includes(":") ? `[${net}]` : net}:${own.port}`)),
      );
  return { kind: "named", protocol, name: port.name, targets };
}
