import { isIpv4Network, parseCidr } from "../../model/cidr.js";
import type { KubernetesObject, Pod } from "../../model/objects.js";
import { selects } from "../../model/selector.js";
import { diagnostic, type Diagnostic } from "../../text/diagnostic.js";
import { quote } from "../../text/quote.js";
import { suggest } from "../../text/suggest.js";
import { blockHolds } from "../block.js";
import { outsideClasses } from "../classes.js";
import type { Endpoint } from "../cluster.js";
import { endpointFinder } from "../find-endpoint.js";
import { formatIpv4, parseIpv4, rangeOf, type AddressRange } from "../ipv4.js";
import type { Reach } from "../reach.js";
import { firstCommon, withoutRanges } from "./address-ranges.js";
import type { BlockEnd, ExpectedEnd, PodsEnd } from "./expectation.js";

/** One that an expectation is about. */
export interface End {
  /** `namespace/pod`, or an address. */
  readonly name: string;
  readonly endpoint: Endpoint;
}

export interface ResolvedEnd {
  /** Not empty, unless a diagnostic is an error; all with IPv4 addresses. */
  readonly ends: readonly End[];
  readonly diagnostics: readonly Diagnostic[];
}

/** Finds out who is meant by `from` or `to`; `namespace` is that of names without one. */
export type EndResolver = (end: ExpectedEnd, side: "from" | "to", namespace: string) => ResolvedEnd;

/** `ways` tell addresses outside the cluster apart: of those that no way tells apart, a block gives the first. */
export function endResolver(objects: readonly KubernetesObject[], ways: readonly Reach<Endpoint>[]): EndResolver {
  const finder = endpointFinder(objects);
  const { cluster } = finder;
  const pods = podsByNamespace(objects);
  const known = new Map<string, ResolvedEnd>();
  let outside: readonly { readonly members: readonly AddressRange[] }[] | undefined;

  function resolveName(text: string, side: "from" | "to", namespace: string): ResolvedEnd {
    const found = finder.find(text, side, namespace);
    if ("code" in found) return { ends: [], diagnostics: [found] };
    return { ends: found.endpoints.map(endOf), diagnostics: [] };
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
      const endpoint = cluster.endpoint(`${pod.namespace}/${pod.name}`);
      if (endpoint && parseIpv4(endpoint.address) !== undefined) ends.push(endOf(endpoint));
      else left.push(pod);
    }
    const some = { count: left.length, pods: listOf(left.map(({ namespace, name }) => `${namespace}/${name}`)) };
    const reason = `${some.pods} ${left.length === 1 ? "has" : "have"} finished, or no IPv4 address`;
    if (ends.length === 0) return { ends, diagnostics: [diagnostic("selector-selects-nobody", { reason })] };
    return { ends, diagnostics: left.length > 0 ? [diagnostic("pods-not-checked", some)] : [] };
  }

  function resolveBlock(block: BlockEnd): ResolvedEnd {
    const own = cluster.endpoints.filter(({ kind }) => kind === "pod");
    const ends = own.filter(({ address }) => parseIpv4(address) !== undefined && blockHolds(block, address)).map(endOf);
    outside ??= outsideClasses(ways, own);
    const ranges = rangesOf(block);
    for (const { members } of outside) {
      const first = firstCommon(members, ranges);
      if (first === undefined) continue;
      const address = formatIpv4(first);
      ends.push({ name: address, endpoint: { kind: "outside", address } });
    }
    const reason = "the block holds no IPv4 address";
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

/** The IPv4 addresses of a block, ascending. */
function rangesOf({ cidr, except }: BlockEnd): readonly AddressRange[] {
  return withoutRanges(ipv4Ranges([cidr]), ipv4Ranges(except));
}

function ipv4Ranges(cidrs: readonly string[]): readonly AddressRange[] {
  return cidrs.flatMap((text) => {
    const cidr = parseCidr(text);
    if (!cidr || !isIpv4Network(cidr)) return [];
    const network = cidr.network.slice(12).reduce((number, byte) => number * 256 + byte, 0);
    return [rangeOf({ network, prefixLength: cidr.prefixLength - (cidr.addressLength - 32) })];
  });
}
