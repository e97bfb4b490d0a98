import type { LogEntry, LogFacts } from "../engines/log-entry.js";
import { defaultLogClock, timeOf, type LogClock, type Timestamp } from "./clock.js";

/** What a log says that no manifest does; each has a fixed default, so that the same input gives the same log. */
export interface LogOptions extends Partial<LogFacts> {
  readonly clock?: LogClock;
  /** Of the program; 1 in its container. */
  readonly processId?: number;
}

export const defaultNodeName = "aks-nodepool1-12345678-vmss000000";

/** The log's text; `earlier` entries come before these, so that the clock goes on. */
export function printLog(entries: readonly LogEntry[], options: LogOptions = {}, earlier = 0): string {
  return printMessages(entries, options, earlier).join("");
}

/** The same, entry by entry. */
export function printMessages(entries: readonly LogEntry[], options: LogOptions = {}, earlier = 0): readonly string[] {
  const { clock = defaultLogClock, processId = 1, nodeName = defaultNodeName } = options;
  const facts: LogFacts = { nodeName };
  return entries.map((entry, index) => {
    return `${headerOf(entry, timeOf(clock, earlier + index), processId)}${entry.text(facts)}\n`;
  });
}

/** What stands before the text, the space between them included. */
function headerOf(entry: LogEntry, time: Timestamp, processId: number): string {
  const { year, month, day, hour, minute, second, microsecond } = time;
  const clock = `${two(hour)}:${two(minute)}:${two(second)}`;
  switch (entry.kind) {
    case "klog": {
      const fraction = `${microsecond}`.padStart(6, "0");
      const thread = `${processId}`.padStart(7);
      return `${entry.severity}${two(month)}${two(day)} ${clock}.${fraction} ${thread} ${entry.source}] `;
    }
    case "logger":
      return `${year}/${two(month)}/${two(day)} ${clock} [${processId}] `;
    case "dated":
      return `${year}/${two(month)}/${two(day)} ${clock} `;
    case "calico": {
      const fraction = `${Math.floor(microsecond / 1000)}`.padStart(3, "0");
      return `${year}-${two(month)}-${two(day)} ${clock}.${fraction} [${entry.severity}][${processId}] ${entry.place}: `;
    }
    case "plain":
      return "";
  }
}

function two(number: number): string {
  return `${number}`.padStart(2, "0");
}
