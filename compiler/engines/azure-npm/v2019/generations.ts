import type { Reading } from "../../../pairs/reading.js";
import type { Blueprint } from "../blueprint.js";
import { purposesInV1 } from "../chain-purposes.js";
import { meaningIn2019 } from "../set-meaning.js";
import type { Caveat } from "../caveat.js";
import { npmRotation } from "../npm-rotation.js";
import { has, type Release } from "../release.js";
import { forwardRule } from "./chains.js";
import type { V2019Generation } from "./generation.js";
import { quirks2018, quirks2019 } from "./quirks.js";
import { V2019Node } from "./node.js";
import { voice2018, voice2019 } from "./voices/voice-2019.js";

/** A generation as the engine wants it. */
export function v2019Blueprint(generation: V2019Generation): Blueprint {
  const { id, release, kubernetesMinor, apiServerVersion, voiceRelease, quirks } = generation;
  return {
    id,
    release,
    flavours: ["legacy"],
    placement: "first",
    jump: forwardRule,
    meaningOf: meaningIn2019,
    purposes: purposesInV1,
    marks: [],
    kubernetesMinor,
    apiServerVersion,
    voice: voiceRelease,
    rotation: npmRotation,
    commandFormat: "lines",
    caveats,
    quirks,
    // Observed in nodes of v1.0.13 and v1.0.21.
    leftovers: { members: true, filledSets: false },
    create: (settings) => new V2019Node(generation, settings),
  };
}

/** v1.0.18 to v1.0.26; `v1-2019` itself stands for v1.0.21, the release of the article of May 2019. */
export function v1In2019(release: Release): V2019Generation {
  return {
    id: "v1-2019",
    release,
    reading,
    peerChains: "namespaces-and-pods",
    kubeSystem: "with-each-policy",
    adds: "first",
    wait: has(release, "v1.0.21") ? ["-w", "60"] : ["-w"],
    kubernetesMinor: 12,
    apiServerVersion: "v1.12.8",
    voice: voice2019,
    voiceRelease: "v1.0.21",
    quirks: quirks2019,
  };
}

/** v1.0.9 to v1.0.17; `v1-2018` itself stands for v1.0.13. */
export function v1In2018(release: Release): V2019Generation {
  return {
    ...v1In2019(release),
    id: "v1-2018",
    reading: { ...reading, bothSelectors: "or" },
    peerChains: "one",
    kubeSystem: "always",
    adds: has(release, "v1.0.13") ? "first" : "last",
    wait: [],
    kubernetesMinor: 11,
    apiServerVersion: "v1.11.3",
    voice: voice2018,
    voiceRelease: "v1.0.13",
    quirks: quirks2018,
  };
}

/** The vectors are of v1.0.13 and v1.0.21. */
const caveats: readonly Caveat[] = [
  {
    before: ["v1.0.13"],
    shows: "rules",
    what: "rules are added at the end of their chains",
  },
];

const reading: Reading = {
  openRule: "one-more",
  ipBlockPeers: "all",
  ipBlock: "addresses",
  labels: "any",
  expressions: "ignored",
  values: "alternatives",
  namespaceNotIn: "not-all",
  namespaceNegations: "every-address",
  repetitions: "kept",
  podSelector: "every-namespace",
  bothSelectors: "and",
  ports: "all-peers",
  isolation: "both",
  exempt: "kube-system",
};
