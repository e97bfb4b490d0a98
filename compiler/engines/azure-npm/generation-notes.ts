import type { GenerationInfo } from "../generation-info.js";

/** What a generation's declaration does not say: its span, and what it changed. */
export type GenerationNotes = Pick<GenerationInfo, "releases" | "from" | "until" | "summary">;

/** By id. Source: the tags and commits of Azure/azure-container-networking up to cbd7560cf. */
export const generationNotes: Readonly<Record<string, GenerationNotes>> = {
  "v1-2018": {
    releases: "v1.0.9 to v1.0.17",
    from: "2018-07-19",
    until: "2019-02-28",
    summary: "six chains, rules accept at once and have no comments, kube-system is let through before all policies",
  },
  "v1-2019": {
    releases: "v1.0.18 to v1.0.26",
    from: "2019-03-01",
    until: "2019-08-29",
    summary: "chains for namespaces and pods of each direction, no comments; the NPM of the AKS article of May 2019",
  },
  "v1-2019b": {
    releases: "v1.0.27 to v1.0.30",
    from: "2019-08-30",
    until: "2019-12-16",
    summary: "policies of one selector are merged, rules have comments and are appended",
  },
  "v1-2020": {
    releases: "v1.0.31 to v1.2.2",
    from: "2019-12-17",
    until: "2021-01-24",
    summary: "a rule for each peer and port, jumps of each policy to the drops, named ports",
  },
  v1: {
    releases: "v1.4.1 to v1.4.19",
    from: "2021-06-15",
    until: "2022-02-15",
    summary: "ten chains, marks, drops in chains of their own; several label values in one set",
  },
  "v1-ctstate": {
    releases: "v1.4.16 to v1.4.19",
    from: "2021-11-16",
    until: "2022-02-15",
    summary: "v1 with a jump for new connections only; 0.0.0.0/0 as two halves",
  },
  "v2-2022": {
    releases: "v1.4.20 to v1.4.23",
    from: "2022-02-16",
    until: "2022-04-10",
    summary:
      "a chain for each policy, whole marks (0x2000, 0x4000, 0x5000) that are cleared before a packet is accepted",
  },
  "v2-fnv": {
    releases: "v1.4.24 to v1.6.45, v1.7.x, v1.8.11",
    from: "2022-04-11",
    until: "2026-07-29",
    summary: "masked marks (0x200, 0x400, 0x800); detects nft; names are FNV hashes",
  },
  v2: {
    releases: "v1.6.46 on, v1.8.12 on",
    from: "2026-07-30",
    summary: "the rules of v2-fnv; names are SHA-256 hashes, which never meet",
  },
};
