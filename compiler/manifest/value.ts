/**
 * A value of a document with its place. A node that an alias repeats is the same object in both places: a document is a
 * graph without circles. Walking it as a tree is safe. Aliases add 400,000 values or a tenth at most, nesting ends at 1,000
 * (twice that, by aliases of deep values), see alias-budget.ts and parse-events.ts.
 */
export type Value = Scalar | Sequence | Mapping;

/** `offset`s are 0-based UTF-16 code units into the text of the document's source. */
export interface Scalar {
  readonly kind: "scalar";
  readonly offset: number;
  /** What it means to kubectl: YAML 1.1 words are booleans, `0120` is 80. A bigint is an integer beyond 2^53. */
  readonly value: string | number | bigint | boolean | null;
  /**
   * True for a number that kubectl sends with a point or an exponent. In YAML `80.0` and `8e1` are sent as 80, so this is
   * false for them; in JSON the number is sent as written.
   */
  readonly float: boolean;
  /** As written, less quotes (`yes`, `0x50`); equals `value` for a string. */
  readonly text: string;
}

export interface Sequence {
  readonly kind: "sequence";
  readonly offset: number;
  readonly items: readonly Value[];
}

export interface Mapping {
  readonly kind: "mapping";
  readonly offset: number;
  /** In written order, merge keys (`<<`) resolved; repeated keys stay, the last one counts. */
  readonly entries: readonly Entry[];
}

export interface Entry {
  readonly key: string;
  readonly keyOffset: number;
  readonly value: Value;
}

/** One document of a source, or one item of a List in it. */
export interface Document {
  readonly source: import("../text/source.js").Source;
  readonly value: Value;
}
