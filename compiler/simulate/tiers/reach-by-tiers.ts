import type { Circumstances } from "../circumstances.js";
import type { Endpoint } from "../cluster.js";
import { blockHolds } from "../block.js";
import { networkOfBlock, rangeOf } from "../ip.js";
import { passagesOf, type Reach } from "../reach.js";
import { Stretches } from "../stretches.js";
import { intersectTraffic, protocols, subtractTraffic } from "../traffic.js";
import { isMeant } from "./fate.js";
import type { Holder } from "./holders.js";
import type { Whereabouts } from "./node-map.js";
import type { Place, RuleEnd } from "./rule-end.js";
import type { TieredCluster } from "./tiered-cluster.js";
import { decidedBetween } from "./way.js";

/** Who reaches whom by the documentation of tiers: what `judgeByTiers` says, for all packets between two classes at once. */
export function reachesByTiers(cluster: TieredCluster): (known: Circumstances) => Reach<Endpoint> {
  const stretches = stretchesOf(cluster);
  const sources = new Classes(cluster, stretches, "source");
  const destinations = new Classes(cluster, stretches, "destination");
  const passage = passagesOf();
  return (known) => ({
    sourceClass: (endpoint) => sources.classOf(endpoint).number,
    destinationClass: (endpoint) => destinations.classOf(endpoint).number,
    between(sourceClass, destinationClass) {
      const [source, destination] = [sources.classes[sourceClass]!, destinations.classes[destinationClass]!];
      const question = { source: source.place, destination: destination.place, known };
      const { possible, denied } = decidedBetween(cluster, question);
      const depends = intersectTraffic(possible, denied);
      return passage(subtractTraffic(possible, depends), depends);
    },
    borders: () => stretches.borders,
  });
}

/** Endpoints that nothing tells apart at one end of a packet. */
interface TierClass {
  readonly number: number;
  readonly place: Place;
}

class Classes {
  readonly classes: TierClass[] = [];
  readonly #byEndpoint = new WeakMap<Endpoint, TierClass>();
  readonly #byFacts = new Map<string, TierClass>();
  readonly #bySignature = new Map<string, TierClass>();
  readonly #cluster: TieredCluster;
  readonly #stretches: Stretches;
  /** What rules say of this end, each distinct thing once. */
  readonly #ends: readonly RuleEnd[];

  constructor(cluster: TieredCluster, stretches: Stretches, side: "source" | "destination") {
    this.#cluster = cluster;
    this.#stretches = stretches;
    this.#ends = [...new Map([...cluster.rules()].map((rule) => [rule[side].key, rule[side]])).values()];
  }

  classOf(endpoint: Endpoint): TierClass {
    let found = this.#byEndpoint.get(endpoint);
    if (found) return found;
    const facts = this.#factsOf(endpoint);
    found = this.#byFacts.get(facts);
    if (!found) this.#byFacts.set(facts, (found = this.#classify(endpoint)));
    this.#byEndpoint.set(endpoint, found);
    return found;
  }

  /** Everything about an endpoint that policies can see. */
  #factsOf({ address }: Endpoint): string {
    const holders = this.#cluster.holders.of(address).map(keyOfHolder);
    return `${this.#stretches.of(address)} ${this.#cluster.map.find(address).kind} ${holders.join(" ")}`;
  }

  #classify(endpoint: Endpoint): TierClass {
    const where = this.#cluster.map.find(endpoint.address);
    const place = this.#cluster.placeOf(endpoint);
    const meant = this.#ends.map((end) => {
      if (!isMeant(end, place)) return "-";
      return end.ports ? protocols.map((protocol) => end.ports!(place, protocol).join()).join("/") : "+";
    });
    const translations = JSON.stringify(this.#cluster.translationsOf(endpoint.address));
    const signature = `${this.#enforced(where)} ${this.#blocks(endpoint.address)} ${translations} ${meant.join(" ")}`;
    let found = this.#bySignature.get(signature);
    if (!found) {
      found = { number: this.classes.length, place };
      this.classes.push(found);
      this.#bySignature.set(signature, found);
    }
    return found;
  }

  /** What the node enforces there. */
  #enforced(where: Whereabouts): string {
    const hostEndpoint = this.#cluster.map.hostEndpointAt(where);
    const at = `${where.kind} ${hostEndpoint?.name ?? ""}`;
    if (where.kind !== "pod") return at;
    const tiers = (["ingress", "egress"] as const).map((direction) =>
      this.#cluster
        .tiersOf(where.pod, direction, "normal")
        .flatMap(({ policies }) => policies.map(({ kind, object }) => `${kind} ${object}`)),
    );
    return `${at} ${JSON.stringify(tiers)}`;
  }

  /** In which of the blocks of failsafe ports, of tunnels and of services it is. */
  #blocks(address: string): string {
    const { failsafe, tunnels, services, nodeServices, neverUntracked, proxied } = this.#cluster.specification;
    const holds = (cidr: string): boolean => blockHolds({ cidr, except: [] }, address);
    return [
      ...[...failsafe.inbound, ...failsafe.outbound].map(({ net }) => net === undefined || holds(net)),
      ...tunnels.map(({ peers }) => peers?.some(holds) ?? true),
      services.blocks.some(holds),
      ...nodeServices.map((service) => service.address === address),
      ...neverUntracked.map(({ source }) => source === address),
      proxied !== undefined && this.#cluster.map.isHosts(address),
    ]
      .map(Number)
      .join("");
  }
}

function keyOfHolder({ labels, namespace, account, ports, pod }: Holder): string {
  return JSON.stringify([[...labels], namespace?.name, account?.name, ports, pod !== undefined]);
}

/** By the blocks that anything speaks of. */
function stretchesOf(cluster: TieredCluster): Stretches {
  const { interfaces, failsafe, tunnels, services, nodeServices, neverUntracked, translations } = cluster.specification;
  const blocks = [
    ...[...cluster.rules()].flatMap(({ source, destination }) => [...source.blocks, ...destination.blocks]),
    ...cluster.holders.blocks,
    ...interfaces.flatMap(({ addresses, networks }) => [...addresses, ...networks]),
    ...[...failsafe.inbound, ...failsafe.outbound].flatMap(({ net }) => net ?? []),
    ...tunnels.flatMap(({ peers = [] }) => peers),
    ...services.blocks,
    ...nodeServices.flatMap(({ address }) => address ?? []),
    ...neverUntracked.map(({ source }) => source),
    ...translations.map(({ address }) => address),
  ];
  const networks = [...new Set(blocks)].flatMap((block) => networkOfBlock(block) ?? []);
  return new Stretches(networks.map(rangeOf));
}
