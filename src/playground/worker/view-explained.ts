import {
  headOf,
  indexOf,
  viewPlace,
  viewPolicy,
  viewRule,
  viewSet,
  type CompileResult,
  type Explained,
  type Explanation,
  type View,
} from "../../../compiler/index.js";
import type { Cause, ExplainedLine } from "../views.js";
import { causeOf, sourceName } from "./place.js";

/** More is for `anpm explain`. */
const shownLines = 14;
const shownMembers = 4;
/** Of each set so many members light up the lines that put them there. */
const askedMembers = 100;

/** What `anpm explain` says of a thing of the panels; nothing for an id that it does not know. */
export function explainId(explanation: Explanation, id: string): readonly ExplainedLine[] {
  const thing = indexOf([...explanation.policies, ...explanation.chains, ...explanation.sets]).get(id);
  if (!thing) return [];
  switch (thing.kind) {
    case "rule":
    case "chain":
      return linesOf(viewRule(explanation, { ...thing, parts: thing.kind === "chain" ? [] : thing.parts }));
    case "set":
      return linesOf(viewSet(explanation, thing));
    default:
      return linesOf(viewPolicy(explanation, thing));
  }
}

/** What it says of a line of the manifests. */
export function explainLine(
  explanation: Explanation,
  { objects }: CompileResult,
  line: number,
): readonly ExplainedLine[] {
  const source = objects[0]?.source;
  const view = source && viewPlace(explanation, objects, source, { file: sourceName, line });
  return !view || "code" in view ? [] : linesOf(view);
}

/** Where everything on the node came from, by id; of a set also what put its members there. */
export function originsOf(explanation: Explanation): Readonly<Record<string, readonly Cause[]>> {
  const { chains, sets } = explanation;
  const things = [...chains, ...chains.flatMap(({ parts }) => parts)];
  return Object.fromEntries([
    ...things.map(({ id, origins }) => [id, origins.map(causeOf)]),
    ...sets.map(({ id, origins }) => {
      const its = explanation.members(id.slice("set ".length)).slice(0, askedMembers);
      return [id, [...origins, ...its.flatMap((member) => member.origins.slice(0, 1))].map(causeOf)];
    }),
  ]) as Readonly<Record<string, readonly Cause[]>>;
}

function linesOf({ things }: View): readonly ExplainedLine[] {
  return things.flatMap((thing) => lines(thing, 0)).slice(0, shownLines);
}

function lines(thing: Explained, depth: number): readonly ExplainedLine[] {
  const members = thing.parts.filter(({ kind }) => kind === "member").slice(0, shownMembers);
  const others = thing.parts.filter(({ kind }) => kind !== "member");
  const below = depth > 1 ? [] : [...members, ...others].flatMap((part) => lines(part, depth + 1));
  const { kind, text, origins } = thing;
  return [{ depth, kind, head: headOf(thing), text: text.join(" "), cause: causeOf(origins[0]) }, ...below];
}
