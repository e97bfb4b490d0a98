import type { Endpoint } from "../cluster.js";
import type { Traffic } from "../traffic.js";
import type { Occurrence } from "./alterations.js";

/** What a cluster's policies mean to an engine with known deviations. */
export interface Reader {
  /** Every place where a deviation may show, in the order of the deviations. */
  readonly occurrences: readonly Occurrence[];
  /** What passes when the deviations show in these places, or everywhere. */
  traffic(source: Endpoint, destination: Endpoint, places?: readonly Occurrence[]): Traffic;
  /** Of packets of a known connection, what is refused as if it were new when the deviations show in these places, or everywhere. */
  refusedAnyway?(source: Endpoint, destination: Endpoint, places?: readonly Occurrence[]): Traffic;
  /** The places that may matter for packets between the two. */
  candidates(source: Endpoint, destination: Endpoint): readonly Occurrence[];
}
