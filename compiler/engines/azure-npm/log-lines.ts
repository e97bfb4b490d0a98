import type { Labels } from "../../model/objects.js";
import type { LogEntry, LogText } from "../log-entry.js";

/** A line of klog: `place` is `file.go:123`. */
export function klog(place: string, text: string | LogText, severity: "I" | "W" | "E" = "I"): LogEntry {
  return { kind: "klog", severity, source: place, text: typeof text === "string" ? () => text : text };
}

/** A line of NPM's own logger. */
export function logger(text: string | LogText): LogEntry {
  return { kind: "logger", text: typeof text === "string" ? () => text : text };
}

/** A line of NPM's own logger before it told the process id. */
export function dated(text: string | LogText): LogEntry {
  return { kind: "dated", text: typeof text === "string" ? () => text : text };
}

/** What the program writes without a logger. */
export function plain(text: string): LogEntry {
  return { kind: "plain", text: () => text };
}

/** A map as Go prints it with %v: `map[app:web role:db]`, by key. */
export function goMap(labels: Labels): string {
  return `map[${[...labels].map(([key, value]) => `${key}:${value}`).join(" ")}]`;
}

/** A set of names as Go prints a map of empty structs: `map[a:{} b:{}]`, by name. */
export function goSet(names: readonly string[]): string {
  return `map[${[...new Set(names)]
    .sort()
    .map((name) => `${name}:{}`)
    .join(" ")}]`;
}
