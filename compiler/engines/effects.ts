import type { Command } from "../netfilter/command.js";
import type { Effect } from "./engine.js";
import type { LogEntry } from "./log-entry.js";

/** The commands among effects, in order. */
export function commandsOf(effects: readonly Effect[]): readonly Command[] {
  return effects.flatMap((effect) => (effect.kind === "command" ? [effect.command] : []));
}

/** The log entries among effects, in order. */
export function logEntriesOf(effects: readonly Effect[]): readonly LogEntry[] {
  return effects.flatMap((effect) => (effect.kind === "log" ? [effect.entry] : []));
}
