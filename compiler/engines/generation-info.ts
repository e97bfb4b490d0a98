import type { Flavour } from "../netfilter/flavour.js";

/** What a generation of an engine is, for people who have to choose one. */
export interface GenerationInfo {
  readonly id: string;
  /** The release that is emulated: `v1.8.12`. */
  readonly release: string;
  /** Tags of the releases that behaved so: `v1.0.9 to v1.0.17`. */
  readonly releases: string;
  /** Days on which the first release's changes and the next generation's were merged, `2018-07-19`; the last has no end. */
  readonly from: string;
  readonly until?: string;
  /** Emulated unless the user says otherwise: `1.29`. */
  readonly kubernetes: string;
  /** The first is the default. */
  readonly flavours: readonly Flavour[];
  /** What is different from the generation before, in a line. */
  readonly summary: string;
  readonly quirks: readonly Quirk[];
}

/** Something a generation does that a reader of the Kubernetes specification would not expect. */
export interface Quirk {
  /** `drop-order`, for lists and for the command line. */
  readonly name: string;
  /** Release or commit, and file or observation, that shows it. */
  readonly source: string;
  /** What it does to traffic, or to what stands on the node. */
  readonly consequence: string;
  /** The smallest case that shows it. */
  readonly example: string;
}
