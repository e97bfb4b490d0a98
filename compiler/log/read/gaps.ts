import type { Gap } from "./rebuild.js";

/** What a gap means for the tables that are made of a log. */
export const gapMeanings: Readonly<Record<Gap, string>> = {
  "rules-not-logged": "NPM v2 does not log the rules and sets that it programs, so the tables are nearly empty",
  "members-not-logged": "up to v1.0.22 NPM does not log the members of sets, so the sets are empty",
  "starts-late": "the log changes chains, rules or sets that it did not create: what came before it is missing",
};
