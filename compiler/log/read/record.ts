/** One call of a logger: a line with a header, and the lines without one that follow it. */
export interface LogRecord {
  readonly file: string;
  /** 1-based, in its file. */
  readonly line: number;
  /** As written: `2021/03/02 12:34:56`, `0506 12:34:56.789012` (klog has no year); absent for lines without a header. */
  readonly time?: string;
  /** Which writer the header is of: Azure NPM's own logger, klog, Calico's, or none. */
  readonly writer: "logger" | "klog" | "calico" | "none";
  /** klog's, and Calico's. */
  readonly severity?: "I" | "W" | "E" | "F";
  /** The place in the source that the header names: `npm.go:68`. */
  readonly place?: string;
  /** The text behind the header, to the end of the line. */
  readonly text: string;
  /** The lines that follow. What is beyond `maxRecordLength` is left out. */
  readonly rest: readonly string[];
  /** The log ends in it, without an end of line. */
  readonly cutOff?: true;
}

/** Characters of one record that are kept. NPM's longest, a policy with all its rules or a file for ipset, are shorter. */
export const maxRecordLength = 1 << 20;
