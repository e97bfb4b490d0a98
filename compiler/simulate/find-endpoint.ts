import { parseAddress } from "../model/cidr.js";
import type { Specification } from "../engines/specification.js";
import type { KubernetesObject, Pod } from "../model/objects.js";
import { diagnostic, type Diagnostic } from "../text/diagnostic.js";
import { suggest } from "../text/suggest.js";
import { clusterOf, isRunning, otherVersion, type Cluster, type Endpoint } from "./cluster.js";
import { versionOfText } from "./ip.js";
import type { IpVersion } from "../text/ip-version.js";

/** What a name on the command line means. */
export interface FoundEndpoints {
  /** `namespace/pod`, `namespace/Kind/name` of a workload, or an address. */
  readonly name: string;
  /** Running, with addresses of the version of IP, at least one; several only of a workload. */
  readonly endpoints: readonly Endpoint[];
}

/** Finds the endpoints that people name, of packets of one version of IP. */
export interface EndpointFinder {
  readonly cluster: Cluster;
  /**
   * Reads `namespace/pod`, `pod`, the name of a workload in the place of a pod's, `Kind/name`, `namespace/Kind/name`, or an IP
   * address. Names without a namespace are looked up in `namespace`. `option` is what diagnostics call the place: `--from`.
   */
  find(text: string, option: string, namespace: string): FoundEndpoints | Diagnostic;
}

/** `specification`: where that says which addresses stand for those of pods. */
export function endpointFinder(
  objects: readonly KubernetesObject[],
  version: IpVersion,
  specification?: Specification,
): EndpointFinder {
  const cluster = clusterOf(objects, specification, version);
  const other = otherVersion(version);
  const candidates = candidatesOf(objects);
  return {
    cluster,
    find(text, option, namespace) {
      if (parseAddress(text)) {
        if (versionOfText(text) !== version) return diagnostic(other, { option, name: text, address: text });
        return { name: text, endpoints: [cluster.endpoint(text)!] };
      }
      const names = readings(text, namespace).filter((name) => candidates.has(name.toLowerCase()));
      const found = [...new Map(names.flatMap((name) => candidates.get(name.toLowerCase())!.map((c) => [c.name, c])))];
      if (found.length === 0) {
        const suggestion = suggestionFor(text, namespace, candidates) ?? "";
        return diagnostic("endpoint-unknown", { option, name: text, namespace, suggestion });
      }
      if (found.length > 1) {
        return diagnostic("endpoint-ambiguous", { option, name: text, candidates: found.map(([name]) => name) });
      }
      const [name, { pods }] = found[0]!;
      const endpoints = pods.flatMap((pod) => cluster.endpoint(`${pod.namespace}/${pod.name}`) ?? []);
      if (endpoints.length > 0) return { name: name.replace("/Pod/", "/"), endpoints };
      const running = pods.find(isRunning);
      if (!running) return diagnostic("endpoint-not-running", { option, name });
      return diagnostic(other, { option, name: name.replace("/Pod/", "/"), address: running.ip });
    },
  };
}

interface Candidate {
  /** `namespace/Kind/name`, also of a pod. */
  readonly name: string;
  readonly pods: Pod[];
}

/** By what people may write, in lower case: `namespace/name` and `namespace/kind/name`. */
type Candidates = ReadonlyMap<string, readonly Candidate[]>;

function candidatesOf(objects: readonly KubernetesObject[]): Candidates {
  const byName = new Map<string, Candidate>();
  const written = new Map<string, Candidate[]>();
  const add = (pod: Pod, kind: string, name: string): void => {
    const full = `${pod.namespace}/${kind}/${name}`;
    const known = byName.get(full);
    if (known) return void known.pods.push(pod);
    const candidate = { name: full, pods: [pod] };
    byName.set(full, candidate);
    for (const short of [`${pod.namespace}/${name}`, full.toLowerCase()]) {
      const others = written.get(short);
      if (others) others.push(candidate);
      else written.set(short, [candidate]);
    }
  };
  for (const object of objects) {
    if (object.kind !== "Pod") continue;
    add(object, "Pod", object.name);
    const [kind, name] = object.workload?.split("/") ?? [];
    if (kind !== undefined && name !== undefined) add(object, kind, name);
  }
  return written;
}

/** With a namespace in front, all that a text may mean. */
function readings(text: string, namespace: string): readonly string[] {
  const parts = text.split("/").length;
  if (parts === 1) return [`${namespace}/${text}`];
  return parts === 2 ? [text, `${namespace}/${text}`] : [text];
}

function suggestionFor(text: string, namespace: string, candidates: Candidates): string | undefined {
  const known = [...candidates.keys()].filter((name) => name.split("/").length === 2);
  const wanted = text.includes("/") ? text : `${namespace}/${text}`;
  const name = wanted.slice(wanted.lastIndexOf("/") + 1);
  const near = known.filter((each) => each.startsWith(`${namespace}/`) || text.includes("/"));
  return (
    suggest(wanted, near) ??
    known.find((each) => each.endsWith(`/${name}`)) ??
    known.find((each) => suggest(name, [each.slice(each.indexOf("/") + 1)]) !== undefined)
  );
}
