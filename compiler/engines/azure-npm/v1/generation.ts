import type { Reading } from "../../../pairs/reading.js";
import type { Hashes } from "../hashes.js";
import type { Caveat } from "../caveat.js";
import type { Quirk } from "../quirk.js";
import type { Release } from "../release.js";
import type { SetHabits } from "../set-manager.js";
import type { VoiceMaker } from "./voices/voice.js";

/** What distinguishes the releases with the v1 data plane, as far as it shows on a node. */
export interface V1Generation {
  readonly id: "v1" | "v1-ctstate" | "v1-2020" | "v1-2019b";
  /** The release that is emulated. */
  readonly release: Release;
  readonly hashes: Hashes;
  readonly reading: Reading;
  readonly sets: SetHabits;
  /**
   * The shape of the chains: with marks and drops at the end of each direction; with ACCEPT, and jumps of each policy to the
   * drops in TARGET-SETS; or with ACCEPT and drops at the end of the FROM and TO chains.
   */
  readonly chains: "marks" | "target-sets" | "merged";
  /** The rule for established connections stands last in AZURE-NPM; first before v1.1.4. */
  readonly stateRule: "first" | "last";
  /** Of "merged" chains: the DROP of a direction stands behind its peers; before v1.0.30 in TARGET-SETS alone. */
  readonly dropsBehindPeers: boolean;
  /** A direction that a rule `{}` opens has a DROP all the same. */
  readonly dropsOpenDirections: boolean;
  /** A chain of its own lets kube-system through. */
  readonly exemptsKubeSystem: boolean;
  /** Policies of one selector become one before they are translated. */
  readonly mergesPolicies: boolean;
  /** A rule is added only when -C says that it is not there. */
  readonly checksFirst: boolean;
  /** ipBlocks stand in sets; before v1.1.5 in rules. */
  readonly blocks: "sets" | "rules";
  /** An except comes before the block that it is of. */
  readonly exceptsFirst: boolean;
  /** Named ports have sets; before v1.1.1 iptables looks the name up in /etc/services. */
  readonly namedPorts: "sets" | "services";
  /** The items of a selector are sorted in comments. */
  readonly sortsComments: boolean;
  /** FORWARD hands over new connections only; before, every packet. */
  readonly newConnectionsOnly: boolean;
  readonly placement: "first" | "after-kube-services";
  /** Pods as the release tells them from others. */
  readonly pods: "cached" | "by-address" | "every-event";
  /** A policy that NPM can't carry out is taken back and tried again; else, where it is tried again, it counts for done. */
  readonly takesPoliciesBack: boolean;
  /** A pod that is added makes NPM forget the policies of its namespace. */
  readonly podsRenewRecords: boolean;
  /** How 0.0.0.0/0, which no set can hold, is written; undefined where blocks are no sets. */
  readonly everyAddress: readonly [string, string];
  /** Flags of a named port's set in an egress rule. */
  readonly egressPortFlags: "dst,dst" | "src,dst";
  /** Rules with a named port say the protocol too. */
  readonly namedPortsSayProtocol: boolean;
  /** Prefix of a named port's set. */
  readonly namedPortPrefix: "namedport:" | "";
  /** Chains of NPM v2 go with its own. */
  readonly removesForeignChains: boolean;
  /** Start-up removes the chains of the NPM before. */
  readonly removesChainsAtStart: boolean;
  /** Pods that stand in no set: those without an address; or also finished ones and those of unknown phase. */
  readonly ignoresPods: "no-address" | "no-address-or-finished";
  /** Start-up removes the sets of the NPM before. */
  readonly destroysSetsAtStart: boolean;
  /** The set of kube-system is made at start, before anything is known of the cluster. */
  readonly createsKubeSystem: boolean;
  readonly kubernetesMinor: number;
  /** `v1.20.7`, of the cluster whose log is known. */
  readonly apiServerVersion: string;
  /** How it logs, and the release that is known to log so. */
  readonly voice: VoiceMaker;
  readonly voiceRelease: string;
  /** It writes its log to a file, and moves the file aside when it has grown. */
  readonly rotatesLog: boolean;
  readonly quirks: readonly Quirk[];
  readonly caveats: readonly Caveat[];
}
