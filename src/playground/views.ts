import type { ExplainedKind, GenerationInfo } from "../../compiler/index.js";
import type { Lines } from "./block.js";

/** What the worker answers: the values of the compiler as plain data, ready to be shown. Every text may hold what users wrote. */

/** Why something is there: a place of the manifests, or what the engine says. */
export type Cause =
  | ({ readonly kind: "place"; readonly object: string; readonly field: string } & Lines)
  | { readonly kind: "engine"; readonly reason: string };

export interface Problem {
  readonly severity: "error" | "warning";
  readonly code: string;
  readonly message: string;
  readonly fix: string;
  /** 1-based; absent when the problem has no place. */
  readonly line?: number;
  readonly column?: number;
}

export interface Compiled {
  readonly problems: readonly Problem[];
  /** Without errors among the problems. */
  readonly result?: CompiledResult;
  /** Time that compiling took in the worker, the tables included. */
  readonly milliseconds: number;
}

export interface CompiledResult {
  readonly policies: number;
  readonly chains: readonly ChainView[];
  readonly sets: readonly SetView[];
  /** `namespace/pod`, in the order of the manifests. */
  readonly pods: readonly string[];
}

/** Something that can light up: it has an id of its own, a cause, and things of other ids that belong to it. */
export interface Linked {
  readonly id: string;
  readonly cause: Cause;
  /** More than one place, the most exact first, where that is known. */
  readonly causes?: readonly Cause[];
  readonly related: readonly string[];
}

export interface ChainView extends Linked {
  readonly name: string;
  /** Of a built-in chain. */
  readonly policy?: string;
  readonly rules: readonly RuleView[];
}

export interface RuleView extends Linked {
  /** 1-based. */
  readonly number: number;
  /** `source is in ns-shop`; "" when it asks nothing. */
  readonly condition: string;
  /** `drop`, `jump to AZURE-NPM`; "" when it does nothing. */
  readonly action: string;
  readonly kind: "accept" | "drop" | "mark" | "jump" | "other";
  /** As iptables-save prints it. */
  readonly text: string;
}

export interface SetView extends Linked {
  readonly name: string;
  /** What people call it. */
  readonly title: string;
  readonly type: string;
  readonly members: readonly string[];
  /** How many more members there are. */
  readonly more: number;
}

export interface PolicyView extends Linked {
  /** The tier that begins here, and how it ends. */
  readonly tier?: string;
  readonly policy: string;
  readonly directions: readonly {
    readonly direction: "ingress" | "egress";
    readonly subjects: string;
    readonly groups: readonly GroupView[];
    /** What the groups do not say. */
    readonly remark?: string;
  }[];
}

export interface GroupView extends Linked {
  readonly verdict: "allow" | "disallow" | "deny" | "pass" | "log";
  readonly peers: string;
  readonly ports: string;
  /** Who that is now, some of them. */
  readonly sources: string;
  readonly destinations: string;
}

export interface MatrixViewed {
  /** The address that stands for everybody outside. */
  readonly outside: string;
  readonly names: readonly string[];
  /** How many endpoints are left out. */
  readonly more: number;
  /** By source, then destination; absent where the two are no pair. */
  readonly cells: readonly (readonly (CellView | undefined)[])[];
}

export interface CellView {
  readonly amount: "all" | "some" | "none" | "depends";
  readonly text: string;
  /** What Kubernetes specifies, where that is something else. */
  readonly spec?: string;
}

export interface WalkView {
  readonly problems: readonly Problem[];
  readonly walk?: {
    /** `development/frontend (10.240.1.10)` */
    readonly source: string;
    readonly destination: string;
    readonly port: string;
    readonly verdict: Verdict;
    /** What Kubernetes specifies, and why. */
    readonly spec: "allow" | "deny";
    readonly specReasons: readonly string[];
    readonly steps: readonly StepView[];
    /** The rules of policies that had a part in it, the one that decided last. */
    readonly causes: readonly { readonly id: string; readonly cause: Cause }[];
  };
}

export type Verdict = "allow" | "deny" | "depends";

export interface StepView {
  /** Of the rule; "" for the policy of a built-in chain. */
  readonly id: string;
  readonly chain: string;
  readonly rule: number;
  /** 0 in the chain where the walk began. */
  readonly depth: number;
  readonly matched: boolean | "unknown";
  readonly why: string;
  readonly action: string;
  readonly text: string;
  /** The packet's mark after the step; absent when it is not known. */
  readonly mark?: number;
  readonly decides: boolean;
  /** How many rules this step stands for: of a long row that does not match only the first are told apart. */
  readonly count: number;
  readonly cause?: Cause;
}

export interface EngineView {
  readonly id: string;
  readonly title: string;
  /** Oldest first. */
  readonly generations: readonly GenerationView[];
  readonly defaultGeneration: string;
}

/** A line of what `anpm explain` says. */
export interface ExplainedLine {
  /** 0 for the thing that was asked for, more for what belongs to it. */
  readonly depth: number;
  readonly kind: ExplainedKind;
  /** `rule AZURE-NPM 2`, `mind: Policies add up` */
  readonly head: string;
  readonly text: string;
  readonly cause: Cause;
}

export type GenerationView = Pick<GenerationInfo, "id" | "releases" | "from" | "until" | "kubernetes" | "summary">;

/** How a generation treats the manifests and a packet. */
export interface Outcome {
  readonly rules?: number;
  readonly sets?: number;
  readonly verdict?: Verdict;
}
