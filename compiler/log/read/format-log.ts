import type { LogEvent } from "./event.js";
import { describeEvent } from "./describe-event.js";
import { gapMeanings } from "./gaps.js";
import type { LogReader } from "./log-reader.js";
import type { ErrorCount, LogSummary } from "./log-summary.js";

/** A log for people: what happened, line by line, then what it amounts to. */
export class LogStory {
  /** Kernel name → readable name, of the sets that were created. */
  readonly #names = new Map<string, string>();
  #last = "";

  /** "" for what changes nothing. */
  event(event: LogEvent): string {
    if (event.said.kind === "set" && event.said.entry.readableName !== "")
      this.#names.set(event.said.entry.name, event.said.entry.readableName);
    const told = describeEvent(event, (word) => this.#names.get(word) ?? word);
    // A rule that was announced, then added with its command.
    if (told === undefined || told === this.#last) return "";
    this.#last = told;
    return `${event.time ?? "                   "}  ${told}\n`;
  }

  end(reader: LogReader): string {
    const summary = reader.summary();
    const lines = [
      ...(this.#last === "" ? [] : [""]),
      ...overview(summary),
      ...rebuilt(reader),
      ...errors(summary.errors),
      ...rest(summary),
    ];
    return `${lines.join("\n")}\n`;
  }
}

function overview({ files, lines, first, last, releases, kubernetes, counts }: LogSummary): readonly string[] {
  const span = first === undefined ? "" : `, ${first} to ${last}`;
  const runs = [releases.join(", "), kubernetes.length > 0 ? `on Kubernetes ${kubernetes.join(", ")}` : ""];
  const told = [...counts].map(([what, count]) => `${count} × ${what}`);
  return [
    `read: ${plural(lines, "line")} of ${plural(files, "file")}${span}`,
    ...(runs.some((part) => part !== "") ? [`NPM: ${runs.filter((part) => part !== "").join(" ")}`] : []),
    ...(told.length > 0 ? [`said: ${told.join(", ")}`] : []),
  ];
}

function rebuilt(reader: LogReader): readonly string[] {
  const { chains, sets } = reader.tables();
  const own = chains.filter(({ policy }) => policy === undefined);
  const rules = chains.reduce((sum, chain) => sum + chain.rules.length, 0);
  const members = sets.reduce((sum, set) => sum + set.members.length, 0);
  return [
    `afterwards: ${plural(own.length, "chain")}, ${plural(rules, "rule")}, ${plural(sets.length, "set")}, ${plural(members, "member")}`,
    ...reader.gaps().map((gap) => `  but ${gapMeanings[gap].meaning}`),
  ];
}

function errors(all: readonly ErrorCount[]): readonly string[] {
  const real = all.filter(({ error }) => !error.harmless);
  const usual = all.filter(({ error }) => error.harmless);
  return [
    real.length > 0 ? "errors:" : "errors: none",
    ...real.flatMap(({ error, count, first }) => [
      `  ${error.code}: ${error.title} (${count === 1 ? "once" : `${count} times, first`} at ${placeOf(first)})`,
      `    means: ${error.meaning}`,
      `    helps: ${error.remedy}`,
    ]),
    ...(usual.length > 0 ? ["harmless:"] : []),
    ...usual.map(({ error, count }) => `  ${error.code}: ${error.title} (${count} ×): ${error.meaning}`),
  ];
}

function rest({ unknown, unknownLines, cutOff }: LogSummary): readonly string[] {
  return [
    ...(unknown > 0 ? [`not understood: ${plural(unknown, "line")}`] : []),
    ...unknownLines.map((event) => `  ${placeOf(event)}: ${excerpt(event.text)}`),
    ...(cutOff ? ["the last line is cut off"] : []),
  ];
}

function placeOf({ file, line }: LogEvent): string {
  return `${file}:${line}`;
}

function excerpt(text: string): string {
  const printable = text.replace(/[^\x20-\x7e\u00a0-\uffff]/g, "?");
  return printable.length > 100 ? `${printable.slice(0, 97)}...` : printable;
}

function plural(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? "" : "s"}`;
}
