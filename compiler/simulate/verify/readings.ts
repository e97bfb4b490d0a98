import type { Deviation } from "../../engines/deviation.js";
import type { KubernetesObject } from "../../model/objects.js";
import type { Cluster, Endpoint } from "../cluster.js";
import type { Traffic } from "../traffic.js";
import { alterationsOf, type Alterations, type Occurrence, type Stop } from "./alterations.js";
import { alteredTraffic } from "./altered-spec.js";
import { collisionsIn } from "./collisions.js";
import { Holders } from "./holders.js";
import { occurrencesIn } from "./occurrences.js";

/** A cluster as an engine with some deviations may read it. */
export class Readings {
  private readonly occurrences: readonly Occurrence[];
  private readonly all: Alterations;
  private readonly holders: Holders;
  private readonly namespacesAt = new Map<string, Set<string>>();

  /** `names`: readable names of the sets there are; `stops`: where the engine says that it gave up. */
  constructor(
    objects: readonly KubernetesObject[],
    private readonly cluster: Cluster,
    deviations: readonly Deviation[],
    names: ReadonlySet<string>,
    private readonly stops: readonly Stop[],
  ) {
    const codes = deviations.map(({ code }) => code);
    const collisions = codes.includes("npm-hash-collision") ? collisionsIn(objects, names) : [];
    const found = occurrencesIn(objects, new Set(codes), collisions, stops);
    // In the order of the deviations; sorting is stable.
    this.occurrences = found.toSorted((a, b) => codes.indexOf(a.code) - codes.indexOf(b.code));
    this.all = alterationsOf(this.occurrences);
    this.holders = new Holders(objects, cluster, collisions);
    for (const object of objects) {
      if (object.kind !== "Pod") continue;
      const namespaces = this.namespacesAt.get(object.ip);
      if (namespaces) namespaces.add(object.namespace);
      else this.namespacesAt.set(object.ip, new Set([object.namespace]));
    }
  }

  /** What passes when the deviations show in these places, or everywhere. */
  traffic(source: Endpoint, destination: Endpoint, places?: readonly Occurrence[]): Traffic {
    const altered = places ? alterationsOf(places) : this.all;
    const ends = { source: this.holders.of(source, altered), destination: this.holders.of(destination, altered) };
    return alteredTraffic(this.cluster, ends, altered, this.stops);
  }

  /** The places that may matter for packets between the two. */
  candidates(source: Endpoint, destination: Endpoint): readonly Occurrence[] {
    const ends = [source.address, destination.address];
    return this.occurrences.filter(({ reach }) => {
      if (!reach) return true;
      if ("address" in reach) return ends.includes(reach.address);
      return ends.some((address) => this.namespacesAt.get(address)?.has(reach.namespace));
    });
  }
}
