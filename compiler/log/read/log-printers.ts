import { printIpsetSave } from "../../netfilter/print-ipset-save.js";
import { printIptablesSave } from "../../netfilter/print-iptables-save.js";
import type { LogEvent } from "./event.js";
import { LogStory } from "./format-log.js";
import { logEventJson, logReportJson } from "./log-json.js";
import type { LogReader } from "./log-reader.js";

/** Prints a log while it is read: text for each event, and at the end. */
export interface LogPrinter {
  event(event: LogEvent): string;
  end(reader: LogReader): string;
}

/** How a read log can be printed; the default first. */
export const logFormats = ["text", "json", "iptables-save", "ipset-save"] as const;

export type LogFormat = (typeof logFormats)[number];

export function logPrinter(format: LogFormat): LogPrinter {
  switch (format) {
    case "text":
      return new LogStory();
    case "json":
      return new JsonPrinter();
    case "iptables-save":
      return { event: () => "", end: (reader) => printIptablesSave(reader.tables()) };
    case "ipset-save":
      return { event: () => "", end: (reader) => printIpsetSave(reader.tables().sets) };
  }
}

/** One document, an event a line. */
class JsonPrinter implements LogPrinter {
  #count = 0;

  event(event: LogEvent): string {
    const json = logEventJson(event);
    if (!json) return "";
    this.#count += 1;
    return `${this.#count === 1 ? '{\n"events": [\n' : ",\n"}${JSON.stringify(json)}`;
  }

  end(reader: LogReader): string {
    const events = this.#count === 0 ? '{\n"events": [' : "\n";
    return `${events}],\n${JSON.stringify(logReportJson(reader), null, 2).slice(2)}\n`;
  }
}
