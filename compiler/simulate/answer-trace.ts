import type { AskedPort } from "./asked-port.js";
import { causesOf, type Cause } from "./causes.js";
import type { Endpoint } from "./cluster.js";
import type { Legend } from "./legend.js";
import { reachByRules } from "./reach-by-rules.js";
import { decidingStep, type TracedTables, type TracePacket, type TraceStep, type Verdict } from "./trace.js";
import { tracerOf, type Tracer } from "./tracer.js";
import {
  allTraffic,
  intersectTraffic,
  noTraffic,
  portsOf,
  protocols,
  subtractTraffic,
  trafficOf,
  unionTraffic,
  type PortInterval,
  type Traffic,
  type TrafficProtocol,
} from "./traffic.js";

export interface TraceQuestion {
  readonly source: TraceEnd;
  readonly destination: TraceEnd;
  readonly port: AskedPort;
  readonly state: "new" | "established";
}

export interface TraceEnd {
  /** `namespace/pod`, or the address. */
  readonly name: string;
  readonly endpoint: Endpoint;
}

export interface TraceAnswer {
  readonly question: TraceQuestion;
  /** Of all ports that were asked for: `depends` also when some are allowed and some are not. */
  readonly verdict: Verdict;
  /** One walk when one port was asked for; otherwise one for each protocol and verdict, of the first port. */
  readonly walks: readonly Walk[];
}

/** What happens to some traffic, and the walk of one packet of it. */
export interface Walk {
  readonly protocol: TrafficProtocol;
  /** Both ends included; 0..0 for `other`, which has no ports. */
  readonly ports: readonly PortInterval[];
  readonly packet: TracePacket;
  readonly verdict: Verdict;
  readonly steps: readonly TraceStep[];
  readonly decidedBy?: TraceStep;
  readonly causes: readonly Cause[];
}

/** What the rules do to a packet, or to packets to any port, all of them and not some. */
export function answerTrace(question: TraceQuestion, tables: TracedTables, legend: Legend): TraceAnswer {
  const tracer = tracerOf(tables);
  const walkOf = (protocol: TrafficProtocol, ports: readonly PortInterval[]): Walk =>
    walk({ question, tables, legend, tracer }, protocol, ports);
  const { port } = question;
  if (port.kind === "one") {
    const only = walkOf(port.protocol, [{ first: port.port, last: port.port }]);
    return { question, verdict: only.verdict, walks: [only] };
  }
  const asked = port.protocol === undefined ? allTraffic : trafficOf(port.protocol);
  const parts = splitByVerdict(question, tables);
  const walks = protocols.flatMap((protocol) =>
    parts.flatMap((part) => {
      const ports = portsOf(intersectTraffic(part, asked), protocol);
      return ports.length > 0 ? [walkOf(protocol, ports)] : [];
    }),
  );
  const verdicts = new Set(walks.map(({ verdict }) => verdict));
  return { question, verdict: verdicts.size === 1 ? walks[0]!.verdict : "depends", walks };
}

/** All traffic between the two, in three parts: allowed, depending on something that is not known, denied. */
function splitByVerdict({ source, destination, state }: TraceQuestion, tables: TracedTables): readonly Traffic[] {
  const reach = reachByRules(tables, { state });
  const { allowed, depends } = reach.between(
    reach.sourceClass(source.endpoint.address),
    reach.destinationClass(destination.endpoint.address),
  );
  return [allowed, depends, subtractTraffic(allTraffic, unionTraffic(allowed, depends))].filter(
    (part) => part !== noTraffic,
  );
}

interface Ground {
  readonly question: TraceQuestion;
  readonly tables: TracedTables;
  readonly legend: Legend;
  readonly tracer: Tracer;
}

function walk(ground: Ground, protocol: TrafficProtocol, ports: readonly PortInterval[]): Walk {
  const { source, destination, state } = ground.question;
  const packet: TracePacket = {
    source: source.endpoint.address,
    destination: destination.endpoint.address,
    protocol,
    // Nobody sends to port 0 when there is another.
    ...(protocol !== "other" && { port: Math.max(ports[0]!.first, Math.min(1, ports[0]!.last)) }),
  };
  const trace = ground.tracer.trace(packet, { state });
  const decidedBy = decidingStep(trace);
  return {
    protocol,
    ports,
    packet,
    verdict: trace.verdict,
    steps: trace.steps,
    ...(decidedBy && { decidedBy }),
    causes: causesOf(trace, ground.tables, ground.legend),
  };
}
