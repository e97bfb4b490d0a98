import type { Matrix } from "./matrix.js";
import type { Passage } from "./reach.js";
import { portsOf, protocols, type Traffic } from "./traffic.js";

/**
 * A matrix as CSV, a piece for each source: `source,destination,protocol,ports`, one line for each pair and protocol with any allowed
 * traffic. What passes only perhaps is not in it.
 */
export function* matrixCsv(matrix: Matrix): Generator<string> {
  yield "source,destination,protocol,ports\n";
  const { endpoints } = matrix;
  const ends = new Map<Passage, readonly string[]>();
  for (let source = 0; source < endpoints.length; source += 1) {
    const from = endpoints[source]!.name;
    let lines = "";
    for (let destination = 0; destination < endpoints.length; destination += 1) {
      const passage = matrix.passage(source, destination);
      if (!passage) continue;
      let its = ends.get(passage);
      if (!its) ends.set(passage, (its = endsOfLines(passage.allowed)));
      for (const end of its) lines += `${from},${endpoints[destination]!.name}${end}`;
    }
    if (lines !== "") yield lines;
  }
}

/** `80;443;5000-5010`; empty for `other`, which has no ports. */
export function formatPorts(traffic: Traffic, protocol: (typeof protocols)[number]): string {
  if (protocol === "other") return "";
  const ports = portsOf(traffic, protocol);
  return ports.map(({ first, last }) => (first === last ? `${first}` : `${first}-${last}`)).join(";");
}

/** What stands behind source and destination, a line for each protocol that passes. */
function endsOfLines(traffic: Traffic): readonly string[] {
  return protocols
    .filter((protocol) => portsOf(traffic, protocol).length > 0)
    .map((protocol) => `,${protocol},${formatPorts(traffic, protocol)}\n`);
}
