import type { Caveat } from "../caveat.js";

/** The vectors are of v1.4.23, v1.5.50 and cbd7560cf. */
export const caveatsV2: readonly Caveat[] = [
  {
    before: ["v1.4.21"],
    shows: "rules",
    what: "when sets go that have become empty is taken from v1.4.21",
  },
  {
    before: ["v1.4.22"],
    shows: "rules",
    what: "what it does with pods that have IPv6 addresses is taken from v1.4.22",
  },
  {
    since: ["v1.4.45.1", "v1.5.1"],
    before: ["v1.5.50", "v1.6.16"],
    shows: "commands",
    what: "how it looks for the flavour of iptables is taken from newer releases, which list a chain instead of searching iptables-save",
  },
];
