import type { Specification } from "../../engines/specification.js";
import type { HostEndpoint } from "../../model/calico/objects.js";
import type { Pod } from "../../model/objects.js";
import { blockTest, type BlockTest } from "./blocks.js";
import { addressesOf } from "./holders.js";

/** Where an address is, seen from the node. */
export type Whereabouts =
  /** A pod of the node, behind its own interface; addresses that stand for its own are there, too. */
  | { readonly kind: "pod"; readonly pod: Pod }
  /** The node itself. */
  | { readonly kind: "node" }
  /** Behind an interface of the node; undefined where it has none. */
  | { readonly kind: "beyond"; readonly interface: string | undefined };

/** Which addresses are where, and which host endpoint an interface has. */
export class NodeMap {
  readonly #specification: Specification;
  /** Those of the node, by address. */
  readonly #pods: ReadonlyMap<string, Pod>;
  /** What was found out so far. */
  readonly #found = new Map<string, Whereabouts>();
  /** The longest network first, as in a table of routes. */
  readonly #routes: readonly { readonly name: string; readonly holds: BlockTest }[];
  /** By name. */
  readonly #hostEndpoints: readonly HostEndpoint[];

  /** `pods`: those that policies know. */
  constructor(specification: Specification, pods: readonly Pod[]) {
    this.#specification = specification;
    // Of several at one address, the last is the one that runs there.
    const local = pods.filter((pod) => isLocal(pod, specification.node));
    const own = new Map(local.flatMap((pod) => addressesOf(pod).map((address) => [address, pod] as const)));
    // A route leads there what is for an address that stands for a pod's.
    const nodes = new Set(specification.interfaces.flatMap(({ addresses }) => addresses));
    const standing = specification.translations.flatMap(({ address, only, to }) => {
      const pod = only || nodes.has(address) ? undefined : own.get(to);
      return pod ? [[address, pod] as const] : [];
    });
    this.#pods = new Map([...standing, ...own]);
    this.#routes = specification.interfaces
      .flatMap(({ name, networks }) => networks.map((net) => ({ name, net, holds: blockTest(net) })))
      .toSorted((a, b) => Number(b.net.split("/")[1]) - Number(a.net.split("/")[1]));
    this.#hostEndpoints = specification.resources
      .filter((each): each is HostEndpoint => each.kind === "HostEndpoint" && each.node === specification.node)
      .toSorted((a, b) => (a.name < b.name ? -1 : 1));
  }

  /** Whether any of its interfaces has one. */
  get hasHostEndpoints(): boolean {
    return this.#hostEndpoints.length > 0;
  }

  /** The host endpoint of all interfaces that have none of their own. */
  get wildcard(): HostEndpoint | undefined {
    return this.#hostEndpoints.find(({ interfaceName }) => interfaceName === "*");
  }

  find(address: string): Whereabouts {
    let found = this.#found.get(address);
    if (!found) this.#found.set(address, (found = this.#look(address)));
    return found;
  }

  #look(address: string): Whereabouts {
    const { interfaces } = this.#specification;
    const pod = this.#pods.get(address);
    if (pod) return { kind: "pod", pod };
    if (interfaces.some(({ addresses }) => addresses.includes(address))) return { kind: "node" };
    const near = this.#routes.find(({ holds }) => holds(address));
    return { kind: "beyond", interface: near?.name ?? interfaces[0]?.name };
  }

  /** Whether it is an address that the node has for itself, not for services. */
  isHosts(address: string): boolean {
    return this.#specification.interfaces.some(({ addresses, excluded }) => !excluded && addresses.includes(address));
  }

  /** The host endpoint of an interface: its own, by name or by an address; or the one of all interfaces. Of several the first by name. */
  hostEndpointAt(where: Whereabouts): HostEndpoint | undefined {
    if (where.kind === "node") return undefined;
    const name = where.kind === "beyond" ? where.interface : undefined;
    const at = this.#specification.interfaces.find((each) => each.name === name);
    const own =
      at &&
      !at.excluded &&
      this.#hostEndpoints.find(({ interfaceName, expectedIPs }) =>
        interfaceName === "" ? expectedIPs.some((each) => at.addresses.includes(each)) : interfaceName === at.name,
      );
    return own || this.wildcard;
  }
}

/** Whether a pod runs on a node; those that nobody has scheduled run on the one that is shown. */
function isLocal({ nodeName }: Pod, node: string): boolean {
  return nodeName === node || nodeName === "";
}
