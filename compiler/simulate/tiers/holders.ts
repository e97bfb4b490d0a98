import { selectorHolds, type Selector } from "../../model/calico/selector.js";
import type { HostEndpoint } from "../../model/calico/objects.js";
import type { Labels, Pod } from "../../model/objects.js";
import type { Resource } from "../../model/resources.js";
import { plainIp } from "../ip.js";
import { noAlterations, type TierAlterations } from "./alterations.js";
import { blockTest, type BlockTest } from "./blocks.js";

/** Something with labels and addresses that selectors choose: a pod, a host endpoint, a network set. */
export interface Holder {
  readonly labels: Labels;
  /** Absent: it lies in no namespace. */
  readonly namespace?: { readonly name: string; readonly labels: Labels };
  /** Absent: it runs under no service account. */
  readonly account?: { readonly name: string; readonly labels: Labels };
  readonly ports: readonly { readonly name: string; readonly protocol: string; readonly port: number }[];
  readonly pod?: Pod;
}

/** Who has which address. Several may have one: a pod is in a network set, too. */
export class Holders {
  readonly #byAddress = new Map<string, Holder[]>();
  readonly #ofBlocks: { readonly block: string; readonly holds: BlockTest; readonly holder: Holder }[] = [];
  readonly #namespaces: (name: string) => Labels;
  readonly #accounts = new Map<string, Labels>();
  readonly #profiles = new Map<string, Labels>();
  /** The one of each namespace, where nobody writes it. */
  readonly #usualAccount: Labels;
  readonly #altered: TierAlterations;

  constructor(
    pods: readonly Pod[],
    labelsOfNamespace: (name: string) => Labels,
    resources: readonly Resource[],
    altered: TierAlterations = noAlterations,
  ) {
    this.#altered = altered;
    const named = (name: string): readonly [string, string][] =>
      altered.has("calico-names-no-namespaces") ? [] : [["projectcalico.org/name", name]];
    this.#usualAccount = new Map(named("default"));
    this.#namespaces = (name) => new Map([...labelsOfNamespace(name), ...named(name)]);
    for (const each of resources) {
      if (each.kind === "ServiceAccount") {
        this.#accounts.set(`${each.namespace}/${each.name}`, new Map([...each.labels, ...named(each.name)]));
      } else if (each.kind === "Profile") this.#profiles.set(each.name, each.labelsToApply);
    }
    for (const pod of pods) {
      const holder = this.ofPod(pod);
      for (const address of addressesOf(pod)) this.#add(address, holder);
    }
    for (const each of resources) {
      if (each.kind === "HostEndpoint") {
        const holder = this.ofHostEndpoint(each);
        for (const address of each.expectedIPs) this.#add(plainIp(address), holder);
      } else if (each.kind === "GlobalNetworkSet" || each.kind === "NetworkSet") {
        const namespace =
          each.namespace === "" ? undefined : { name: each.namespace, labels: this.#namespaces(each.namespace) };
        const holder: Holder = { labels: each.labels, ports: [], ...(namespace && { namespace }) };
        for (const block of each.nets) this.#ofBlocks.push({ block, holds: blockTest(block), holder });
      }
    }
  }

  of(address: string): readonly Holder[] {
    const inBlocks = this.#ofBlocks.filter(({ holds }) => holds(address)).map(({ holder }) => holder);
    return [...(this.#byAddress.get(address) ?? []), ...inBlocks];
  }

  ofPod(pod: Pod): Holder {
    const { namespace, serviceAccount = "default", ports, initPorts = [] } = pod;
    const counted = this.#altered.on("calico-names-init-ports", pod) ? [...ports, ...initPorts] : ports;
    const written = this.#accounts.get(`${namespace}/${serviceAccount}`);
    const labels = written ?? (serviceAccount === "default" ? this.#usualAccount : new Map<string, string>());
    return {
      labels: pod.labels,
      namespace: { name: namespace, labels: this.#namespaces(namespace) },
      account: { name: serviceAccount, labels },
      ports: counted
        .filter(({ name }) => name !== "")
        .map(({ name, protocol, containerPort }) => ({
          name,
          protocol: protocol.toLowerCase(),
          port: containerPort,
        })),
      pod,
    };
  }

  ofHostEndpoint({ labels, profiles, ports }: HostEndpoint): Holder {
    const inherited = profiles.toReversed().flatMap((name) => [...(this.#profiles.get(name) ?? [])]);
    return {
      labels: new Map([...inherited, ...labels]),
      ports: ports.map((each) => ({ ...each, protocol: String(each.protocol).toLowerCase() })),
    };
  }

  /** Blocks of network sets. */
  get blocks(): readonly string[] {
    return this.#ofBlocks.map(({ block }) => block);
  }

  #add(address: string, holder: Holder): void {
    const others = this.#byAddress.get(address);
    if (others) others.push(holder);
    else this.#byAddress.set(address, [holder]);
  }
}

/** Every address of a pod. */
export function addressesOf({ addresses, ip }: Pod): readonly string[] {
  return (addresses ?? (ip === "" ? [] : [ip])).map(plainIp);
}

/** Whether a selector of endpoints takes one in. */
export function chooses(selector: Selector, { labels, namespace, account, pod }: Holder): boolean {
  return selectorHolds(selector, (label) => {
    if (label === "projectcalico.org/namespace") return namespace?.name;
    if (label === "projectcalico.org/orchestrator") return pod ? "k8s" : labels.get(label);
    if (label === "projectcalico.org/serviceaccount") return account?.name ?? labels.get(label);
    return labels.get(label) ?? inherited(label, "pcns.", namespace) ?? inherited(label, "pcsa.", account);
  });
}

function inherited(label: string, prefix: string, from: { readonly labels: Labels } | undefined): string | undefined {
  return label.startsWith(prefix) ? from?.labels.get(label.slice(prefix.length)) : undefined;
}
