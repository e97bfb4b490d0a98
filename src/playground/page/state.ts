import { lessons } from "../lesson.js";
import type { Switches, WrittenPacket } from "../switches.js";

export const tabNames = ["pairs", "rules", "sets", "log", "matrix", "path"] as const;

export type TabName = (typeof tabNames)[number];

/** What a link to the page holds. */
export interface State {
  readonly text: string;
  /** Id of a lesson; "" for none. */
  readonly lesson: string;
  readonly switches: Switches;
  readonly packet: WrittenPacket;
  readonly tab: TabName;
}

/** UTF-16 code units of manifests in a link. */
export const maxTextLength = 200_000;

const maxWordLength = 300;

/** The state that a value from outside describes; undefined when it describes none. Nothing but known keys of the right type is taken. */
export function readState(value: unknown): State | undefined {
  if (!isRecord(value) || typeof value["text"] !== "string" || value["text"].length > maxTextLength) return undefined;
  const switches: { engine?: string; generation?: string; kubernetes?: string } = {};
  for (const key of ["engine", "generation", "kubernetes"] as const) {
    const word = wordOf(value[key]);
    if (word !== "") switches[key] = word;
  }
  return {
    text: value["text"],
    lesson: lessons.some(({ id }) => id === value["lesson"]) ? (value["lesson"] as string) : "",
    switches,
    packet: { from: wordOf(value["from"]), to: wordOf(value["to"]), port: wordOf(value["port"]) },
    tab: tabNames.find((name) => name === value["tab"]) ?? "pairs",
  };
}

/** The opposite of `readState`: flat, so that links are short. */
export function writeState({ text, lesson, switches, packet, tab }: State): object {
  return { text, ...(lesson !== "" && { lesson }), ...switches, ...packet, tab };
}

/** One line of a sensible length, or "". */
function wordOf(value: unknown): string {
  if (typeof value !== "string" || value.length > maxWordLength || /[\u0000-\u001f\u007f]/.test(value)) return "";
  return value;
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
