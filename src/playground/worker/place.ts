import { positionOf, type Origin, type Source } from "../../../compiler/index.js";
import { blockAt, blockOfLine } from "../block.js";
import type { Cause } from "../views.js";

/** What diagnostics and logs call the text of the editor. */
export const sourceName = "manifests.yaml";

/** Where something came from, as lines. What has no origin stood on the node before. */
export function causeOf(origin: Origin | undefined): Cause {
  if (!origin) return { kind: "engine", reason: "stood on the node before" };
  if (origin.kind === "engine") return { kind: "engine", reason: origin.reason };
  const { line, column } = positionOf(origin.location);
  const all = linesOf(origin.location.source);
  // Fields of objects are found at their key, parts of policies at their value.
  const lines = isKey.test(origin.field) ? blockOfLine(all, line) : blockAt(all, line, column);
  return { kind: "place", object: origin.object, field: origin.field, ...lines };
}

const isKey = /^(metadata|status)\.|^spec\.containers$/;

const known = new WeakMap<Source, readonly string[]>();

function linesOf(source: Source): readonly string[] {
  let lines = known.get(source);
  if (!lines) known.set(source, (lines = source.text.split("\n")));
  return lines;
}
