import type { PolicyPort } from "../../model/objects.js";
import { noTraffic, protocols, trafficOf, unionTraffic, type Traffic, type TrafficProtocol } from "../traffic.js";
import type { Alterations } from "./alterations.js";
import type { Address } from "./holders.js";
import { servicePorts } from "./services.js";

/** Both ends of a packet. */
export interface Ends {
  readonly source: Address;
  readonly destination: Address;
}

/** What an item of `ports` means; `namespaceAlone` when its peer is a namespaceSelector without podSelector. */
export function trafficOfPort(wanted: PolicyPort, ends: Ends, namespaceAlone: boolean, altered: Alterations): Traffic {
  const protocol = wanted.protocol.toLowerCase() as TrafficProtocol;
  const { port } = wanted;
  if (port === undefined) return trafficOf(protocol);
  if (typeof port === "number") {
    return trafficOf(protocol, port, altered.on("npm-ignores-end-port", wanted) ? port : (wanted.endPort ?? port));
  }
  if (altered.on("npm-reads-named-port-as-zero", wanted)) return trafficOf(protocol, 0, 0);
  const service = servicePorts.get(port);
  if (service !== undefined && altered.on("npm-named-port-by-service", wanted))
    return trafficOf(protocol, service, service);
  const any =
    altered.on("npm-named-port-any-protocol", wanted) ||
    (namespaceAlone && altered.on("npm-named-port-any-protocol-of-namespaces", wanted));
  const who = altered.on("npm-named-port-of-source", wanted) ? ends.source : ends.destination;
  return (any ? protocols : [protocol]).reduce((all, each) => unionTraffic(all, named(who, port, each)), noTraffic);
}

/** The ports of one protocol that an address has under a name. */
function named({ pods }: Address, name: string, protocol: TrafficProtocol): Traffic {
  return pods
    .flatMap(({ ports }) => ports)
    .filter((its) => its.name === name && its.protocol.toLowerCase() === protocol)
    .reduce(
      (all, { containerPort }) => unionTraffic(all, trafficOf(protocol, containerPort, containerPort)),
      noTraffic,
    );
}
