import type { Caveat } from "../caveat.js";

/** The vectors are of v1.4.9. */
export const caveatsV1: readonly Caveat[] = [
  {
    before: ["v1.4.5"],
    shows: "rules",
    what: "what it makes of several values of a label is taken from v1.2.2",
  },
];

/** The vectors are of v1.2.2; v1.0.32 was run beside anpm on random clusters, the code of v1.0.31 was read. */
export const caveats2020: readonly Caveat[] = [
  {
    before: ["v1.1.5"],
    shows: "rules",
    what: "blocks stand in rules, and their exceptions are DROPs",
  },
  {
    before: ["v1.1.1"],
    shows: "rules",
    what: "policies of one selector are merged, and a rule that is there is not added again",
  },
];

/** The vectors are of v1.0.30; the code of v1.0.28 and v1.0.29 was read. */
export const caveats2019b: readonly Caveat[] = [
  {
    before: ["v1.0.30"],
    shows: "rules",
    what: "its DROPs stand in TARGET-SETS alone, and exceptions behind their blocks",
  },
  {
    before: ["v1.0.29"],
    shows: "rules",
    what: "a direction that a rule {} opens has a DROP, and finished pods stand in no set",
  },
  {
    before: ["v1.0.28"],
    shows: "rules",
    what: "at its start it brings back /var/log/iptables.conf, of which nothing is known",
  },
];
