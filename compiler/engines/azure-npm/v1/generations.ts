import type { Reading } from "../../../pairs/reading.js";
import type { Blueprint } from "../blueprint.js";
import { purposesInV1 } from "../chain-purposes.js";
import { meaningInV1 } from "../set-meaning.js";
import { fnvHashes } from "../hashes.js";
import { npmRotation } from "../npm-rotation.js";
import { has, type Release } from "../release.js";
import { forwardRule, markMeanings } from "./chains.js";
import type { V1Generation } from "./generation.js";
import { caveats2019b, caveats2020, caveatsV1 } from "./caveats.js";
import { quirks2019b, quirks2020, quirksV1 } from "./quirks.js";
import { V1Node } from "./node.js";
import { quirksOfRelease } from "./quirk-spans.js";
import { voice2019b } from "./voices/voice-2019b.js";
import { voice2020 } from "./voices/voice-2020.js";
import { voiceV1 } from "./voices/voice-v1.js";

/** A generation as the engine wants it. */
export function v1Blueprint(generation: V1Generation): Blueprint {
  const { id, release, placement, kubernetesMinor, apiServerVersion, voiceRelease, quirks, caveats } = generation;
  return {
    id,
    release,
    flavours: ["legacy"],
    placement,
    jump: forwardRule(generation),
    meaningOf: meaningInV1,
    purposes: purposesInV1,
    marks: generation.chains === "marks" ? markMeanings : [],
    kubernetesMinor,
    apiServerVersion,
    voice: voiceRelease,
    borrowsVoice: generation.newConnectionsOnly,
    ...(generation.rotatesLog && { rotation: npmRotation }),
    commandFormat: "lines",
    caveats,
    quirks: quirksOfRelease(release, quirks),
    // Observed in nodes of v1.0.30, v1.2.2 and v1.4.9; v1.2.2 and v1.4.9 keep no members.
    leftovers: { members: !has(release, "v1.0.31"), filledSets: true },
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
    // Before v1.4.5 several values of a label are requirements of their own.
    reading: { ...v1Reading, values: has(release, "v1.4.5") ? "alternatives" : "requirements" },
    sets: { membersHaveOwners: true, listsAreCounted: true },
    chains: "marks",
    stateRule: "last",
    dropsBehindPeers: false,
    dropsOpenDirections: false,
    exemptsKubeSystem: false,
    mergesPolicies: false,
    checksFirst: false,
    blocks: "sets",
    exceptsFirst: true,
    namedPorts: "sets",
    sortsComments: has(release, "v1.4.5"),
    newConnectionsOnly,
    placement: "after-kube-services",
    pods: "cached",
    takesPoliciesBack: !has(release, "v1.4.12"),
    podsRenewRecords: false,
    everyAddress: newConnectionsOnly ? ["0.0.0.0/1", "128.0.0.0/1"] : ["1.0.0.0/1", "128.0.0.0/1"],
    egressPortFlags: "dst,dst",
    namedPortsSayProtocol: has(release, "v1.4.5"),
    namedPortPrefix: "namedport:",
    removesForeignChains: has(release, "v1.4.17"),
    removesChainsAtStart: true,
    ignoresPods: "no-address",
    destroysSetsAtStart: true,
    createsKubeSystem: !has(release, "v1.4.12"),
    kubernetesMinor: 20,
    apiServerVersion: "v1.20.7",
    voice: voiceV1,
    voiceRelease: "v1.4.9",
    rotatesLog: false,
    quirks: quirksV1,
    caveats: caveatsV1,
  };
}

/** v1.0.31 to v1.2.2; `v1-2020` itself stands for v1.2.2. */
export function v1In2020(release: Release): V1Generation {
  return {
    ...v1(release),
    id: "v1-2020",
    reading: {
      ...v1Reading,
      values: "requirements",
      podSelector: has(release, "v1.0.32") ? "own-namespace" : "every-namespace",
    },
    sets: { membersHaveOwners: has(release, "v1.1.0"), listsAreCounted: false },
    chains: "target-sets",
    stateRule: has(release, "v1.1.4") ? "last" : "first",
    mergesPolicies: !has(release, "v1.1.1"),
    checksFirst: !has(release, "v1.1.1"),
    blocks: has(release, "v1.1.5") ? "sets" : "rules",
    exceptsFirst: false,
    namedPorts: has(release, "v1.1.1") ? "sets" : "services",
    sortsComments: false,
    placement: has(release, "v1.1.4") ? "after-kube-services" : "first",
    pods: has(release, "v1.1.0") ? "by-address" : "every-event",
    takesPoliciesBack: false,
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
    caveats: caveats2020,
  };
}

/** v1.0.27 to v1.0.30; `v1-2019b` itself stands for v1.0.30. */
export function v1In2019b(release: Release): V1Generation {
  return {
    ...v1In2020(release),
    id: "v1-2019b",
    reading: {
      ...v1Reading,
      values: "requirements",
      podSelector: "every-namespace",
      isolation: has(release, "v1.0.28") ? "policy-types" : "both",
    },
    sets: { membersHaveOwners: false, listsAreCounted: false },
    chains: "merged",
    mergesPolicies: true,
    checksFirst: true,
    blocks: "rules",
    namedPorts: "services",
    sortsComments: false,
    stateRule: "first",
    dropsBehindPeers: has(release, "v1.0.30"),
    dropsOpenDirections: !has(release, "v1.0.29"),
    exemptsKubeSystem: !has(release, "v1.0.30"),
    exceptsFirst: has(release, "v1.0.30"),
    placement: "first",
    pods: "every-event",
    podsRenewRecords: true,
    removesChainsAtStart: has(release, "v1.0.28"),
    ignoresPods: has(release, "v1.0.29") ? "no-address" : "no-address-or-finished",
    destroysSetsAtStart: false,
    kubernetesMinor: 14,
    apiServerVersion: "v1.14.8",
    voice: voice2019b,
    voiceRelease: "v1.0.30",
    rotatesLog: !has(release, "v1.0.30"),
    quirks: quirks2019b,
    caveats: caveats2019b,
  };
}

const v1Reading: Reading = {
  openRule: "one-more",
  ipBlockPeers: "all",
  ipBlock: "addresses",
  labels: "all",
  expressions: "count",
  values: "alternatives",
  namespaceNotIn: "not-all",
  namespaceNegations: "every-address",
  repetitions: "kept",
  podSelector: "own-namespace",
  bothSelectors: "and",
  ports: "own-peers",
  isolation: "policy-types",
};
