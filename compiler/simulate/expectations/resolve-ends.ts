import type { Specification } from "../../engines/specification.js";
import type { KubernetesObject, Pod } from "../../model/objects.js";
import { selects } from "../../model/selector.js";
import { diagnostic, type Diagnostic } from "../../text/diagnostic.js";
import { quote } from "../../text/quote.js";
import { suggest } from "../../text/suggest.js";
import { blockHolds } from "../block.js";
import { outsideClasses } from "../classes.js";
import type { Endpoint } from "../cluster.js";
import { endpointFinder } from "../find-endpoint.js";
import { formatIp, networkOfBlock, rangeOf, versionOf, type AddressRange } from "../ip.js";
import type { Reach } from "../reach.js";
import { firstCommon, withoutRanges } from "../address-ranges.js";
import type { BlockEnd, ExpectedEnd, PodsEnd } from "./expectation.js";
import type { IpVersion } from "../../text/ip-version.js";

/** One that an expectation is about. */
export interface End {
  /** `namespace/pod`, or an address. */
  readonly name: string;
  readonly endpoint: Endpoint;
}

export interface ResolvedEnd {
  /** Not empty, unless a diagnostic is an error; a pod once for each version of IP that is asked about and of which it has an address. */
  readonly ends: readonly End[];
  readonly diagnostics: readonly Diagnostic[];
}

/** Finds out who is meant by `from` or `to`; `namespace` is that of names without one. */
export type EndResolver = (end: ExpectedEnd, side: "from" | "to", namespace: string) => ResolvedEnd;

/** Packets of one version of IP. */
export interface VersionWays {
  readonly version: IpVersion;
  /** They tell addresses outside the cluster apart: of those that no way tells apart, a block gives the first. */
  readonly ways: readonly Reach<Endpoint>[];
}

/** `versions`: those that are asked about, at least one. */
export function endResolver(
  objects: readonly KubernetesObject[],
  versions: readonly VersionWays[],
  specification?: Specification,
): EndResolver {
  const grounds = versions.map(({ version, ways }) => {
    const finder = endpointFinder(objects, version, specification);
    let outside: readonly { readonly members: readonly AddressRange[] }[] | undefined;
    return {
      version,
      finder,
      get outside() {
        const own = finder.cluster.endpoints.filter(({ kind }) => kind === "pod");
        return (outside ??= outsideClasses(ways, own, version));
      },
    };
  });
  const { cluster } = grounds[0]!.finder;
  const asked = grounds.length > 1 ? "address" : `IPv${cluster.version} address`;
  const pods = podsByNamespace(objects);
  const known = new Map<string, ResolvedEnd>();

  function resolveName(text: string, side: "from" | "to", namespace: string): ResolvedEnd {
    const found = grounds.map(({ finder }) => finder.find(text, side, namespace));
    const ends = found.flatMap((each) => ("code" in each ? [] : each.endpoints.map(endOf)));
    if (ends.length > 0) return { ends, diagnostics: [] };
    return { ends, diagnostics: found.filter((each) => "code" in each).slice(0, 1) };
  }

  function resolvePods({ namespaces, podSelector }: PodsEnd): ResolvedEnd {
    const within =
      typeof namespaces === "string"
        ? [namespaces].filter((name) => pods.has(name))
        : [...pods.keys()].filter((name) => selects(namespaces, cluster.labelsOfNamespace(name)));
    const matching = within.flatMap((name) =>
      pods.get(name)!.filter((pod) => !podSelector || selects(podSelector, pod.labels)),
    );
    if (matching.length === 0) {
      const reason = whyNobody(namespaces, within, [...pods.keys()]);
      return { ends: [], diagnostics: [diagnostic("selector-selects-nobody", { reason })] };
    }
    const ends: End[] = [];
    const left: Pod[] = [];
    for (const pod of matching) {
      const its = grounds.flatMap(({ finder }) => finder.cluster.endpoint(`${pod.namespace}/${pod.name}`) ?? []);
      ends.push(...its.map(endOf));
      if (its.length === 0) left.push(pod);
    }
    const some = { count: left.length, pods: listOf(left.map(({ namespace, name }) => `${namespace}/${name}`)) };
    const reason = `${some.pods} ${left.length === 1 ? "has" : "have"} finished, or no ${asked}`;
    if (ends.length === 0) return { ends, diagnostics: [diagnostic("selector-selects-nobody", { reason })] };
    return { ends, diagnostics: left.length > 0 ? [diagnostic("pods-not-checked", some)] : [] };
  }

  function resolveBlock(block: BlockEnd): ResolvedEnd {
    const ranges = rangesOf(block);
    const ends: End[] = [];
    const version = ranges[0] && versionOf(ranges[0].first);
    for (const { finder, outside } of grounds.filter((each) => each.version === version)) {
      const own = finder.cluster.endpoints.filter(({ kind }) => kind === "pod");
      ends.push(...own.filter(({ address }) => blockHolds(block, address)).map(endOf));
      for (const { members } of outside) {
        const first = firstCommon(members, ranges);
        if (first === undefined) continue;
        const address = formatIp(first);
        ends.push({ name: address, endpoint: finder.cluster.endpoint(address)! });
      }
    }
    const reason = `the block holds no ${asked}`;
    return { ends, diagnostics: ends.length === 0 ? [diagnostic("selector-selects-nobody", { reason })] : [] };
  }

  function resolve(end: ExpectedEnd, side: "from" | "to", namespace: string): ResolvedEnd {
    if (end.kind === "name") return resolveName(end.text, side, namespace);
    return end.kind === "pods" ? resolvePods(end) : resolveBlock(end);
  }

  return (end, side, namespace) => {
    const key = keyOf(end, side, namespace);
    let resolved = known.get(key);
    if (!resolved) known.set(key, (resolved = resolve(end, side, namespace)));
    return resolved;
  };
}

