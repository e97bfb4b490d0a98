import { fnvHashes, shaHashes } from "../hashes.js";
import type { Reading } from "../../../pairs/reading.js";
import { has, type Release } from "../release.js";
import type { Blueprint } from "../blueprint.js";
import { purposesInV2 } from "../chain-purposes.js";
import { meaningInV2 } from "../set-meaning.js";
import { caveatsV2 } from "./caveats.js";
import { forwardJump } from "./chains.js";
import type { Lite, Marks, SetNaming, V2Generation } from "./generation.js";
import { quirksOf } from "./quirks.js";
import { V2Node } from "./node.js";
import { quietVoice, type QuietPlaces } from "./voices/quiet-voice.js";
import { voice2022 } from "./voices/voice-2022.js";

/** A generation as the engine wants it. */
export function v2Blueprint(generation: V2Generation): Blueprint {
  const { id, release, placement, kubernetesMinor } = generation;
  return {
    id,
    release,
    flavours: ["nft", "legacy"],
    placement,
    jump: forwardJump,
    meaningOf: meaningInV2,
    purposes: purposesInV2,
    marks: meaningsOf(generation.marks),
    kubernetesMinor,
    voice: generation.voice.release,
    commandFormat: "transcript",
    caveats: caveatsV2,
    quirks: quirksOf({
      openRule: generation.reading.openRule === "any" ? "any" : "lone",
      skipsIpv6Policies: generation.badIpBlocks.ipv6 === "skip-policy",
      sharesNestedLists: generation.names.nested("", "") === "",
      readsSavedSets: generation.readsSavedSets,
      passesBadBlocks: generation.badIpBlocks.zeroPrefix === "skip-line",
      cleansPodsWithoutAddress: generation.cleansPodsWithoutAddress,
      blocksOfFirstPeersOnly: generation.reading.ipBlockPeers === "first-peer",
    }),
    // The word between stands in capitals, which no name has.
    policyNamed: (comment) => /^(?:INGRESS|EGRESS)-POLICY-(\S+?)-(?:TO|FROM)-/.exec(comment)?.[1],
    create: (settings) => new V2Node(generation, settings),
  };
}

function meaningsOf({ ingressAllow, ingressDrop, egressDrop }: Marks): Blueprint["marks"] {
  return [
    { value: ingressAllow.value, means: "ingress is allowed" },
    { value: ingressDrop.value, means: "a policy selects the destination, and no rule of it has allowed the packet" },
    { value: egressDrop.value, means: "a policy selects the source, and no rule of it has allowed the packet" },
  ];
}

/** v1.6.46 and v1.8.12 on: SHA-256 names. Emulates Azure NPM cbd7560cf (v1.8.12-15). */
export function v2(release: Release, lite: boolean): V2Generation {
  return {
    ...v2Fnv(release, lite),
    id: "v2",
    hashes: shaHashes,
    names: {
      nested: (policy, key) => `${policy}:${key}`,
      cidr: (policy, namespace, rule, peer, suffix) => `${policy}:in-ns:${namespace}-${rule}-${peer}${suffix}`,
    },
    voice: { release: "v1.8.12-15-gcbd7560cf", speak: (around) => quietVoice(placesOf2026, around) },
    ...(lite && { lite: "fails-to-start" as const }),
  };
}

/** v1.4.24 to v1.6.45 (v1.7.x, v1.8.11): masked marks, FNV names. `v2-fnv` itself stands for v1.5.50. */
export function v2Fnv(release: Release, lite: boolean): V2Generation {
  const zeroPrefix = has(release, "v1.4.45") ? "skip-policy" : "skip-line";
  return {
    id: "v2-fnv",
    release,
    hashes: fnvHashes,
    names: has(release, "v1.4.27") ? policyScopedNames : sharedNames,
    marks: maskedMarks,
    clearsMarks: false,
    reading: {
      ...v2Reading,
      openRule: has(release, "v1.5.17") ? "any" : "lone",
      ipBlock: lite && liteLosesBlocks(release) ? "everything" : "addresses",
    },
    placement: has(release, "v1.4.45.1", "v1.5.7") ? "after-kube-services" : "first",
    detectsFlavour: has(release, "v1.4.45.1", "v1.5.1"),
    legacyCommand: has(release, "v1.6.29", "v1.7.1") ? "iptables-legacy" : "iptables",
    badIpBlocks: { ipv6: has(release, "v1.4.42") ? "skip-policy" : "skip-line", zeroPrefix },
    countsInFirstFile: !has(release, "v1.4.24"),
    readsSavedSets: !has(release, "v1.4.25"),
    // Five since Azure/azure-container-networking#1566, of November 2022; v1.4.41 is the first release known to be younger.
    maxTries: has(release, "v1.4.41") ? 5 : 3,
    deletesWithNomatch: !has(release, "v1.6.2"),
    cleansPodsWithoutAddress: true,
    setReset: has(release, "v1.4.30") ? "flush-and-destroy" : "one-restore-file",
    kubernetesMinor: 29,
    voice: { release: "v1.5.50", speak: (around) => quietVoice({ ...placesOf2025, knowsLite: lite }, around) },
    ...(lite && { lite: "cidr-only" satisfies Lite }),
  };
}

