import type { Gap } from "./rebuild.js";

/** What a gap means for the tables that are made of a log, and what helps. */
export const gapMeanings: Readonly<Record<Gap, { readonly meaning: string; readonly remedy: string }>> = {
  "rules-not-logged": {
    meaning: "NPM v2 does not log the rules and sets that it programs, so the tables are nearly empty",
    remedy: "take iptables-save and ipset save on the node, or replay its manifests with anpm replay",
  },
  "changes-without-rules": {
    meaning: "Calico's Felix logs which policies, endpoints, chains and sets changed, not their rules and members",
    remedy: "take iptables-save and ipset save on the node, or anpm compile --engine calico with its manifests",
  },
  "members-not-logged": {
    meaning: "up to v1.0.22 NPM does not log the members of sets, so the sets are empty",
    remedy: "take ipset save on the node, or replay its manifests with anpm replay",
  },
  "starts-late": {
    meaning: "the log changes chains, rules or sets that it did not create: what came before it is missing",
    remedy: "give the rotated files too: anpm log read azure-npm.log*",
  },
};
