import { diagnostic, type Diagnostic } from "../text/diagnostic.js";
import { suggest } from "../text/suggest.js";
import type { Endpoint } from "./cluster.js";

/** What `--port` means at a destination. */
export type AskedPort =
  | { readonly kind: "one"; readonly protocol: PortProtocol; readonly port: number; readonly name?: string }
  /** Every port; without a protocol, all traffic. */
  | { readonly kind: "any"; readonly protocol?: PortProtocol };

export type PortProtocol = "tcp" | "udp" | "sctp";

/**
 * Reads `80`, `80/tcp`, `http`, `http/tcp`, `any` or `any/tcp`; numbers are TCP unless they say otherwise. A name is that of a port of the
 * destination, which is called `destinationName`.
 */
export function readPort(text: string, destination: Endpoint, destinationName: string): AskedPort | Diagnostic {
  const [, what, protocolText] = /^([^/]+)(?:\/(tcp|udp|sctp))?$/i.exec(text) ?? [];
  const protocol = protocolText?.toLowerCase() as PortProtocol | undefined;
  if (what === undefined) return diagnostic("port-invalid", { value: text });
  if (what.toLowerCase() === "any") return { kind: "any", ...(protocol && { protocol }) };
  if (/^\d+$/.test(what)) {
    const port = Number(what);
    if (port < 1 || port > 65535) return diagnostic("port-invalid", { value: text });
    return { kind: "one", protocol: protocol ?? "tcp", port };
  }
  if (!/^[a-z0-9-]{1,15}$/.test(what)) return diagnostic("port-invalid", { value: text });
  return readName(what, protocol, destination, destinationName);
}

function readName(
  name: string,
  protocol: PortProtocol | undefined,
  destination: Endpoint,
  destinationName: string,
): AskedPort | Diagnostic {
  const named = destination.kind === "outside" ? [] : destination.pod.ports.filter((port) => port.name !== "");
  const ports = new Map<string, AskedPort>();
  for (const { name: its, containerPort, protocol: upper } of named) {
    const lower = upper.toLowerCase() as PortProtocol;
    if (its !== name || (protocol !== undefined && protocol !== lower)) continue;
    ports.set(`${containerPort}/${lower}`, { kind: "one", protocol: lower, port: containerPort, name });
  }
  if (ports.size === 0) {
    const others = named.filter((port) => port.name === name).map((port) => `${name}/${port.protocol.toLowerCase()}`);
    const known = others.length > 0 ? [...new Set(others)] : [...new Set(named.map((port) => port.name))];
    const asked = others.length > 0 ? `${name}/${protocol}` : name;
    return diagnostic("port-name-unknown", {
      name: asked,
      destination: destinationName,
      known,
      suggestion: suggest(asked, known) ?? "",
    });
  }
  if (ports.size === 1) return [...ports.values()][0]!;
  return diagnostic("port-name-ambiguous", { name, destination: destinationName, ports: [...ports.keys()] });
}