/** v1.4.20 to v1.4.23, the first releases that used the v2 data plane by default. `v2-2022` itself stands for v1.4.23. */
export function v2In2022(release: Release): V2Generation {
  const indexed = has(release, "v1.4.21");
  return {
    ...v2Fnv(release, false),
    id: "v2-2022",
    names: indexed
      ? sharedNames
      : {
          ...sharedNames,
          cidr: (policy, namespace, rule, _, suffix) => `${policy}-in-ns-${namespace}-${rule}${suffix}`,
        },
    marks: wholeMarks,
    clearsMarks: true,
    reading: { ...v2Reading, openRule: "lone", ipBlockPeers: indexed ? "all" : "first-peer" },
    cleansPodsWithoutAddress: false,
    voice: { release: "v1.4.23", speak: voice2022 },
  };
}

/** From b823b0995 (v1.7.11) to a119a625e (v1.8.12) a Lite CIDR rule lost its set on Linux and matched everything. */
function liteLosesBlocks(release: Release): boolean {
  return has(release, "v1.7.11") && !has(release, "v1.8.12");
}

const v2Reading: Reading = {
  openRule: "any",
  ipBlockPeers: "all",
  ipBlock: "addresses",
  labels: "all",
  expressions: "count",
  values: "alternatives",
  namespaceNotIn: "not-all",
  namespaceNegations: "every-address",
  repetitions: "once",
  podSelector: "own-namespace",
  bothSelectors: "and",
  ports: "own-peers",
  isolation: "policy-types",
};

const maskedMarks: Marks = {
  ingressAllow: { value: 0x200, mask: 0x200 },
  ingressDrop: { value: 0x400, mask: 0x400 },
  egressDrop: { value: 0x800, mask: 0x800 },
};

const wholeMarks: Marks = {
  ingressAllow: { value: 0x2000, mask: 0xffffffff },
  ingressDrop: { value: 0x4000, mask: 0xffffffff },
  egressDrop: { value: 0x5000, mask: 0xffffffff },
};

const policyScopedNames: SetNaming = {
  nested: (policy, key) => `${policy}-${key}`,
  cidr: (policy, namespace, rule, peer, suffix) => `${policy}-in-ns-${namespace}-${rule}-${peer}${suffix}`,
};

/** Policies with equal multi-value expressions share the set. */
const sharedNames: SetNaming = { ...policyScopedNames, nested: (_, key) => key };

const placesOf2026: QuietPlaces = {
  loadedConfig: "start.go:73",
  onLinux: "start.go:78",
  startingNpm: "start.go:80",
  initializingMetrics: "start.go:89",
  loadingKubeconfig: "start.go:95",
  resyncPeriod: "start.go:121",
  configuredInBackground: "dataplane.go:115",
  apiServerVersion: "npm.go:68",
  translationFailed: "networkPolicyController.go:303",
  policyNotFound: "networkPolicyController.go:231",
  knowsLite: true,
};

const placesOf2025: QuietPlaces = {
  loadedConfig: "start.go:72",
  onLinux: "start.go:77",
  startingNpm: "start.go:79",
  initializingMetrics: "start.go:88",
  loadingKubeconfig: "start.go:94",
  resyncPeriod: "start.go:120",
  configuredInBackground: "dataplane.go:112",
  apiServerVersion: "npm.go:65",
  translationFailed: "networkPolicyController.go:301",
  policyNotFound: "networkPolicyController.go:229",
  knowsLite: false,
};
