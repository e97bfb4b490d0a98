/** How a program that writes its log to a file keeps it small. */
export interface LogRotation {
  /** Bytes; a file that has them is moved aside. */
  readonly limit: number;
  /** How many files there are at most, the newest included. */
  readonly files: number;
  /** The size is looked at before the first message, and again before every so many-th. */
  readonly every: number;
}