/** `x/a, x/b, x/c and 9 more` */
export function listOf(names: readonly string[], most = 3): string {
  const shown = names.slice(0, most).join(", ");
  return names.length > most ? `${shown} and ${names.length - most} more` : shown;
}

function endOf(endpoint: Endpoint): End {
  const name = endpoint.kind === "outside" ? endpoint.address : `${endpoint.pod.namespace}/${endpoint.pod.name}`;
  return { name, endpoint };
}

/** What is written alike means the same. */
function keyOf(end: ExpectedEnd, side: string, namespace: string): string {
  if (end.kind === "name") return JSON.stringify([side, end.text, namespace]);
  return JSON.stringify({ ...end, text: "", offset: 0 }, (key, value: unknown) =>
    value instanceof Map ? [...value] : key === "offset" ? 0 : value,
  );
}

function podsByNamespace(objects: readonly KubernetesObject[]): ReadonlyMap<string, readonly Pod[]> {
  const found = new Map<string, Pod[]>();
  for (const object of objects) if (object.kind === "Namespace") found.set(object.name, []);
  for (const object of objects) {
    if (object.kind !== "Pod") continue;
    const others = found.get(object.namespace);
    if (others) others.push(object);
    else found.set(object.namespace, [object]);
  }
  return found;
}

function whyNobody(namespaces: PodsEnd["namespaces"], within: readonly string[], known: readonly string[]): string {
  if (within.length > 0) return `none of the pods in ${listOf(within.map((name) => `namespace ${name}`))} does`;
  if (typeof namespaces !== "string") return "no namespace has these labels";
  const near = suggest(namespaces, known);
  return `there is no namespace ${quote(namespaces)}${near === undefined ? "" : `, is ${near} meant?`}`;
}

/** The addresses of a block, ascending. */
function rangesOf({ cidr, except }: BlockEnd): readonly AddressRange[] {
  const [whole, ...holes] = [cidr, ...except].map((text) => networkOfBlock(text));
  if (!whole) return [];
  return withoutRanges(
    [rangeOf(whole)],
    holes.flatMap((hole) => (hole ? [rangeOf(hole)] : [])),
  );
}
