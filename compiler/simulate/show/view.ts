import type { Matrix } from "../matrix.js";
import type { Passage } from "../reach.js";
import { allTraffic, noTraffic, subtractTraffic, unionTraffic, type Traffic } from "../traffic.js";

/** A matrix, and what of it is shown. */
export interface MatrixView {
  readonly matrix: Matrix;
  readonly source: "rules" | "spec";
  /** What it was read from, for people: `the rules of azure-npm v2`. */
  readonly by: string;
  /** Show only traffic that is allowed, or only traffic that is not. */
  readonly only?: "allowed" | "denied";
  /** Show only pairs of which one is this endpoint, by index. */
  readonly focus?: number;
  /** Names what denies traffic of a pair, such as policies; "" when nothing is known of it. */
  readonly blame: (source: number, destination: number, denied: Traffic) => string;
}

/** What passes from one endpoint to another; undefined when they are no pair, or the view leaves them out. */
export function shownPassage(view: MatrixView, source: number, destination: number): Passage | undefined {
  const { matrix, only, focus } = view;
  if (focus !== undefined && source !== focus && destination !== focus) return undefined;
  const passage = matrix.passage(source, destination);
  if (!passage) return undefined;
  if (only === "allowed" && passage.allowed === noTraffic && passage.depends === noTraffic) return undefined;
  if (only === "denied" && passage.allowed === allTraffic) return undefined;
  return passage;
}

/** The view as a matrix of its own: traffic that is shown takes the place of the allowed one. */
export function shownMatrix(view: MatrixView): Matrix {
  const denied = new Map<Passage, Passage>();
  return {
    endpoints: view.matrix.endpoints,
    isPair: (source, destination) => view.matrix.isPair(source, destination),
    passage(source, destination) {
      const passage = shownPassage(view, source, destination);
      if (!passage || view.only !== "denied") return passage;
      let found = denied.get(passage);
      if (!found) denied.set(passage, (found = { allowed: deniedTraffic(passage), depends: passage.depends }));
      return found;
    },
  };
}

/** What passes in no case. */
export function deniedTraffic({ allowed, depends }: Passage): Traffic {
  return subtractTraffic(allTraffic, unionTraffic(allowed, depends));
}
