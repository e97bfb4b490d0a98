import type { Reading } from "../../../pairs/reading.js";
import type { Blueprint } from "../blueprint.js";
import { fnvHashes } from "../hashes.js";
import { npmRotation } from "../npm-rotation.js";
import { has, type Release } from "../release.js";
import { forwardRule } from "./chains.js";
import type { V1Generation } from "./generation.js";
import { quirks2019b, quirks2020, quirksCtstate, quirksV1 } from "./quirks.js";
import { V1Node } from "./node.js";
import { voice2019b } from "./voices/voice-2019b.js";
import { voice2020 } from "./voices/voice-2020.js";
import { voiceV1 } from "./voices/voice-v1.js";

/** A generation as the engine wants it. */
export function v1Blueprint(generation: V1Generation): Blueprint {
  const { id, release, placement, kubernetesMinor, apiServerVersion, voiceRelease, quirks } = generation;
  return {
    id,
    release,
    flavours: ["legacy"],
    placement,
    jump: forwardRule(generation),
    kubernetesMinor,
    apiServerVersion,
    voice: voiceRelease,
    borrowsVoice: generation.newConnectionsOnly,
    ...(generation.rotatesLog && { rotation: npmRotation }),
    commandFormat: "lines",
    quirks,
    create: (settings) => new V1Node(generation, settings),
  };
}

/** v1.4.1 on, while the v1 data plane was in use; `v1` itself stands for v1.4.9, `v1-ctstate` for v1.4.16. */
export function v1(release: Release): V1Generation {
  const newConnectionsOnly = has(release, "v1.4.16");
  return {
    id: newConnectionsOnly ? "v1-ctstate" : "v1",
    release,
    hashes: fnvHashes,
    reading: v1Reading,
    sets: { membersHaveOwners: true, listsAreCounted: true },
    chains: "marks",
    newConnectionsOnly,
    placement: "after-kube-services",
    pods: "cached",
    everyAddress: newConnectionsOnly ? ["0.0.0.0/1", "128.0.0.0/1"] : ["1.0.0.0/1", "128.0.0.0/1"],
    egressPortFlags: "dst,dst",
    namedPortsSayProtocol: has(release, "v1.4.5"),
    namedPortPrefix: "namedport:",
    removesForeignChains: has(release, "v1.4.17"),
    destroysSetsAtStart: true,
    createsKubeSystem: !newConnectionsOnly,
    kubernetesMinor: 20,
    apiServerVersion: "v1.20.7",
    voice: voiceV1,
    voiceRelease: "v1.4.9",
    rotatesLog: false,
    quirks: newConnectionsOnly ? quirksCtstate : quirksV1,
  };
}

/** v1.0.31 to v1.2.2; `v1-2020` itself stands for v1.2.2. */
export function v1In2020(release: Release): V1Generation {
  return {
    ...v1(release),
    id: "v1-2020",
    reading: { ...v1Reading, values: "requirements" },
    sets: { membersHaveOwners: true, listsAreCounted: false },
    chains: "target-sets",
    pods: "by-address",
    egressPortFlags: "src,dst",
    namedPortsSayProtocol: false,
    namedPortPrefix: has(release, "v1.2.1") ? "namedport:" : "",
    destroysSetsAtStart: has(release, "v1.2.1"),
    createsKubeSystem: true,
    kubernetesMinor: 18,
    apiServerVersion: "v1.18.10",
    voice: voice2020,
    voiceRelease: "v1.2.2",
    rotatesLog: has(release, "v1.1.4"),
    quirks: quirks2020,
  };
}

/** v1.0.27 to v1.0.30; `v1-2019b` itself stands for v1.0.30. */
export function v1In2019b(release: Release): V1Generation {
  return {
    ...v1In2020(release),
    id: "v1-2019b",
    reading: { ...v1Reading, values: "requirements", podSelector: "every-namespace" },
    sets: { membersHaveOwners: false, listsAreCounted: false },
    chains: "merged",
    placement: "first",
    pods: "every-event",
    destroysSetsAtStart: false,
    kubernetesMinor: 14,
    apiServerVersion: "v1.14.8",
    voice: voice2019b,
    voiceRelease: "v1.0.30",
    rotatesLog: !has(release, "v1.0.30"),
    quirks: quirks2019b,
  };
}

const v1Reading: Reading = {
  openRule: "one-more",
  ipBlockPeers: "all",
  ipBlock: "addresses",
  labels: "all",
  expressions: "count",
  values: "alternatives",
  repetitions: "kept",
  podSelector: "own-namespace",
  bothSelectors: "and",
  ports: "own-peers",
  isolation: "policy-types",
};
