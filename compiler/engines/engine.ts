import type { KubernetesObject, NetworkPolicy } from "../model/objects.js";
import type { Resource, ResourceKind } from "../model/resources.js";
import type { Flavour } from "../netfilter/flavour.js";
import type { Command } from "../netfilter/command.js";
import type { CommandFormat } from "../netfilter/print-commands.js";
import type { Ownership } from "../netfilter/ownership.js";
import type { IpSet, Rule, Tables } from "../netfilter/tables.js";
import type { AnyPairs } from "../pairs/any-pairs.js";
import type { Diagnostic } from "../text/diagnostic.js";
import type { GenerationInfo } from "./generation-info.js";
import type { LogEntry } from "./log-entry.js";
import type { LogRotation } from "./log-rotation.js";
import type { Deviation } from "./deviation.js";
import type { SetMeaning } from "./set-meaning.js";
import type { Specification } from "./specification.js";

export type { Flavour };

/** A program that turns policies into rules on nodes. */
export interface Engine {
  readonly id: string;
  /** `Azure NPM` */
  readonly title: string;
  /** The option of the command line that names a generation or a release of it: `npm`, and what people may write there. */
  readonly versionOption: { readonly name: string; readonly description: string };
  /** Options that it understands and not every engine does. */
  readonly options: readonly (keyof EngineOptions)[];
  /** Ids of the generations that can be configured, newest first; the first is the default. */
  readonly generations: readonly string[];
  /** The ways in which its rules are known to differ from the specification, of all releases. */
  readonly deviations: readonly Deviation[];
  /** Checks what the user asked for. Without errors among the diagnostics there is a `machine`. */
  configure(options: EngineOptions): Configured;
  /** What a generation, or the generation of a release tag, is. Without errors among the diagnostics there is `info`. */
  describe(generation: string): { readonly info?: GenerationInfo; readonly diagnostics: readonly Diagnostic[] };
  /** Mistakes in objects that only the engine can see; absent: there are none. */
  readonly mistakes?: (resources: readonly Resource[]) => readonly Diagnostic[];
  /** Policies of Kubernetes as objects of the engine's own, as a generation or a release shows them; absent: it has none. */
  readonly ownForm?: (policies: readonly NetworkPolicy[], generation: string) => OwnForm;
}

export interface OwnForm {
  /** Ready for JSON. */
  readonly objects: readonly object[];
  readonly diagnostics: readonly Diagnostic[];
}

export interface Configured {
  readonly machine?: Machine;
  readonly diagnostics: readonly Diagnostic[];
}

/** What a user says about the engine, as given. */
export interface EngineOptions {
  /** Id of the engine; the first of `engines` otherwise. */
  readonly engine?: string;
  /** Generation id or release tag: `v2`, `v1.5.50`. */
  readonly generation?: string;
  readonly flavour?: Flavour;
  readonly placement?: "first" | "after-kube-services";
  readonly lite?: boolean;
  /** Emulated Kubernetes version: `1.29`. */
  readonly kubernetes?: string;
  /** The filter table of the node before the engine came. */
  readonly existing?: Tables;
  /** Name of the node; its pods are those with this `spec.nodeName`. */
  readonly node?: string;
  /** Prefixes of the names of pods' interfaces: `azv,cali`. */
  readonly interfacePrefix?: string;
  /** Interfaces of pods: `namespace/pod=name`. */
  readonly interfaces?: readonly string[];
  /** The node's own interfaces: `eth0=10.224.0.62/16`. */
  readonly hostInterfaces?: readonly string[];
  /** Rules for IPv6, too. */
  readonly ipv6?: boolean;
  /** Settings of Felix: `DefaultEndpointToHostAction=DROP`. */
  readonly felix?: readonly string[];
}

