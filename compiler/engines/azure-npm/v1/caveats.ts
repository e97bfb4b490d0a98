import type { Caveat } from "../caveat.js";

/** The vectors are of v1.4.9. */
export const caveatsV1: readonly Caveat[] = [
  {
    before: ["v1.4.5"],
    shows: "rules",
    what: "what it makes of several values of a label is taken from v1.2.2",
  },
];

/** The vectors are of v1.2.2. */
export const caveats2020: readonly Caveat[] = [
  {
    before: ["v1.1.5"],
    shows: "rules",
    what: "the exceptions of a block are DROPs, and verify has no name for what these drop of other policies",
  },
  {
    before: ["v1.1.1"],
    shows: "rules",
    what: "when it merges policies of one selector, and takes them apart, is taken from v1.0.30",
  },
];

/** The vectors are of v1.0.30. */
export const caveats2019b: readonly Caveat[] = [
  {
    before: ["v1.0.30"],
    shows: "rules",
    what: "when it merges policies is taken from v1.0.30, and verify has no name for what follows from its DROPs standing in TARGET-SETS",
  },
  {
    before: ["v1.0.29"],
    shows: "rules",
    what: "all but its DROPs and its finished pods is taken from v1.0.29",
  },
  {
    before: ["v1.0.28"],
    shows: "rules",
    what: "at its start it brings back /var/log/iptables.conf, of which nothing is known",
  },
];
