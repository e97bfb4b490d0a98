import type { Switches, WrittenPacket } from "./switches.js";
import type { Compiled, EngineView, MatrixViewed, Outcome, PolicyView, WalkView } from "./views.js";

/** What the page may ask of the worker. All but `compile`, `engines` and `outcome` are about what was compiled last; undefined when
 *  that had errors, or when the engine does not have it. */
export interface Calls {
  engines(): readonly EngineView[];
  compile(text: string, switches: Switches): Compiled;
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
