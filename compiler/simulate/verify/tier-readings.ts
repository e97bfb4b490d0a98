import type { Deviation } from "../../engines/deviation.js";
import type { KubernetesObject } from "../../model/objects.js";
import { usualCircumstances, type Circumstances } from "../circumstances.js";
import type { Cluster, Endpoint } from "../cluster.js";
import { TieredCluster } from "../tiers/tiered-cluster.js";
import { decidedBetween, deniedOfConnections } from "../tiers/way.js";
import { alterationsOf, type Occurrence } from "./alterations.js";
import type { Reader } from "./reader.js";
import { tierOccurrences } from "./tier-occurrences.js";

/** A cluster with tiers as an engine with some deviations may read it. */
export class TierReadings {
  readonly occurrences: readonly Occurrence[];
  readonly #objects: readonly KubernetesObject[];
  readonly #cluster: Cluster & { readonly tiered: TieredCluster };
  readonly #places: ReadonlyMap<Occurrence, number>;
  readonly #altered = new Map<string, TieredCluster>();
  readonly #policies = new Map<string, ReadonlySet<string>>();

  constructor(
    objects: readonly KubernetesObject[],
    cluster: Cluster & { readonly tiered: TieredCluster },
    deviations: readonly Deviation[],
  ) {
    this.#objects = objects;
    this.#cluster = cluster;
    const codes = deviations.map(({ code }) => code);
    const found = tierOccurrences(
      objects,
      cluster.tiered.specification,
      cluster.tiered,
      new Set(codes),
      cluster.version,
    );
    this.occurrences = found.toSorted((a, b) => codes.indexOf(a.code) - codes.indexOf(b.code));
    this.#places = new Map(this.occurrences.map((occurrence, index) => [occurrence, index]));
  }

  /** What is read of packets of which something is known. */
  given(circumstances: Circumstances): Reader {
    const known = { ...usualCircumstances[this.#cluster.version], ...circumstances };
    return {
      occurrences: this.occurrences,
      traffic: (source, destination, places = this.occurrences) => {
        const cluster = this.#under(places);
        const question = { source: cluster.placeOf(source), destination: cluster.placeOf(destination), known };
        return decidedBetween(cluster, question).possible;
      },
      refusedAnyway: (source, destination, places = this.occurrences) =>
        deniedOfConnections(this.#under(places), source, destination, known),
      candidates: (source, destination) => this.#candidates(source, destination),
    };
  }

  /** Those of policies that are about one of the two in some reading, and of all other objects. */
  #candidates(source: Endpoint, destination: Endpoint): readonly Occurrence[] {
    const asked = [source, destination].map((end) => this.#policiesOf(end));
    return this.occurrences.filter(({ object, policy }) => !policy || asked.some((its) => its.has(object)));
  }

  #policiesOf({ address }: Endpoint): ReadonlySet<string> {
    let found = this.#policies.get(address);
    if (found) return found;
    const names = [this.#under([]), this.#under(this.occurrences)].flatMap((cluster) => {
      const where = cluster.map.find(address);
      const holders = [where.kind === "pod" ? where.pod : undefined, cluster.map.hostEndpointAt(where)]
        .filter((each) => each !== undefined)
        .map((each) => cluster.holderOf(each));
      const policies = cluster.tiers.flatMap((tier) => tier.policies);
      return policies.filter((policy) => holders.some((holder) => policy.selects(holder)));
    });
    found = new Set(names.map(({ object }) => object));
    this.#policies.set(address, found);
    return found;
  }

  /** One cluster for equal places. */
  #under(places: readonly Occurrence[]): TieredCluster {
    if (places.length === 0) return this.#cluster.tiered;
    const key = places.map((place) => this.#places.get(place)).join();
    let found = this.#altered.get(key);
    if (!found) {
      if (this.#altered.size >= mostAltered) this.#altered.clear();
      found = new TieredCluster(
        {
          pods: this.#objects.filter((object) => object.kind === "Pod"),
          policies: this.#cluster.policies,
          labelsOfNamespace: (name) => this.#cluster.labelsOfNamespace(name),
          specification: this.#cluster.tiered.specification,
        },
        alterationsOf(places),
      );
      this.#altered.set(key, found);
    }
    return found;
  }
}

const mostAltered = 500;
