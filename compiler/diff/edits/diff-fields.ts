import type { Path } from "../../model/places.js";
import type { Field, FieldList, FieldMap } from "../../model/stored-form.js";
import { fieldText } from "../../model/stored-form.js";
import { longestCommonOrder } from "../../netfilter/longest-common-order.js";

/** Where a field stands: keys, and indices of lists. */
export type { Path };

/** Two versions of a field in one: what is the same once, what differs as edits that can be taken back one by one. */
export type MergedField =
  | { readonly kind: "same"; readonly value: Field }
  | { readonly kind: "edited"; readonly edit: number; readonly before?: Field; readonly after?: Field }
  | { readonly kind: "map"; readonly entries: ReadonlyMap<string, MergedField> }
  | { readonly kind: "list"; readonly items: readonly MergedField[] };

/** One edit of a field; its number is its place in the list that `mergeFields` fills. */
export interface FieldChange {
  readonly kind: "added" | "removed" | "changed" | "moved";
  /** In the version that has it; of a changed or moved one, in both. */
  readonly before?: { readonly path: Path; readonly value: Field };
  readonly after?: { readonly path: Path; readonly value: Field };
}

/** Compares two versions; the changes are added to `changes`. */
export function mergeFields(
  before: Field,
  after: Field,
  changes: FieldChange[],
  was: Path = [],
  is: Path = was,
): MergedField {
  if (fieldText(before) === fieldText(after)) return { kind: "same", value: after };
  if (isMap(before) && isMap(after)) return mergeMaps(before, after, changes, was, is);
  if (isList(before) && isList(after)) return mergeLists(before, after, changes, was, is);
  return change(changes, { path: was, value: before }, { path: is, value: after });
}

/** The version in which the edits that `holds` accepts are made, and no others; undefined where nothing stands then. */
export function materialize(merged: MergedField, holds: (edit: number) => boolean): Field | undefined {
  switch (merged.kind) {
    case "same":
      return merged.value;
    case "edited":
      return holds(merged.edit) ? merged.after : merged.before;
    case "map": {
      const entries = [...merged.entries].flatMap(([key, each]): [string, Field][] => {
        const value = materialize(each, holds);
        return value === undefined ? [] : [[key, value]];
      });
      return new Map(entries);
    }
    case "list":
      return merged.items.flatMap((each): Field[] => {
        const value = materialize(each, holds);
        return value === undefined ? [] : [value];
      });
  }
}

interface Placed {
  readonly path: Path;
  readonly value: Field;
}

function change(changes: FieldChange[], before: Placed | undefined, after: Placed | undefined): MergedField {
  const kind = before ? (after ? "changed" : "removed") : "added";
  changes.push({ kind, ...(before && { before }), ...(after && { after }) });
  return edited(changes.length - 1, before?.value, after?.value);
}

function edited(edit: number, before: Field | undefined, after: Field | undefined): MergedField {
  return { kind: "edited", edit, ...(before !== undefined && { before }), ...(after !== undefined && { after }) };
}

function mergeMaps(before: FieldMap, after: FieldMap, changes: FieldChange[], was: Path, is: Path): MergedField {
  const entries = new Map<string, MergedField>();
  for (const key of new Set([...before.keys(), ...after.keys()])) {
    const [old, young] = [before.get(key), after.get(key)];
    const [from, to] = [
      [...was, key],
      [...is, key],
    ];
    if (old !== undefined && young !== undefined) entries.set(key, mergeFields(old, young, changes, from, to));
    else {
      const left = old === undefined ? undefined : { path: from, value: old };
      const right = young === undefined ? undefined : { path: to, value: young };
      entries.set(key, change(changes, left, right));
    }
  }
  return { kind: "map", entries };
}

/** Items that stay in order are the same; between them, items that have something in common are two versions of one. */
function mergeLists(before: FieldList, after: FieldList, changes: FieldChange[], was: Path, is: Path): MergedField {
  const [old, young] = [before.map(fieldText), after.map(fieldText)];
  const items: MergedField[] = [];
  const moved = new Map<string, number>();
  /** The edit of an item that each version has once, at another place; undefined for one that merely goes or comes. */
  const moveOf = (text: string): number | undefined => {
    const [source, target] = [onlyPlaceOf(old, text), onlyPlaceOf(young, text)];
    if (source === undefined || target === undefined) return undefined;
    const known = moved.get(text);
    if (known !== undefined) return known;
    changes.push({
      kind: "moved",
      before: { path: [...was, source], value: before[source]! },
      after: { path: [...is, target], value: after[target]! },
    });
    moved.set(text, changes.length - 1);
    return changes.length - 1;
  };
  const removed = (index: number): void => {
    const edit = moveOf(old[index]!);
    const left = { path: [...was, index], value: before[index]! };
    items.push(edit === undefined ? change(changes, left, undefined) : edited(edit, left.value, undefined));
  };
  const added = (index: number): void => {
    const edit = moveOf(young[index]!);
    const right = { path: [...is, index], value: after[index]! };
    items.push(edit === undefined ? change(changes, undefined, right) : edited(edit, undefined, right.value));
  };
  let [from, to] = [0, 0];
  const upTo = (oldEnd: number, youngEnd: number): void => {
    while (from < oldEnd || to < youngEnd) {
      const both = from < oldEnd && to < youngEnd;
      if (both && !young.includes(old[from]!) && !old.includes(young[to]!) && alike(before[from]!, after[to]!)) {
        items.push(mergeFields(before[from]!, after[to]!, changes, [...was, from], [...is, to]));
        [from, to] = [from + 1, to + 1];
      } else if (from < oldEnd) removed(from++);
      else added(to++);
    }
  };
  for (const [oldIndex, youngIndex] of longestCommonOrder(old, young)) {
    upTo(oldIndex, youngIndex);
    items.push({ kind: "same", value: after[youngIndex]! });
    [from, to] = [oldIndex + 1, youngIndex + 1];
  }
  upTo(old.length, young.length);
  return { kind: "list", items };
}

/** Undefined for a text that is there not at all, or more than once. */
function onlyPlaceOf(texts: readonly string[], text: string): number | undefined {
  const first = texts.indexOf(text);
  return first >= 0 && texts.lastIndexOf(text) === first ? first : undefined;
}

/** Two versions of one item rather than two items: maps that share a key. */
function alike(before: Field, after: Field): boolean {
  return isMap(before) && isMap(after) && [...before.keys()].some((key) => after.has(key));
}

function isMap(field: Field): field is FieldMap {
  return field instanceof Map;
}

function isList(field: Field): field is FieldList {
  return Array.isArray(field);
}
