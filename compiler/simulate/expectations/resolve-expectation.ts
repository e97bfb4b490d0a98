import { diagnostic, isError, type Diagnostic } from "../../text/diagnostic.js";
import { isPair, type Endpoint } from "../cluster.js";
import { versionOfText } from "../ip.js";
import type { Traffic } from "../traffic.js";
import { expectedTraffic } from "./expected-traffic.js";
import type { ExpectedEnd, Expectation } from "./expectation.js";
import type { End, EndResolver } from "./resolve-ends.js";

export interface Destination extends End {
  /** What is asked about, sent to it. */
  readonly traffic: Traffic;
}

/** Whose packets an expectation is about; each to each. */
export interface ResolvedExpectation {
  readonly sources: readonly End[];
  readonly destinations: readonly Destination[];
  readonly diagnostics: readonly Diagnostic[];
}

/** Finds out who is meant, and says what can't be asked. */
export function resolveExpectation(
  expectation: Expectation,
  resolve: EndResolver,
  namespace: string,
): ResolvedExpectation {
  const diagnostics: Diagnostic[] = [];
  const { source, index } = expectation;
  const report = (found: Diagnostic, offset: number, key: string): void => {
    diagnostics.push({ ...found, location: { source, offset }, field: `expect[${index}].${key}` });
  };
  const endsOf = (written: readonly ExpectedEnd[], side: "from" | "to"): readonly End[] => {
    const ends = written.flatMap((end) => {
      const found = resolve(end, side, namespace);
      for (const each of found.diagnostics) report(each, end.offset, side);
      return found.ends;
    });
    return [...new Map(ends.map((end) => [`${end.name} ${end.endpoint.address}`, end])).values()];
  };
  const sources = endsOf(expectation.from, "from");
  const ends = endsOf(expectation.to, "to");
  const destinations = ends.map((end): Destination => {
    const { traffic, nowhere } = expectedTraffic(expectation.ports, end.endpoint);
    for (const { port, known } of nowhere) {
      report(diagnostic("port-name-nowhere", { port: port.name, end: end.name, known }), port.offset, "port");
    }
    return { ...end, traffic };
  });
  const outside = (all: readonly End[]): boolean => all.some(({ endpoint }) => endpoint.kind === "outside");
  const gone = destinations.filter(({ endpoint }) => endpoint.kind !== "outside" || !endpoint.standsFor);
  if (diagnostics.some(isError)) return { sources, destinations, diagnostics };
  // Blocks take in whoever has their addresses; there, pairs of two outsiders are just left out.
  const named = ![...expectation.from, ...expectation.to].some(({ kind }) => kind === "block");
  const isSomePair = (holds: (one: Endpoint, other: Endpoint) => boolean): boolean =>
    sources.some((one) => destinations.some((other) => holds(one.endpoint, other.endpoint)));
  if (!isSomePair(areOfOneVersion)) {
    const [from, to] = [sources[0]!.name, destinations[0]!.name];
    report(diagnostic("expectation-of-two-versions", { from, to }), expectation.offset, "to");
    return { sources, destinations, diagnostics };
  }
  const none = !isSomePair((one, other) => areOfOneVersion(one, other) && isPair(one, other));
  if (outside(sources) && outside(gone) && (named || none)) {
    report(diagnostic("expectation-outside", {}), expectation.offset, "to");
  } else if (none) {
    report(diagnostic("expectation-itself", { pod: sources[0]!.name }), expectation.offset, "to");
  }
  return { sources, destinations, diagnostics };
}

function areOfOneVersion(one: Endpoint, other: Endpoint): boolean {
  return versionOfText(one.address) === versionOfText(other.address);
}
