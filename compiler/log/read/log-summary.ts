import type { LogEvent } from "./event.js";
import type { NpmError } from "./npm-errors.js";

/** What a log says as a whole; its size does not grow with the log. */
export interface LogSummary {
  readonly files: number;
  readonly lines: number;
  /** Times as written, of the first and of the last line that has one. */
  readonly first?: string;
  readonly last?: string;
  /** Releases and Kubernetes versions that NPM said it runs as, and on. */
  readonly releases: readonly string[];
  readonly kubernetes: readonly string[];
  /** `Pod created` → how often. */
  readonly counts: ReadonlyMap<string, number>;
  /** By first appearance. */
  readonly errors: readonly ErrorCount[];
  readonly unknown: number;
  /** The first few of those. */
  readonly unknownLines: readonly LogEvent[];
  readonly cutOff: boolean;
}

export interface ErrorCount {
  readonly error: NpmError;
  readonly count: number;
  readonly first: LogEvent;
  readonly last: LogEvent;
}

export class LogCounter {
  lines = 0;
  files = 0;
  #first: string | undefined;
  #last: string | undefined;
  #unknown = 0;
  #cutOff = false;
  readonly #unknownLines: LogEvent[] = [];
  readonly #releases = new Set<string>();
  readonly #kubernetes = new Set<string>();
  readonly #counts = new Map<string, number>();
  readonly #errors = new Map<string, { error: NpmError; count: number; first: LogEvent; last: LogEvent }>();

  take(event: LogEvent): void {
    const { said, time, cutOff } = event;
    this.#first ??= time;
    this.#last = time ?? this.#last;
    this.#cutOff ||= cutOff === true;
    switch (said.kind) {
      case "object":
        return this.#count(`${said.objectKind} ${said.action}`);
      case "rule":
        if (said.state === "adding" || said.state === "deleting")
          this.#count(said.state === "adding" ? "rule added" : "rule deleted");
        return;
      case "set":
        return this.#count("set created");
      case "change":
        return this.#count(`${said.what} ${said.action}`);
      case "command":
        return this.#count(`${said.program} command`);
      case "start":
        if (said.release !== undefined) remember(this.#releases, said.release);
        if (said.kubernetes !== undefined) remember(this.#kubernetes, said.kubernetes);
        return;
      case "unknown":
        this.#unknown += 1;
        if (this.#unknownLines.length < 10) this.#unknownLines.push(event);
        return;
      case "error": {
        const found = this.#errors.get(said.error.code);
        if (!found) this.#errors.set(said.error.code, { error: said.error, count: 1, first: event, last: event });
        else {
          found.count += 1;
          found.last = event;
        }
        return;
      }
      case "member":
      case "step":
      case "blank":
        return;
    }
  }

  summary(): LogSummary {
    return {
      files: this.files,
      lines: this.lines,
      ...(this.#first !== undefined && { first: this.#first }),
      ...(this.#last !== undefined && { last: this.#last }),
      releases: [...this.#releases],
      kubernetes: [...this.#kubernetes],
      counts: this.#counts,
      errors: [...this.#errors.values()],
      unknown: this.#unknown,
      unknownLines: this.#unknownLines,
      cutOff: this.#cutOff,
    };
  }

  #count(what: string): void {
    this.#counts.set(what, (this.#counts.get(what) ?? 0) + 1);
  }
}

/** A log that repeats nonsense must not fill the memory. */
function remember(known: Set<string>, text: string): void {
  if (known.size < 20) known.add(text.slice(0, 100));
}
