/**
 * Counts what a document grows to when its aliases are written out, and says when kubectl would refuse it. What passes
 * has at most 400,000 repeated values, or a tenth of all, so that a walk over a tree with shared nodes stays cheap.
 * Source: go.yaml.in/yaml v2.4.2, decode.go, allowedAliasRatio.
 */
export interface AliasBudget {
  /** Values so far, repeated ones included. The document itself counts as one. */
  decoded: number;
  /** Those of them that only aliases brought. */
  aliased: number;
}

export function newAliasBudget(): AliasBudget {
  return { decoded: 1, aliased: 0 };
}

/** Adds an alias to a node that counts `size` values, written out. False when that is too much. */
export function spendAlias(budget: AliasBudget, size: number): boolean {
  budget.decoded += 1 + size;
  budget.aliased += size;
  return (
    budget.aliased <= 100 || budget.decoded <= 1000 || budget.aliased / budget.decoded <= allowedRatio(budget.decoded)
  );
}

/** 0.99 up to 400,000 values, 0.10 from 4,000,000 on, a straight line between. */
function allowedRatio(decoded: number): number {
  if (decoded <= LOW) return 0.99;
  if (decoded >= HIGH) return 0.1;
  return 0.99 - 0.89 * ((decoded - LOW) / (HIGH - LOW));
}

const LOW = 400_000;
const HIGH = 4_000_000;
