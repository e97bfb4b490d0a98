/** One diagnostic: what is said, and what to write instead. */
export interface CodeEntry<P> {
  readonly severity: "error" | "warning";
  readonly message: (parameters: P) => string;
  readonly fix: (parameters: P) => string;
}

export function error<P>(message: (p: P) => string, fix: (p: P) => string): CodeEntry<P> {
  return { severity: "error", message, fix };
}

export function warning<P>(message: (p: P) => string, fix: (p: P) => string): CodeEntry<P> {
  return { severity: "warning", message, fix };
}
