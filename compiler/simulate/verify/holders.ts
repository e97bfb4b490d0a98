import type { KubernetesObject, Labels, Pod } from "../../model/objects.js";
import type { Cluster, Endpoint } from "../cluster.js";
import type { Alterations } from "./alterations.js";
import type { Collision } from "./collisions.js";

/** The pods that an address stands for. By the specification it is the endpoint's own pod, if that has an address of its own. */
export class Holders {
  private readonly byAddress = new Map<string, Pod[]>();

  constructor(
    objects: readonly KubernetesObject[],
    private readonly cluster: Cluster,
    private readonly collisions: readonly Collision[],
  ) {
    for (const object of objects) {
      if (object.kind !== "Pod" || object.ip === "") continue;
      const others = this.byAddress.get(object.ip);
      if (others) others.push(object);
      else this.byAddress.set(object.ip, [object]);
    }
  }

  of(endpoint: Endpoint, altered: Alterations): Address {
    const own = endpoint.kind === "outside" ? undefined : endpoint.pod;
    const pods = (this.byAddress.get(endpoint.address) ?? []).filter((pod) => {
      if (altered.on("npm-ignores-deleted-pods", pod) || altered.on("npm-ignores-unknown-pods", pod)) return false;
      if (pod.hostNetwork && !altered.on("npm-selects-host-network-pods", pod)) return false;
      if (pod.phase === "Succeeded" || pod.phase === "Failed") return altered.on("npm-keeps-finished-pods", pod);
      return pod.hostNetwork || pod === own || altered.on("npm-shared-address", pod);
    });
    return new Address(
      endpoint.address,
      pods,
      this.cluster,
      this.collisions.filter((each) => altered.on("npm-hash-collision", each.at)),
    );
  }
}

/** An address with the pods it stands for. Of several pods, it has the labels, namespaces and ports of each. */
export class Address {
  /** Those of its pods. */
  readonly namespaces: ReadonlySet<string>;

  constructor(
    readonly text: string,
    readonly pods: readonly Pod[],
    private readonly cluster: Cluster,
    private readonly collisions: readonly Collision[],
  ) {
    const namespaces = new Set(pods.map(({ namespace }) => namespace));
    for (const { namespace, labels } of collisions) {
      if (namespace !== undefined && labels.some((label) => this.carries(label.key, label.value)))
        namespaces.add(namespace);
    }
    this.namespaces = namespaces;
  }

  get isPod(): boolean {
    return this.pods.length > 0;
  }

  inNamespace(name: string): boolean {
    return this.namespaces.has(name);
  }

  /** Whether it has the label, or, without a value, the key. */
  hasLabel(key: string, value?: string): boolean {
    if (this.carries(key, value)) return true;
    return this.collisions.some(
      ({ labels, namespace }) =>
        labels.some((label) => label.key === key && label.value === value) &&
        (labels.some((label) => this.carries(label.key, label.value)) ||
          (namespace !== undefined && this.pods.some((pod) => pod.namespace === namespace))),
    );
  }

  /** The same of its namespaces. */
  hasNamespaceLabel(key: string, value?: string): boolean {
    for (const name of this.namespaces) if (carries(this.cluster.labelsOfNamespace(name), key, value)) return true;
    return false;
  }

  private carries(key: string, value: string | undefined): boolean {
    return this.pods.some(({ labels }) => carries(labels, key, value));
  }
}

function carries(labels: Labels, key: string, value: string | undefined): boolean {
  return value === undefined ? labels.has(key) : labels.get(key) === value;
}
