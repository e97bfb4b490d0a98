/** One thing that a program wrote to its log, as a value: by which of its writers, and what. */
export type LogEntry =
  /** Google's klog: a header with severity, time, thread and the place in the source, then the text. */
  | { readonly kind: "klog"; readonly severity: "I" | "W" | "E"; readonly source: string; readonly text: LogText }
  /** The program's own logger: time, process id, text. */
  | { readonly kind: "logger"; readonly text: LogText }
  /** The same before it told the process id. */
  | { readonly kind: "dated"; readonly text: LogText }
  /** Calico's formatter: time, severity, process id, the place in the source, then the text. */
  | { readonly kind: "calico"; readonly severity: "INFO"; readonly place: string; readonly text: LogText }
  /** Written to the stream as it is. */
  | { readonly kind: "plain"; readonly text: LogText };

/** Without the last line end; made when somebody prints it. */
export type LogText = (facts: LogFacts) => string;

/** What only the reader of a log can say about the node. */
export interface LogFacts {
  readonly nodeName: string;
}
