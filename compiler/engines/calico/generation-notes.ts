import type { GenerationInfo } from "../generation-info.js";

/** What a generation's declaration does not say: its span, and what it changed. */
export type GenerationNotes = Pick<GenerationInfo, "releases" | "from" | "until" | "summary"> & {
  /** Emulated unless the user says otherwise. */
  readonly kubernetesMinor: number;
};

/** By id. Source: the tags of projectcalico/felix and projectcalico/calico up to 87c15906f. */
export const generationNotes: Readonly<Record<string, GenerationNotes>> = {
  "calico-2019": {
    releases: "v3.3 and v3.8",
    from: "2018",
    until: "2019",
    summary: "no comments on policies, their chains in every table; the Calico of the AKS article of May 2019",
    kubernetesMinor: 12,
  },
  "calico-3.24": {
    releases: "v3.22 to v3.27",
    from: "2022-01",
    until: "2024-05",
    summary: "policies named in comments, only chains that something leads to, host policy after translation",
    kubernetesMinor: 25,
  },
  "calico-3.28": {
    releases: "v3.28",
    from: "2024-05",
    until: "2024-10",
    summary: "policies of one selector share a chain; no start-of-policies rule, no RETURN at the end of a chain",
    kubernetesMinor: 29,
  },
  "calico-3.29": {
    releases: "v3.29 (read from its code)",
    from: "2024-10",
    until: "2025-05",
    summary: "tiers: in the names of policy chains, and in comments",
    kubernetesMinor: 30,
  },
  "calico-3.30": {
    releases: "v3.30 and v3.31 (read from their code)",
    from: "2025-05",
    until: "2026-04",
    summary: "a mark for what a rule denies; the end of a tier names it",
    kubernetesMinor: 32,
  },
  calico: {
    releases: "v3.32",
    from: "2026-04",
    summary: "kind, namespace and name in chains and comments",
    kubernetesMinor: 34,
  },
};
