import type { Switches, WrittenPacket } from "./switches.js";
import type {
  Cause,
  Compiled,
  EngineView,
  ExplainedLine,
  MatrixViewed,
  Outcome,
  PolicyView,
  WalkView,
} from "./views.js";

/** What the page may ask of the worker. All but `compile`, `engines` and `outcome` are about what was compiled last; undefined when
 *  that had errors, or when the engine does not have it. */
export interface Calls {
  engines(): readonly EngineView[];
  compile(text: string, switches: Switches): Compiled;
  /** Where chains, rules and sets came from, the most exact first, by id. */
  origins(): Readonly<Record<string, readonly Cause[]>>;
  /** What there is to say about a chain, a rule, a set or a policy, or about a line of the manifests. */
  explained(asked: { readonly id: string } | { readonly line: number }): readonly ExplainedLine[];
  pairs(): readonly PolicyView[] | undefined;
  matrix(): MatrixViewed | undefined;
  /** By the name of an output of `anpm compile`: `log`, `script`. */
  output(name: string): { readonly fileName: string; readonly text: string } | undefined;
  walk(packet: WrittenPacket): WalkView | undefined;
  outcome(text: string, switches: Switches, packet: WrittenPacket): Outcome;
}

export type Name = keyof Calls;

export interface Request {
  readonly id: number;
  readonly name: Name;
  readonly parameters: readonly unknown[];
}

export interface Reply {
  readonly id: number;
  readonly value: unknown;
  /** There when the call threw. */
  readonly error?: string;
}
