import type { LogEntry, LogText } from "../../../log-entry.js";
import { ipsetError, iptablesError } from "../../kernel/program-errors.js";
import type { IpsetRun } from "../../kernel/ipset.js";
import type { IptablesRun } from "../../kernel/iptables.js";
import { logger } from "../../log-lines.js";
import type { Translation } from "../translation.js";
import { goEntry, type EntryShape } from "./go-values.js";

export type Say = (entry: LogEntry) => void;

/** Errors are sent to Application Insights too; until that is there, each attempt says so, before and after the error. */
export class ErrorLog {
  readonly #say: Say;
  #hasInsights = false;

  constructor(say: Say) {
    this.#say = say;
  }

  connectInsights(): void {
    this.#hasInsights = true;
    this.#say(logger("Initialized AppInsights handle"));
  }

  /** Behind `Error: `. */
  error(text: LogText): void {
    if (!this.#hasInsights) this.#say(logger("AppInsights didn't initialized."));
    this.#say(logger((facts) => `Error: ${text(facts)}`));
    if (!this.#hasInsights) this.#say(logger("AppInsights didn't initialized."));
  }
}

/** `[iptables -w 60 …] Stderr: [exit status 1, …]`, behind "Error: ". */
export function iptablesFailure(run: IptablesRun): string {
  const { words, status } = run;
  return `There was an error running command: [${words.join(" ")}] Stderr: [exit status ${status}, ${iptablesError(run)}]`;
}

export function ipsetFailure(run: IpsetRun): string {
  const { words, status } = run;
  return `There was an error running command: [${words.join(" ")}] Stderr: [exit status ${status}, ${ipsetError(run)}]`;
}

/** `Executing iptables command iptables [-w 60 …]` */
export function executing(words: () => readonly string[]): LogEntry {
  return logger(() => {
    const [program, ...args] = words();
    return `Executing ${program} command ${program} [${args.join(" ")}]`;
  });
}

/** What translatePolicy says of its work; sets and lists as the release prints them. */
export function sayTranslation(
  say: Say,
  { entries, logged }: Translation,
  names: { readonly sets: () => readonly string[]; readonly lists: () => string },
  shape: EntryShape,
  translated: () => void = () => undefined,
): void {
  for (const direction of logged.directions) {
    say(logger(`started parsing ${direction} rule`));
    say(logger(`finished parsing ${direction} rule`));
  }
  translated();
  say(logger("Finished translatePolicy"));
  say(logger(() => `sets: [${names.sets().join(" ")}]`));
  say(logger(() => `lists: ${names.lists()}`));
  say(logger("entries: "));
  for (const entry of entries) say(logger(() => `entry: ${goEntry(entry, shape)}`));
}

/** Each set and list once, in the order NPM makes them. */
export function uniqueNames({ sets, lists }: Translation): {
  readonly sets: () => readonly string[];
  readonly lists: () => string;
} {
  return {
    sets: () => [...sets.keys()],
    lists: () => `[${lists.map(({ name }) => name).join(" ")}]`,
  };
}
