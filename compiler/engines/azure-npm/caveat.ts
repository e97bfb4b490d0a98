import { has, type Release } from "./release.js";

/** What is known to be different in some releases of a generation, and is not emulated. */
export interface Caveat {
  /** The releases with it: before this one; tags of several branches as for `has`. */
  readonly before?: readonly string[];
  readonly since?: readonly string[];
  /** Where it shows: in rules and sets; or in commands alone. */
  readonly shows: "rules" | "commands";
  /** A clause: `empty sets go at once`. */
  readonly what: string;
}

/** What of it is true of a release. */
export function caveatsOf(release: Release, caveats: readonly Caveat[], shows: Caveat["shows"]): readonly string[] {
  return caveats
    .filter((caveat) => caveat.shows === shows)
    .filter(({ before, since }) => !(before && has(release, ...before)) && !(since && !has(release, ...since)))
    .map(({ what }) => what);
}
