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
  const tails = new Map<Passage, (readonly string[])[]>();
  let room = maxTails;
  /** What stands behind the source, a line for each protocol that passes; made once for a destination and passage. */
  const tailsOf = (passage: Passage, destination: number): readonly string[] => {
    let known = tails.get(passage);
    if (!known) tails.set(passage, (known = []));
    const found = known[destination];
    if (found) return found;
    if (room === 0) {
      tails.clear();
      room = maxTails;
    }
    room -= 1;
    return (known[destination] = endsOfLines(passage.allowed).map((end) => endpoints[destination]!.name + end));
  };
  for (let source = 0; source < endpoints.length; source += 1) {
    const lines: string[] = [];
    for (let destination = 0; destination < endpoints.length; destination += 1) {
      const passage = matrix.passage(source, destination);
      if (passage) for (const tail of tailsOf(passage, destination)) lines.push(tail);
    }
    const start = `${endpoints[source]!.name},`;
    if (lines.length > 0) yield `${start}${lines.join(`\n${start}`)}\n`;
  }
}

/** So many are kept at a time, or memory would grow with the number of pairs. */
const maxTails = 1_000_000;

/** `80;443;5000-5010`; empty for `other`, which has no ports. */
export function formatPorts(traffic: Traffic, protocol: (typeof protocols)[number]): string {
  if (protocol === "other") return "";
  const ports = portsOf(traffic, protocol);
  return ports.map(({ first, last }) => (first === last ? `${first}` : `${first}-${last}`)).join(";");
}

/** What stands behind source and destination, for each protocol that passes. */
function endsOfLines(traffic: Traffic): readonly string[] {
  return protocols
    .filter((protocol) => portsOf(traffic, protocol).length > 0)
    .map((protocol) => `,${protocol},${formatPorts(traffic, protocol)}`);
}
