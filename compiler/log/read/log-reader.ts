import type { Chain, Tables } from "../../netfilter/tables.js";
import type { LogEvent } from "./event.js";
import { LogCounter, type LogSummary } from "./log-summary.js";
import { Rebuild, type Gap } from "./rebuild.js";
import type { LogRecord } from "./record.js";
import { RecordSplitter } from "./record-splitter.js";
import { understand, understandPlain } from "./understand.js";

export interface LogReaderOptions {
  /** The node's filter table before NPM came, for the places of rules between other people's. */
  readonly existing?: readonly Chain[];
}

/**
 * Reads logs of Azure NPM of any release, in pieces of any size, and tells what they say as it goes. Keeps the tables and
 * some counts, never the log. Nothing that it is fed makes it throw.
 *
 * @example
 * const reader = new LogReader();
 * for (const event of reader.feed(text)) console.log(event.time, event.said.kind);
 * reader.end();
 * console.log(printIptablesSave(reader.tables()));
 */
export class LogReader {
  readonly #splitter = new RecordSplitter();
  readonly #counter = new LogCounter();
  readonly #rebuild: Rebuild;

  constructor(options: LogReaderOptions = {}) {
    this.#rebuild = new Rebuild(options.existing);
  }

  /** What comes next is from another file, older ones first: `azure-npm.log.1` before `azure-npm.log`. */
  nextFile(name: string): LogEvent[] {
    const events = this.#read(this.#splitter.nextFile(name));
    this.#counter.files += 1;
    return events;
  }

  feed(text: string): LogEvent[] {
    return this.#read(this.#splitter.feed(text));
  }

  /** Nothing comes after this. */
  end(): LogEvent[] {
    return this.#read(this.#splitter.end());
  }

  summary(): LogSummary {
    return this.#counter.summary();
  }

  /** What the log tells of the filter table and the sets, as far as it was read. */
  tables(): Tables {
    return this.#rebuild.tables();
  }

  /** Why the tables cannot be complete. */
  gaps(): readonly Gap[] {
    return this.#rebuild.gaps();
  }

  #read(records: readonly LogRecord[]): LogEvent[] {
    const events = records.flatMap(eventsOf);
    for (const record of records) this.#counter.lines += 1 + record.rest.length;
    for (const event of events) {
      this.#counter.take(event);
      this.#rebuild.take(event);
    }
    return events;
  }
}

/** One for the record, and one for each line behind it that belongs to something else. */
function eventsOf(record: LogRecord): readonly LogEvent[] {
  const { file, line, time, text, rest, cutOff } = record;
  const { said, lines } = understand(record);
  const own: LogEvent = { file, line, ...(time !== undefined && { time }), text, said, ...(cutOff && { cutOff }) };
  if (lines >= rest.length) return [own];
  const others = rest.slice(lines).map((other, index): LogEvent => {
    return { file, line: line + lines + index + 1, text: other, said: understandPlain(other) };
  });
  return [own, ...others];
}
