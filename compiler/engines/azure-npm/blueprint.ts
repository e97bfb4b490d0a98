import type { Command } from "../../netfilter/command.js";
import type { Rule, Tables } from "../../netfilter/tables.js";
import type { CommandFormat } from "../../netfilter/print-commands.js";
import type { KubernetesObject } from "../../model/objects.js";
import type { Flavour, Leftovers, MarkMeaning, Node } from "../engine.js";
import type { LogEntry } from "../log-entry.js";
import type { LogRotation } from "../log-rotation.js";
import type { Caveat } from "./caveat.js";
import type { Quirk } from "./quirk.js";
import type { Release } from "./release.js";
import type { ChainPurposes } from "./chain-purposes.js";
import type { ReadSetName } from "./set-meaning.js";

/** A generation of one release, ready to make nodes: what the three generators have in common. */
export interface Blueprint {
  readonly id: string;
  readonly release: Release;
  /** The first is the default. */
  readonly flavours: readonly Flavour[];
  /** Where the jump stands unless the user says otherwise. */
  readonly placement: Placement;
  /** The rule of FORWARD. */
  readonly jump: Rule;
  /** Minor version of the Kubernetes 1.x that is emulated unless the user says otherwise. */
  readonly kubernetesMinor: number;
  /** `v1.20.7`; absent: that of `kubernetesMinor`, with patch 0. */
  readonly apiServerVersion?: string;
  /** The release whose log its nodes write. */
  readonly voice: string;
  /** That release is one of another generation. */
  readonly borrowsVoice?: boolean;
  /** How it keeps the file small that it logs to; absent where it writes none, or lets it grow. */
  readonly rotation?: LogRotation;
  readonly commandFormat: CommandFormat;
  readonly quirks: readonly Quirk[];
  /** Of the releases of the generation, what is not emulated. */
  readonly caveats: readonly Caveat[];
  readonly leftovers?: Leftovers;
  /** The policy that the comment of a rule names. */
  readonly policyNamed?: (comment: string) => string | undefined;
  readonly meaningOf: ReadSetName;
  readonly purposes: ChainPurposes;
  readonly marks: readonly MarkMeaning[];
  create(settings: Settings): NpmNode;
}

export type Placement = "first" | "after-kube-services";

/** What the user decides besides the release. */
export interface Settings {
  readonly flavour: Flavour;
  readonly placement: Placement;
  readonly kubernetesMinor: number;
  /** `v1.29.0`, as NPM logs it. */
  readonly apiServerVersion: string;
  /** The image tag that the log names. */
  readonly tag: string;
  /** The filter table before NPM started. */
  readonly existing?: Tables;
}

/** What NPM watches. */
export type NpmEvent =
  | { readonly kind: "apply"; readonly object: KubernetesObject }
  | { readonly kind: "delete"; readonly objectKind: KubernetesObject["kind"]; readonly key: string }
  | { readonly kind: "reconcile" };

/** A node that NPM programs; it changes in place and answers with what NPM did. */
export interface NpmNode extends Node {
  start(): Deed[];
  step(event: NpmEvent): Deed[];
}

/** A command that NPM ran, or something it logged. */
export type Deed = Command | LogEntry;
