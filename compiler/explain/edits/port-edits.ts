import type { Value } from "../../manifest/value.js";
import type { PolicyPort } from "../../model/objects.js";
import type { Packet } from "../../simulate/judgement.js";
import type { Source } from "../../text/source.js";
import type { Candidate, Make } from "./candidate.js";
import { addEntry, setEntry } from "./yaml-lines.js";

/** Another number, another end of the range, or another protocol, so that a port of a rule means that of the packet. `path`: its field. */
export function widenPort(
  written: Value | undefined,
  { protocol, port, endPort }: PolicyPort,
  packet: Packet,
  path: string,
  source: Source,
  make: Make,
): readonly Candidate[] {
  if (packet.protocol === "other") return [];
  const wanted = packet.protocol.toUpperCase();
  const holds = typeof port === "number" && port <= packet.port && packet.port <= (endPort ?? port);
  if (protocol !== wanted) {
    if (typeof port === "number" && !holds) return [];
    return make(
      `change the protocol of ${path} to ${wanted}`,
      setEntry(source, written, "protocol", wanted) ?? addEntry(source, written, "protocol", wanted),
    );
  }
  if (holds || port === undefined) return [];
  const renumber = make(`change port of ${path} to ${packet.port}`, setEntry(source, written, "port", packet.port));
  if (typeof port === "string") return renumber;
  if (endPort === undefined)
    return [
      ...renumber,
      ...(packet.port > port
        ? make(`add endPort ${packet.port} to ${path}`, addEntry(source, written, "endPort", packet.port))
        : []),
    ];
  if (packet.port < port) return renumber;
  return make(`change endPort of ${path} to ${packet.port}`, setEntry(source, written, "endPort", packet.port));
}

/** A range that ends before the packet's port, or begins behind it. */
export function narrowPort(
  written: Value | undefined,
  { port, endPort }: PolicyPort,
  packet: Packet,
  path: string,
  source: Source,
  make: Make,
): readonly Candidate[] {
  if (typeof port !== "number" || endPort === undefined) return [];
  const { port: asked } = packet;
  return [
    ...(asked < endPort
      ? make(`change port of ${path} to ${asked + 1}`, setEntry(source, written, "port", asked + 1))
      : []),
    ...(asked > port
      ? make(`change endPort of ${path} to ${asked - 1}`, setEntry(source, written, "endPort", asked - 1))
      : []),
  ];
}
