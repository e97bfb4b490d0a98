import { parseEvents as parseYaml, YAMLException, type Event } from "js-yaml";
import { relaxFlow } from "./relax-flow.js";

/** Nested lists and mappings, at most. Kubernetes has none deeper than about 60 (schemas in custom resource definitions). */
export const maxDepth = 1000;

export type EventResult =
  | { readonly kind: "events"; readonly events: readonly Event[]; readonly relaxed: boolean }
  | { readonly kind: "problem"; readonly reason: string; readonly offset: number };

/** The events of one chunk, or where and why it is no YAML. Accepts the bracket indentation that kubectl accepts. */
export function parseEvents(text: string): EventResult {
  let relaxed = text;
  for (let spent = 0; ;) {
    const result = tryParse(relaxed);
    if (result.kind === "events") return { ...result, relaxed: relaxed !== text };
    spent += 2 * result.offset + text.length / 10;
    if (result.reason !== "deficient indentation" || spent > MAX_RELAXED) return result;
    const next = relaxFlow(relaxed, result.offset, openQuote(relaxed, result.offset));
    if (next === relaxed) return result;
    relaxed = next;
  }
}

/** The events of a text as js-yaml reads it. */
export function tryParse(text: string): EventResult {
  try {
    return { kind: "events", events: parseYaml(text, { maxDepth }), relaxed: false };
  } catch (error) {
    if (error instanceof YAMLException) {
      return { kind: "problem", reason: error.reason, offset: Math.min(error.mark?.position ?? 0, text.length) };
    }
    if (error instanceof RangeError) return { kind: "problem", reason: "nesting exceeded maxDepth", offset: 0 };
    throw error;
  }
}

/** The quote that is open at an offset inside of a bracket or a quoted text: js-yaml names it when the text ends there. */
function openQuote(text: string, offset: number): "'" | '"' | undefined {
  const result = tryParse(text.slice(0, offset).trimEnd());
  if (result.kind !== "problem" || !result.reason.includes("quoted scalar")) return undefined;
  return result.reason.includes("double") ? '"' : "'";
}

/** Characters of a chunk that may be read again because of brackets, so that a hostile one costs about two seconds at most. */
const MAX_RELAXED = 20_000_000;
