import { diagnostic, type Diagnostic } from "../text/diagnostic.js";
import type { KubernetesObject, Labels, Namespace, NetworkPolicy, Pod } from "./objects.js";
import { giveAddresses } from "./pod-addresses.js";

export interface CompleteOptions {
  /** IPv4 block of the addresses that pods are given; 10.240.0.0/16 otherwise. */
  readonly podCidr?: string;
  /** Minor version of the emulated Kubernetes 1.x. */
  readonly kubernetesMinor: number;
}

/** A cluster, and why it could not be completed. */
export interface CompletedCluster {
  /** Namespaces, those that were only mentioned last, then pods, then policies, each in the order of the input. */
  readonly objects: readonly KubernetesObject[];
  readonly diagnostics: readonly Diagnostic[];
}

/**
 * What a cluster adds by itself to objects that were written: namespaces that are only mentioned, the label with a namespace's name (since
 * 1.21), and an address for each pod that has no status yet and is not on the host's network.
 */
export function completeCluster(objects: readonly KubernetesObject[], options: CompleteOptions): CompletedCluster {
  const written: Namespace[] = [];
  const pods: Pod[] = [];
  const policies: NetworkPolicy[] = [];
  for (const object of objects) {
    if (object.kind === "Namespace") written.push(object);
    else if (object.kind === "Pod") pods.push(object);
    else policies.push(object);
  }
  const all = [...written, ...impliedNamespaces(written, objects)];
  const namespaces = options.kubernetesMinor >= 21 ? all.map(withNameLabel) : all;
  const { pods: addressed, diagnostics } = withAddresses(pods, options.podCidr);
  return { objects: [...namespaces, ...addressed, ...policies], diagnostics };
}

function impliedNamespaces(written: readonly Namespace[], objects: readonly KubernetesObject[]): readonly Namespace[] {
  const known = new Set(written.map((namespace) => namespace.name));
  const implied: Namespace[] = [];
  for (const object of objects) {
    if (object.kind === "Namespace" || known.has(object.namespace)) continue;
    known.add(object.namespace);
    const { namespace: name, offset, source } = object;
    implied.push({ kind: "Namespace", name, labels: new Map(), implied: true, offset, source });
  }
  return implied;
}

const nameLabel = "kubernetes.io/metadata.name";

/** The API server sets the label whatever was written. */
export function withNameLabel(namespace: Namespace): Namespace {
  if (namespace.labels.get(nameLabel) === namespace.name) return namespace;
  const labels = new Map(namespace.labels).set(nameLabel, namespace.name);
  const sorted: Labels = new Map([...labels].sort(([left], [right]) => (left < right ? -1 : 1)));
  return { ...namespace, labels: sorted };
}

/** An address for each pod that waits for one; `others` are pods that have theirs. */
export function withAddresses(
  pods: readonly Pod[],
  podCidr = "10.240.0.0/16",
  others: readonly Pod[] = [],
): { pods: readonly Pod[]; diagnostics: readonly Diagnostic[] } {
  if (!pods.some(needsAddress)) return { pods, diagnostics: [] };
  const waiting = pods.filter((pod) => needsAddress(pod) && !pod.addresses);
  const taken = [...pods, ...others].filter((pod) => pod.ip !== "").map((pod) => pod.ip);
  const addresses = giveAddresses(waiting, taken, podCidr);
  if ("kind" in addresses) {
    const found =
      addresses.kind === "invalid"
        ? diagnostic("pod-cidr-invalid", { text: podCidr })
        : diagnostic("pod-cidr-full", { cidr: podCidr, free: addresses.free, pods: addresses.pods });
    return { pods, diagnostics: [found] };
  }
  let next = 0;
  const addressed = (pod: Pod): Pod => ({ ...pod, ip: pod.addresses?.[0] ?? addresses[next++]! });
  return { pods: pods.map((pod) => (needsAddress(pod) ? addressed(pod) : pod)), diagnostics: [] };
}

function needsAddress(pod: Pod): boolean {
  return pod.phase === "" && pod.ip === "" && !pod.hostNetwork;
}
