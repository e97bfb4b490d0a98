import { parseAddress } from "../model/cidr.js";
import type { KubernetesObject } from "../model/objects.js";
import { diagnostic, isError, type Diagnostic } from "../text/diagnostic.js";
import type { TraceEnd, TraceQuestion } from "./answer-trace.js";
import { readPort } from "./asked-port.js";
import { endpointFinder, type EndpointFinder } from "./find-endpoint.js";
import { reachByRules } from "./reach-by-rules.js";
import type { TracedTables } from "./trace.js";
import type { IpVersion } from "../text/ip-version.js";

/** A question as it is written on the command line. */
export interface WrittenQuestion {
  readonly from: string;
  readonly to: string;
  readonly port: string;
  readonly state: "new" | "established";
  /** Of names without one. */
  readonly namespace: string;
}

export interface ReadQuestion {
  /** There when no diagnostic is an error. */
  readonly question?: TraceQuestion;
  readonly diagnostics: readonly Diagnostic[];
}

/** What a written question means, of packets of one version of IP; without objects only addresses mean something. */
export function readQuestion(
  written: WrittenQuestion,
  tables: TracedTables,
  objects: readonly KubernetesObject[] | undefined,
  version: IpVersion = 4,
): ReadQuestion {
  const finder = endpointFinder(objects ?? [], version);
  const diagnostics: Diagnostic[] = [];
  const read = (option: "--from" | "--to", text: string): TraceEnd | undefined => {
    const found =
      objects || parseAddress(text)
        ? finder.find(text, option, written.namespace)
        : diagnostic("endpoint-needs-manifests", { option, name: text });
    if ("code" in found) return void diagnostics.push(found);
    const [first, ...others] = found.endpoints.map(nameEnd);
    if (others.length > 0) diagnostics.push(...differences(option, found.name, first!, others, tables));
    return first;
  };
  const [source, destination] = [read("--from", written.from), read("--to", written.to)];
  const port = destination && readPort(written.port, destination.endpoint, destination.name);
  if (port && "code" in port) diagnostics.push(port);
  if (!source || !port || "code" in port || diagnostics.some(isError)) return { diagnostics };
  if (source.endpoint.kind !== "outside" && source.name === destination.name) {
    diagnostics.push(diagnostic("same-pod", { pod: source.name }));
  }
  return { question: { source, destination, port, state: written.state }, diagnostics };
}

type Found = Exclude<ReturnType<EndpointFinder["find"]>, Diagnostic>;

function nameEnd(endpoint: Found["endpoints"][number]): TraceEnd {
  const name = endpoint.kind === "outside" ? endpoint.address : `${endpoint.pod.namespace}/${endpoint.pod.name}`;
  return { name, endpoint };
}

/** A warning when the rules tell pods of one workload apart. */
function differences(
  option: "--from" | "--to",
  name: string,
  taken: TraceEnd,
  others: readonly TraceEnd[],
  tables: TracedTables,
): readonly Diagnostic[] {
  const reach = reachByRules(tables);
  const classOf = ({ endpoint: { address } }: TraceEnd): number =>
    option === "--from" ? reach.sourceClass(address) : reach.destinationClass(address);
  const different = others.filter((other) => classOf(other) !== classOf(taken));
  if (different.length === 0) return [];
  const names = different.slice(0, 3).map((other) => other.name);
  if (different.length > 3) names.push(`${different.length - 3} more`);
  return [diagnostic("pods-differ", { option, name, pod: taken.name, others: names })];
}
