import { isPair, type Cluster, type Endpoint } from "./cluster.js";
import { parseIpv4 } from "./ipv4.js";
import type { Passage, Reach } from "./reach.js";

/** Who reaches whom, for every ordered pair of pods, and of pods and some addresses outside. */
export interface Matrix {
  /** Rows and columns: pods by namespace and name, byte order, then the addresses outside, in the order given. */
  readonly endpoints: readonly MatrixEndpoint[];
  /** What passes from a row to a column, by index; undefined when the two are no pair. */
  passage(source: number, destination: number): Passage | undefined;
}

export interface MatrixEndpoint {
  /** `namespace/pod`, or an address. */
  readonly name: string;
  readonly endpoint: Endpoint;
  /** Endpoints with the same number have equal rows, pairs that are none aside. */
  readonly sourceClass: number;
  /** Endpoints with the same number have equal columns, pairs that are none aside. */
  readonly destinationClass: number;
}

export interface MatrixOptions {
  /** IPv4 addresses outside the cluster; one that a pod has is that pod and adds nothing. */
  readonly external?: readonly string[];
}

/**
 * Pods with IPv4 addresses only: the rules see no others. Nothing is computed before it is asked for, and then once for a pair
 * of classes.
 */
export function matrixOf(cluster: Cluster, reach: Reach<Endpoint>, options: MatrixOptions = {}): Matrix {
  const pods = cluster.endpoints.filter(({ address }) => parseIpv4(address) !== undefined);
  const named = pods.map((endpoint): [string, Endpoint] => [
    `${endpoint.pod.namespace}/${endpoint.pod.name}`,
    endpoint,
  ]);
  named.sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0));
  for (const address of new Set(options.external)) {
    if (parseIpv4(address) === undefined) throw new Error(`not an IPv4 address: ${address}`);
    const endpoint = cluster.endpoint(address)!;
    if (endpoint.kind === "outside") named.push([address, endpoint]);
  }
  const endpoints = named.map(([name, endpoint]): MatrixEndpoint => {
    const sourceClass = reach.sourceClass(endpoint);
    return { name, endpoint, sourceClass, destinationClass: reach.destinationClass(endpoint) };
  });

  const rows = new Map<number, (Passage | undefined)[]>();
  const between = (sourceClass: number, destinationClass: number): Passage => {
    let row = rows.get(sourceClass);
    if (!row) rows.set(sourceClass, (row = []));
    return (row[destinationClass] ??= reach.between(sourceClass, destinationClass));
  };
  return {
    endpoints,
    passage(source, destination) {
      const [from, to] = [endpoints[source]!, endpoints[destination]!];
      if (!isPair(from.endpoint, to.endpoint)) return undefined;
      return between(from.sourceClass, to.destinationClass);
    },
  };
}
