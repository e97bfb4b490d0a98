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
