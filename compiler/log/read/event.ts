import type { Said } from "./said.js";

/** What one place of a log says. */
export interface LogEvent {
  readonly file: string;
  /** 1-based. */
  readonly line: number;
  /** As written; absent for lines without a header. */
  readonly time?: string;
  /** The first line, without its header. */
  readonly text: string;
  readonly said: Said;
  /** The log ends in the middle of it. */
  readonly cutOff?: true;
}
