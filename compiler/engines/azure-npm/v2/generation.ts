import type { Reading } from "../../../pairs/reading.js";
import type { Hashes } from "../hashes.js";
import type { Release } from "../release.js";
import type { Surroundings, V2Voice } from "./voices/voice.js";

/** What distinguishes the releases with the v2 data plane, as far as it shows on a node. */
export interface V2Generation {
  readonly id: "v2" | "v2-fnv" | "v2-2022";
  /** The release that is emulated. */
  readonly release: Release;
  readonly hashes: Hashes;
  readonly names: SetNaming;
  readonly marks: Marks;
  /** AZURE-NPM-ACCEPT sets the whole mark to 0 before it accepts. */
  readonly clearsMarks: boolean;
  readonly reading: Reading;
  readonly placement: "first" | "after-kube-services";
  /** NPM looks for itself whether the node uses nft or legacy iptables; before, it ran what `iptables` was. */
  readonly detectsFlavour: boolean;
  /** How legacy iptables is called. */
  readonly legacyCommand: "iptables" | "iptables-legacy";
  /** An ipBlock that NPM can't put into a set: the policy is skipped, or the block's line is. */
  readonly badIpBlocks: {
    readonly ipv6: "skip-policy" | "skip-line";
    readonly zeroPrefix: "skip-policy" | "skip-line";
  };
  /** The number of a line that ipset refuses is taken for one of the first file, also when that was cut since. */
  readonly countsInFirstFile: boolean;
  /** Set contents are compared with `ipset save` before each restore. */
  readonly readsSavedSets: boolean;
  /** How often it tries one file of `ipset restore`. */
  readonly maxTries: number;
  /** `-D` of an except says `nomatch`. */
  readonly deletesWithNomatch: boolean;
  /** A Running pod that loses its address leaves its sets. */
  readonly cleansPodsWithoutAddress: boolean;
  /** How start-up removes the sets of the NPM before. */
  readonly setReset: "flush-and-destroy" | "one-restore-file";
  /** Minor version of the Kubernetes 1.x that is emulated unless the user says otherwise. */
  readonly kubernetesMinor: number;
  readonly lite?: Lite;
  readonly voice: {
    /** The release whose log it is. */
    readonly release: string;
    speak(surroundings: Surroundings): V2Voice;
  };
}

/** NPM Lite: what becomes of it in this release. */
export type Lite =
  /** Gives up at start: "informer sync failure". Only the chains of the boot are there. */
  | "fails-to-start"
  /** Policies with anything but CIDR blocks and numeric ports are skipped. */
  | "cidr-only";

export interface SetNaming {
  /** `nestedlabel-` set of several label values. */
  nested(policy: string, key: string): string;
  cidr(policy: string, namespace: string, rule: number, peer: number, suffix: "IN" | "OUT"): string;
}

export interface Marks {
  readonly ingressAllow: Mark;
  readonly ingressDrop: Mark;
  readonly egressDrop: Mark;
}

export interface Mark {
  readonly value: number;
  /** 0xffffffff: the whole mark is written and compared, and texts leave the mask out. */
  readonly mask: number;
}
