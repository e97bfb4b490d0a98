import { parseDocuments } from "../manifest/parse-documents.js";
import type { Document, Value } from "../manifest/value.js";
import type { KubernetesObject } from "../model/objects.js";
import { keyOf } from "../model/objects.js";
import { diagnostic, type Diagnostic } from "../text/diagnostic.js";
import { formatLocation, positionOf, type Source } from "../text/source.js";
import type { Explained, Explanation } from "./explanation.js";
import { indexOf, viewPolicy, withMembers, type View } from "./views.js";

/** A place in a manifest, 1-based. */
export interface WrittenPlace {
  readonly file: string;
  readonly line: number;
}

/** `policies/backend.yaml:14` or `…:14:3`; undefined when it says no line. */
export function readPlace(text: string): WrittenPlace | undefined {
  const found = /^(.+?):([1-9]\d{0,8})(?::\d+)?$/s.exec(text);
  return found ? { file: found[1]!, line: Number(found[2]) } : undefined;
}

/**
 * What a line of a manifest causes: of a policy its innermost part there, with rules and sets; of a pod or a namespace the sets that it
 * stands in. `source` holds the line.
 */
export function viewPlace(
  explanation: Explanation,
  objects: readonly KubernetesObject[],
  source: Source,
  { line }: WrittenPlace,
): View | Diagnostic {
  const { documents } = parseDocuments(source);
  const lines = source.text.split("\n").length;
  if (line > lines) return diagnostic("explain-place-beyond", { file: source.name, line, lines });
  const document = documents.findLast(({ value }) => firstLine(source, value) <= line);
  const at = document && deepest(document, line);
  const object = at && objectAt(objects, source, at.starts);
  if (!at) return diagnostic("explain-place-outside", { place: `${source.name}:${line}` });
  if (!object)
    return (
      otherPlace(explanation, source, at) ?? diagnostic("explain-place-outside", { place: `${source.name}:${line}` })
    );
  if (object.kind === "NetworkPolicy") return policyPart(explanation, keyOf(object), at.path);
  const having = explanation.sets.flatMap((set) => {
    const members = explanation
      .members(set.id.slice("set ".length))
      .filter(({ origins }) => origins.some((origin) => isAbout(origin, object, objects)));
    return members.length > 0 ? [{ ...set, parts: members }] : [];
  });
  if (having.length === 0)
    return diagnostic("explain-place-causes-nothing", { object: `${object.kind} ${keyOf(object)}` });
  return { rulesOf: explanation.rulesOf, things: having };
}

/** A place in an object of another kind: a policy's innermost part there, or the sets that the object stands in. */
function otherPlace(explanation: Explanation, source: Source, { path, starts }: Deepest): View | undefined {
  const isHere = ({ origins: [origin] }: Explained): boolean =>
    origin?.kind === "field" && origin.location.source.name === source.name && starts.includes(origin.location.offset);
  const policy = explanation.policies.find(isHere);
  if (policy) {
    const whole = viewPolicy(explanation, policy).things[0]!;
    const parts = [...indexOf([whole]).values()].filter(({ kind }) => kind === "policy-rule");
    const fieldOf = ({ origins: [origin] }: Explained) => (origin?.kind === "field" ? origin.field : "");
    const part = parts.find((each) => `${path}.`.startsWith(`${fieldOf(each)}.`));
    if (!part) return { rulesOf: explanation.rulesOf, things: [whole] };
    return {
      rulesOf: explanation.rulesOf,
      things: [{ ...part, parts: [...part.parts, ...setsOf(part, explanation)] }],
    };
  }
  const having = explanation.sets.flatMap((set) => {
    const members = explanation.members(set.id.slice("set ".length)).filter(isHere);
    return members.length > 0 ? [{ ...set, parts: members }] : [];
  });
  return having.length > 0 ? { rulesOf: explanation.rulesOf, things: having } : undefined;
}

/** The origin is a field of the object: none of the others of that name begins between the two. */
function isAbout(
  origin: Explained["origins"][number],
  object: KubernetesObject,
  objects: readonly KubernetesObject[],
): boolean {
  if (origin.kind !== "field" || origin.object !== keyOf(object)) return false;
  const { source, offset } = origin.location;
  if (source !== object.source || offset < object.offset) return false;
  const next = objects.filter((each) => each.source === source && each.offset > object.offset && each.offset <= offset);
  return next.length === 0;
}

/** The part of a policy at a field path, or the innermost around it. */
function policyPart(explanation: Explanation, policy: string, path: string): View {
  const whole = viewPolicy(
    explanation,
    explanation.policies.find(({ id }) => id === `policy ${policy}`)!,
  ).things[0]!;
  const parts = indexOf([whole]);
  for (let field = path; field !== ""; field = field.replace(/(^|\.)[^.[]*$|\[\d+\]$/, "")) {
    const part = parts.get(`policy ${policy} ${field}`);
    if (!part) continue;
    const shown = part.kind === "port" ? withRules(part, parts) : part;
    const sets = setsOf(shown, explanation);
    return { rulesOf: explanation.rulesOf, things: [{ ...shown, parts: [...shown.parts, ...sets] }] };
  }
  return { rulesOf: explanation.rulesOf, things: [whole] };
}

function withRules(port: Explained, parts: ReadonlyMap<string, Explained>): Explained {
  return { ...port, parts: [...port.parts, ...port.links.flatMap((id) => parts.get(id) ?? [])] };
}

function setsOf(part: Explained, explanation: Explanation): readonly Explained[] {
  const ids = new Set([...indexOf([part]).values()].flatMap(({ kind, links }) => (kind === "rule" ? links : [])));
  return explanation.sets.filter(({ id }) => ids.has(id)).map((set) => withMembers(explanation, set, 5));
}

interface Deepest {
  /** `spec.ingress[0].from[1].podSelector.matchLabels` */
  readonly path: string;
  /** Offsets of the values around it, the innermost last. */
  readonly starts: readonly number[];
}

/** The last value that begins on the line or before it, in written order. */
function deepest({ source, value }: Document, line: number): Deepest {
  let best: Deepest & { readonly offset: number } = { path: "", starts: [value.offset], offset: -1 };
  const visit = (node: Value, path: string, starts: readonly number[], offset: number): void => {
    const here = [...starts, node.offset];
    if (offset >= best.offset && positionOf({ source, offset }).line <= line) best = { path, starts: here, offset };
    if (node.kind === "sequence")
      node.items.forEach((item, index) => visit(item, `${path}[${index}]`, here, item.offset));
    if (node.kind === "mapping") {
      for (const { key, keyOffset, value: child } of node.entries)
        visit(child, path === "" ? key : `${path}.${key}`, here, keyOffset);
    }
  };
  visit(value, "", [], value.offset);
  return best;
}

/** The object that was written at the innermost of some offsets; objects of a List stand below it. */
function objectAt(
  objects: readonly KubernetesObject[],
  source: Source,
  starts: readonly number[],
): KubernetesObject | undefined {
  const having = objects.filter((object) => object.source === source || object.source.name === source.name);
  return starts
    .map((start) => having.find(({ offset }) => offset === start))
    .findLast((object) => object !== undefined);
}

function firstLine(source: Source, { offset }: Value): number {
  return Number(/:(\d+):\d+$/.exec(formatLocation({ source, offset }))![1]);
}
