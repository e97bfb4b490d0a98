import { blockOfLine, type Lines } from "../block.js";
import type { Linked } from "../views.js";

/** What is lit up: lines of the manifests, and things of the panels. */
export interface Light {
  readonly lines: readonly Lines[];
  /** Ids of what is meant. */
  readonly ids: ReadonlySet<string>;
  /** Ids of what belongs to that. */
  readonly near: ReadonlySet<string>;
}

export const noLight: Light = { lines: [], ids: new Set(), near: new Set() };

/** What a line of the manifests causes: all that comes from the lines indented below it, or else what comes from the smallest block around it. */
export function lightOfLine(text: string, line: number, items: readonly Linked[]): Light {
  const block = blockOfLine(text.split("\n"), line);
  const inside = items.filter((item) =>
    placesOf([item]).some((place) => block.line <= place.line && place.line <= block.lastLine),
  );
  const found = inside.length > 0 ? inside : innermost(items, line);
  if (found.length === 0) return noLight;
  const lines = inside.length > 0 ? [block] : placesOf(found);
  return { lines, ids: idsOf(found), near: relatedOf(found) };
}

/** What a thing of a panel comes from, and what belongs to it. */
export function lightOfId(id: string, items: readonly Linked[]): Light {
  const found = items.filter((item) => item.id === id);
  return { lines: placesOf(found), ids: idsOf(found), near: relatedOf(found) };
}

function innermost(items: readonly Linked[], line: number): readonly Linked[] {
  let best: readonly Linked[] = [];
  let size = Infinity;
  for (const item of items) {
    for (const place of placesOf([item])) {
      if (line < place.line || line > place.lastLine) continue;
      const itsSize = place.lastLine - place.line;
      if (itsSize < size) [best, size] = [[item], itsSize];
      else if (itsSize === size && best.at(-1) !== item) best = [...best, item];
    }
  }
  return best;
}

function placesOf(items: readonly Linked[]): readonly Lines[] {
  return items.flatMap(({ cause, causes = [cause] }) => causes.filter(isPlace));
}

function idsOf(items: readonly Linked[]): ReadonlySet<string> {
  return new Set(items.map(({ id }) => id));
}

function relatedOf(items: readonly Linked[]): ReadonlySet<string> {
  const ids = idsOf(items);
  return new Set(items.flatMap(({ related }) => related).filter((id) => !ids.has(id)));
}

function isPlace(cause: Linked["cause"]): cause is Extract<Linked["cause"], { kind: "place" }> {
  return cause.kind === "place";
}
