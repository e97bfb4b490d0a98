/** A line of a dump that cannot be read; the reader goes on with the next one. */
export interface DumpProblem {
  /** 1-based. */
  readonly line: number;
  readonly message: string;
}

/** The lines of a dump without their ends, `\n` or `\r\n`. */
export function linesOf(text: string): string[] {
  return text.split(/\r?\n/);
}

/** A piece of a line, short enough for a message. */
export function excerpt(text: string): string {
  return text.length <= 80 ? text : `${text.slice(0, 77)}...`;
}
