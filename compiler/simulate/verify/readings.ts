import type { Deviation } from "../../engines/deviation.js";
import { keyOf, type KubernetesObject } from "../../model/objects.js";
import type { Cluster, Endpoint } from "../cluster.js";
import type { Traffic } from "../traffic.js";
import { alterationsOf, unaltered, type Alterations, type Occurrence, type Stop } from "./alterations.js";
import { isSubject } from "./altered-selectors.js";
import { alteredTraffic } from "./altered-spec.js";
import { collisionsIn } from "./collisions.js";
import { Holders } from "./holders.js";
import type { Reader } from "./reader.js";
import { occurrencesIn } from "./occurrences.js";

/** A cluster as an engine with some deviations may read it. */
export class Readings implements Reader {
  /** Every place where a deviation may show, in the order of the deviations. */
  readonly occurrences: readonly Occurrence[];
  private readonly all: Alterations;
  /** Those that make policies select more, and none that makes them select less. */
  private readonly widest: Alterations;
  private readonly holders: Holders;
  private readonly places: ReadonlyMap<Occurrence, number>;
  private readonly known = new Map<string, Alterations>();
  private readonly selecting = new Map<string, ReadonlySet<string>>();

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
    this.occurrences = found.toSorted((a, b) => codes.indexOf(a.code) - codes.indexOf(b.code));
    this.places = new Map(this.occurrences.map((occurrence, index) => [occurrence, index]));
    this.all = alterationsOf(this.occurrences);
    this.widest = alterationsOf(this.occurrences.filter(({ code }) => !narrowing.has(code)));
    this.holders = new Holders(objects, cluster, collisions);
  }

  /** What passes when the deviations show in these places, or everywhere. */
  traffic(source: Endpoint, destination: Endpoint, places?: readonly Occurrence[]): Traffic {
    const altered = places ? this.alterations(places) : this.all;
    const ends = { source: this.holders.of(source, altered), destination: this.holders.of(destination, altered) };
    return alteredTraffic(this.cluster, ends, altered, this.stops);
  }

  /** The places that may matter for packets between the two: those of their pods, and of policies that may select them. */
  candidates(source: Endpoint, destination: Endpoint): readonly Occurrence[] {
    const ends = [source, destination];
    const policies = ends.map((end) => this.policiesOf(end));
    return this.occurrences.filter(({ object, address, policy, together }) => {
      if (address !== undefined) return ends.some((end) => end.address === address);
      return together || !policy || policies.some((its) => its.has(object));
    });
  }

  /** Those that select an endpoint in any reading. */
  private policiesOf(endpoint: Endpoint): ReadonlySet<string> {
    const known = this.selecting.get(endpoint.address);
    if (known) return known;
    const found = new Set<string>();
    for (const altered of [this.widest, unaltered]) {
      const address = this.holders.of(endpoint, altered);
      for (const policy of this.cluster.policies) if (isSubject(policy, address, altered)) found.add(keyOf(policy));
    }
    this.selecting.set(endpoint.address, found);
    return found;
  }

  /** One object for equal places, so that what is worked out for it is worked out once. */
  private alterations(places: readonly Occurrence[]): Alterations {
    const key = places.map((place) => this.places.get(place)).join();
    let found = this.known.get(key);
    if (!found) {
      if (this.known.size >= maxKnown) this.known.clear();
      this.known.set(key, (found = alterationsOf(places)));
    }
    return found;
  }
}

const maxKnown = 5000;

const narrowing: ReadonlySet<string> = new Set([
  "npm-in-is-and",
  "npm-ignores-deleted-pods",
  "npm-ignores-unknown-pods",
]);
