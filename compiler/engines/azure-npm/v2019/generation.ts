import type { Reading } from "../../../pairs/reading.js";
import type { Quirk } from "../quirk.js";
import type { Release } from "../release.js";
import type { VoiceMaker } from "../v1/voices/voice.js";

/** What distinguishes the releases before v1.0.27, as far as it shows on a node. */
export interface V2019Generation {
  readonly id: "v1-2019" | "v1-2018";
  /** The release that is emulated. */
  readonly release: Release;
  readonly reading: Reading;
  /** Peers in chains of namespaces and of pods, one leading to the other; or in one chain. */
  readonly peerChains: "namespaces-and-pods" | "one";
  /** kube-system is let through by rules for each policy's pods; or by two rules at the top of AZURE-NPM. */
  readonly kubeSystem: "with-each-policy" | "always";
  /** Rules are added at the top of their chain; or at its end. */
  readonly adds: "first" | "last";
  /** The words that make iptables wait for its lock. */
  readonly wait: readonly string[];
  readonly kubernetesMinor: number;
  /** `v1.12.8`, of the cluster whose log is known. */
  readonly apiServerVersion: string;
  /** How it logs, and the release that is known to log so. */
  readonly voice: VoiceMaker;
  readonly voiceRelease: string;
  readonly quirks: readonly Quirk[];
}
