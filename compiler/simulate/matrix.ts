import { isPair, type Cluster, type Endpoint } from "./cluster.js";
import { compareIps, parseIp, versionOf } from "./ip.js";
import type { Passage, Reach } from "./reach.js";

/** Who reaches whom, for every ordered pair of pods, and of pods and some addresses outside; or of addresses alone. */
export interface Matrix {
  /** Rows and columns: pods by namespace and name, byte order, then the addresses outside, in the order given. */
  readonly endpoints: readonly MatrixEndpoint[];
  /** Whether a row and a column, by index, are two of which it means anything that one reaches the other. */
  isPair(source: number, destination: number): boolean;
  /** What passes from a row to a column, by index; undefined when the two are no pair. */
  passage(source: number, destination: number): Passage | undefined;
}

export interface MatrixEndpoint {
  /** `namespace/pod`, or an address. */
  readonly name: string;
  /** `address`: nobody says whether it is a pod's. */
  readonly kind: Endpoint["kind"] | "address";
  readonly endpoint: Endpoint;
  /** Endpoints with the same number have equal rows, pairs that are none aside. */
  readonly sourceClass: number;
  /** Endpoints with the same number have equal columns, pairs that are none aside. */
  readonly destinationClass: number;
}

export interface MatrixOptions {
  /** Addresses outside the cluster, of its version of IP; one that a pod has is that pod and adds nothing. */
  readonly external?: readonly string[];
}

/**
 * Pods with addresses of the cluster's version of IP only: the rules see no others. Nothing is computed before it is asked for, and then once for a pair
 * of classes.
 */
export function matrixOf(cluster: Cluster, reach: Reach<Endpoint>, options: MatrixOptions = {}): Matrix {
  const named = cluster.endpoints.map((endpoint): [string, Endpoint] => [
    `${endpoint.pod.namespace}/${endpoint.pod.name}`,
    endpoint,
  ]);
  named.sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0));
  for (const address of new Set(options.external)) {
    const number = parseIp(address);
    if (number === undefined || versionOf(number) !== cluster.version)
      throw new Error(`not an IPv${cluster.version} address: ${address}`);
    const endpoint = cluster.endpoint(address)!;
    if (endpoint.kind === "outside") named.push([endpoint.address, endpoint]);
  }
  const endpoints = named.map(([name, endpoint]) => placed({ name, kind: endpoint.kind, endpoint }, reach));
  return filled(endpoints, reach, (source, destination) => isPair(source.endpoint, destination.endpoint));
}

/** The matrix of addresses, by number, of which nobody says whose they are: any two are a pair. */
export function matrixOfAddresses(addresses: readonly string[], reach: Reach<Endpoint>): Matrix {
  const distinct = [...new Set(addresses)].sort((a, b) => compareIps(parseIp(a)!, parseIp(b)!));
  const endpoints = distinct.map((address) => {
    return placed({ name: address, kind: "address", endpoint: { kind: "outside", address } }, reach);
  });
  return filled(endpoints, reach, (source, destination) => source !== destination);
}

function placed(which: Pick<MatrixEndpoint, "name" | "kind" | "endpoint">, reach: Reach<Endpoint>): MatrixEndpoint {
  const sourceClass = reach.sourceClass(which.endpoint);
  return { ...which, sourceClass, destinationClass: reach.destinationClass(which.endpoint) };
}

function filled(
  endpoints: readonly MatrixEndpoint[],
  reach: Reach<Endpoint>,
  arePair: (source: MatrixEndpoint, destination: MatrixEndpoint) => boolean,
): Matrix {
  const rows = new Map<number, (Passage | undefined)[]>();
  const between = (sourceClass: number, destinationClass: number): Passage => {
    let row = rows.get(sourceClass);
    if (!row) rows.set(sourceClass, (row = []));
    return (row[destinationClass] ??= reach.between(sourceClass, destinationClass));
  };
  return {
    endpoints,
    isPair: (source, destination) => arePair(endpoints[source]!, endpoints[destination]!),
    passage(source, destination) {
      const [from, to] = [endpoints[source]!, endpoints[destination]!];
      if (!arePair(from, to)) return undefined;
      return between(from.sourceClass, to.destinationClass);
    },
  };
}