/** An engine of one generation with its switches set: it programs nodes, by a fold over events. */
export interface Machine {
  readonly engine: string;
  /** Generation id. */
  readonly generation: string;
  /** The release that is emulated: `v1.8.12`. */
  readonly release: string;
  readonly flavour: Flavour;
  /** Minor version of the emulated Kubernetes 1.x. */
  readonly kubernetesMinor: number;
  /** Name of the file that its log is found in: `azure-npm.log`. */
  readonly logFile: string;
  /** The release whose log it writes, and the tag that its log names. */
  readonly voice: {
    readonly release: string;
    readonly tag: string;
    /** What may be otherwise where these are two: `source lines and start-up` unless said. */
    readonly differs?: string;
    /** Where the engine writes the file itself, and keeps it small. */
    readonly rotation?: LogRotation;
  };
  /** How a transcript of its commands is written. */
  readonly commandFormat: CommandFormat;
  /** Where its commands are known to be others than those of the release, a clause each. */
  readonly commandCaveats: readonly string[];
  /** Kinds of resources that it watches, besides namespaces, pods and policies. */
  readonly watched: ReadonlySet<ResourceKind>;
  /** Whether objects of a type, `apiVersion/kind`, change its rules though nothing here compiles them. */
  refuses(type: string): boolean;
  /** Outputs that it does not make → what to do about the options so that it does; "" when nothing helps. */
  readonly lacks: ReadonlyMap<string, string>;
  /** What on a node belongs to the engine; scripts touch nothing else. */
  readonly ownership: Ownership;
  /** What a node holds depends on the order in which objects came, and on those that are gone. */
  readonly remembers: boolean;
  /** What deletions leave on a node for good; absent: nothing but empty sets and chains for a while. */
  readonly leftovers?: Leftovers;
  /** The policy, `namespace/name`, that the comment of a rule names; absent: comments name none. */
  readonly policyNamed?: (comment: string) => string | undefined;
  /** What a set of its own stands for; undefined for one that stands for nothing in a cluster. */
  meaningOf(set: IpSet): SetMeaning | undefined;
  /** What a rule of its own on a node is for, as a clause, where the rule's origin does not say it. */
  readonly remarkOn?: (rule: Rule, node: Node) => string | undefined;
  /** What a chain of its own does: `decides what a pod may send`. */
  readonly purposeOf?: (chain: string) => string | undefined;
  /** What the marks say that its rules on a node put on packets. */
  marksOf(node: Node): readonly MarkMeaning[];
  /** Those of the engine's deviations that it has. */
  readonly deviations: readonly Deviation[];
  /** An error when the engine would make more of an object than can be compiled. */
  readonly refuseObject?: (object: KubernetesObject | Resource) => Diagnostic | undefined;
  /** A node on which the engine has just started. */
  start(): Step;
  /** The node after an event. The node handed in is used up: a step may change it in place. */
  step(node: Node, event: Event): Step;
  /**
   * What the engine does when nothing more comes for a while. Absent: it does everything at once. A node that is not settled has the same
   * tables; this is for those who want to see how they came to be.
   */
  readonly settle?: (node: Node) => readonly Effect[];
}

export interface MarkMeaning {
  /** The mark, or bits of it that stand for themselves. */
  readonly value: number;
  /** A clause: `an ingress rule allows the packet`. */
  readonly means: string;
}

export interface Leftovers {
  /** Sets keep addresses that no pod has any more. */
  readonly members: boolean;
  /** Sets that nothing uses any more keep what is in them. */
  readonly filledSets: boolean;
}

export interface Step {
  readonly node: Node;
  readonly effects: readonly Effect[];
}

export type Event =
  | { readonly kind: "apply"; readonly object: KubernetesObject | Resource }
  | { readonly kind: "delete"; readonly objectKind: KubernetesObject["kind"] | ResourceKind; readonly key: string }
  /** The engine's periodic task. */
  | { readonly kind: "reconcile" };

/** Something the engine did, as a value; text is made only when somebody prints it. */
export type Effect =
  { readonly kind: "command"; readonly command: Command } | { readonly kind: "log"; readonly entry: LogEntry };

/** What a node holds. */
export interface Node {
  tables(): Tables;
  /** The policies in force, lowered, in order of application; of those that are looked at in an order, in that. */
  pairs(): readonly AnyPairs[];
  /** What its rules should do, where NetworkPolicy does not say all of it. */
  readonly specification?: Specification;
  /** What its log leaves out, in words that go behind "of": `IPPools`. */
  readonly logGaps?: readonly string[];
  /** What deserves a look, in order of events. */
  readonly diagnostics: readonly Diagnostic[];
}
