import type { Location } from "../../text/source.js";

/** One thing that somebody changed, small enough to be taken back alone. */
export interface Edit {
  /** Place in the list of all edits, from 0. */
  readonly id: number;
  readonly kind: "added" | "removed" | "changed" | "moved" | "renamed" | "reordered";
  /** `NetworkPolicy shop/api`, `Deployment shop/web`, `Namespace shop`. */
  readonly object: string;
  /** As the API server spells it; absent where the object as a whole is meant. */
  readonly field?: string;
  /** What stood there, and where; absent for an object that is not there. Of a field that is not, only where it would be. */
  readonly before?: EditSide;
  readonly after?: EditSide;
}

/** What people call an edit: `#1` is the first. */
export function editNumber(id: number): number {
  return id + 1;
}

export interface EditSide {
  /** The value as JSON; of a name, a count or an order in words. */
  readonly text?: string;
  readonly location?: Location;
}

/** Something that was done to the files and changes no object. */
export interface Note {
  readonly kind: "moved-file" | "rewritten";
  readonly object: string;
  readonly before: Location;
  readonly after: Location;
}
