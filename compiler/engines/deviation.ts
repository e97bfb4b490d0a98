/** A way in which the rules that an engine makes differ from the NetworkPolicy specification. */
export interface Deviation {
  /** Stable, for programs and for the command line: `npm-not-in-is-or`. */
  readonly code: string;
  /** One line for people. */
  readonly title: string;
  /** What the engine does, and to which traffic. */
  readonly cause: string;
  /** The releases that behave so, in words: `v1.4.1 and newer`. */
  readonly releases: string;
  /** Ids of the generations whose own release is among them, newest first. */
  readonly generations: readonly string[];
  /** What to write instead. */
  readonly advice: string;
}
