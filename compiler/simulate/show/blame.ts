import { causesOf } from "../causes.js";
import type { Cluster } from "../cluster.js";
import { judge } from "../judge.js";
import type { Legend } from "../legend.js";
import type { Matrix } from "../matrix.js";
import { decidingStep, type TracedTables, type TracePacket } from "../trace.js";
import { tracerOf } from "../tracer.js";
import { portsOf, protocols, type Traffic } from "../traffic.js";
import type { MatrixView } from "./view.js";

type Blame = MatrixView["blame"];

/** Names the policies whose rules drop the traffic, or else the chain that does. Walks one packet of it, once for a pair of classes. */
export function blameRules(matrix: Matrix, tables: TracedTables, legend: Legend): Blame {
  const tracer = tracerOf(tables);
  return oncePerClasses(matrix, (source, destination, denied) => {
    const packet = { ...addressesOf(matrix, source, destination), ...firstPacket(denied) };
    const trace = tracer.trace(packet);
    const policies = causesOf(trace, tables, legend).map(({ origin }) => origin.object);
    return policies.length > 0 ? [...new Set(policies)].join(", ") : (decidingStep(trace)?.chain ?? "");
  });
}

/** Names the policies that select an end and do not allow the traffic there. */
export function blameSpecification(matrix: Matrix, cluster: Cluster): Blame {
  return oncePerClasses(matrix, (source, destination, denied) => {
    const ends = { source: matrix.endpoints[source]!.endpoint, destination: matrix.endpoints[destination]!.endpoint };
    const { protocol, port = 0 } = firstPacket(denied);
    const { ingress, egress } = judge(cluster, { ...ends, protocol, port });
    const policies = [egress, ingress].flatMap(({ reasons }) =>
      reasons.flatMap((reason) => (reason.kind === "policy-isolates" ? [reason.policy] : [])),
    );
    return [...new Set(policies)].join(", ");
  });
}

function oncePerClasses({ endpoints }: Matrix, find: Blame): Blame {
  const known = new Map<string, string>();
  return (source, destination, denied) => {
    const key = `${endpoints[source]!.sourceClass} ${endpoints[destination]!.destinationClass}`;
    let found = known.get(key);
    if (found === undefined) known.set(key, (found = find(source, destination, denied)));
    return found;
  };
}

function addressesOf({ endpoints }: Matrix, source: number, destination: number) {
  return { source: endpoints[source]!.endpoint.address, destination: endpoints[destination]!.endpoint.address };
}

function firstPacket(traffic: Traffic): Pick<TracePacket, "protocol" | "port"> {
  for (const protocol of protocols) {
    const [first] = portsOf(traffic, protocol);
    if (first) return protocol === "other" ? { protocol } : { protocol, port: first.first };
  }
  return { protocol: "other" };
}
