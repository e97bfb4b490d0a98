import type { LogEntry } from "../../log-entry.js";
import { statementOf, type Statement } from "./statements.js";
import type { FelixVoice } from "./voice.js";

/** Field → value as Go writes it. */
export type Fields = Readonly<Record<string, string>>;

/** Takes down what Felix says, as long as nobody reads it without making its text. */
export class FelixWriter {
  readonly voice: FelixVoice;
  #entries: LogEntry[] = [];

  constructor(voice: FelixVoice) {
    this.voice = voice;
  }

  /** What the release does not say is not written. `more` stands right behind the words. */
  say(statement: Statement, fields: Fields | (() => Fields) = {}, more = ""): void {
    const found = statementOf(statement, this.voice.release);
    if (!found) return;
    this.#add(found.place, () => {
      const named = Object.entries(typeof fields === "function" ? fields() : fields);
      const sorted = named.toSorted(([a], [b]) => (a < b ? -1 : 1));
      return found.text + more + sorted.map(([name, value]) => ` ${name}=${value}`).join("");
    });
  }

  /** A line that says the same on every node: `table.go 377: Calculated …`. */
  write(line: string): void {
    const colon = line.indexOf(": ");
    this.#add(line.slice(0, colon), () => line.slice(colon + 2));
  }

  /** What was said since the last time. */
  take(): readonly LogEntry[] {
    const taken = this.#entries;
    this.#entries = [];
    return taken;
  }

  #add(place: string, text: () => string): void {
    this.#entries.push({ kind: "calico", severity: "INFO", place: this.voice.component + place, text });
  }
}
