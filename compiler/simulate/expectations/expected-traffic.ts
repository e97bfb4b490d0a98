import type { Endpoint } from "../cluster.js";
import { allTraffic, noTraffic, trafficOf, unionTraffic, type Traffic } from "../traffic.js";
import type { ExpectedPort } from "./expectation.js";

export interface ExpectedTraffic {
  readonly traffic: Traffic;
  /** Names that the destination calls no port by, and those that it does. */
  readonly nowhere: readonly { readonly port: ExpectedPort & { kind: "named" }; readonly known: readonly string[] }[];
}

/** What the ports of an expectation mean at a destination. */
export function expectedTraffic(ports: readonly ExpectedPort[], destination: Endpoint): ExpectedTraffic {
  const nowhere: ExpectedTraffic["nowhere"][number][] = [];
  let traffic = noTraffic;
  for (const port of ports) {
    const meant = trafficOfPort(port, destination);
    if (meant === noTraffic && port.kind === "named") nowhere.push({ port, known: namedPorts(destination) });
    traffic = unionTraffic(traffic, meant);
  }
  return { traffic, nowhere };
}

/** `any`, `80/tcp`, `8000-8010/udp`, `any/tcp`, `http`. */
export function formatExpectedPort(port: ExpectedPort): string {
  switch (port.kind) {
    case "any":
      return "any";
    case "range": {
      const all = port.first === 0 && port.last === 65535;
      const ports = all ? "any" : port.first === port.last ? `${port.first}` : `${port.first}-${port.last}`;
      return `${ports}/${port.protocol}`;
    }
    case "named":
      return port.protocol === undefined ? port.name : `${port.name}/${port.protocol}`;
  }
}

function trafficOfPort(port: ExpectedPort, destination: Endpoint): Traffic {
  if (port.kind === "any") return allTraffic;
  if (port.kind === "range") return trafficOf(port.protocol, port.first, port.last);
  if (destination.kind === "outside") return noTraffic;
  return destination.pod.ports.reduce((all, { name, protocol, containerPort }) => {
    const lower = protocol.toLowerCase() as "tcp" | "udp" | "sctp";
    if (name !== port.name || (port.protocol !== undefined && port.protocol !== lower)) return all;
    return unionTraffic(all, trafficOf(lower, containerPort, containerPort));
  }, noTraffic);
}

/** `http (80/tcp)` */
function namedPorts(endpoint: Endpoint): readonly string[] {
  if (endpoint.kind === "outside") return [];
  const named = endpoint.pod.ports.filter(({ name }) => name !== "");
  return named.map(({ name, containerPort, protocol }) => `${name} (${containerPort}/${protocol.toLowerCase()})`);
}
