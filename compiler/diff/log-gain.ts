import type { Effect, Event, Machine, Node } from "../engines/engine.js";
import { logEntriesOf } from "../engines/effects.js";
import type { LogEntry } from "../engines/log-entry.js";
import { isResource } from "../model/admit-resource.js";
import { keyOf } from "../model/objects.js";
import { resourceKey, type StoredObject } from "../model/resources.js";
import { Uids } from "../model/uids.js";
import type { ChangedEntity } from "./edits/diff-objects.js";

/**
 * What the log of a node gains when the objects of one version become those of the other: what is gone is deleted, policies first, then the
 * others are applied: namespaces, pods, policies. `objects` made the node, which is used up.
 */
export function logGain(
  { machine, node }: { readonly machine: Machine; readonly node: Node },
  objects: readonly StoredObject[],
  changed: readonly ChangedEntity[],
): readonly LogEntry[] {
  const uids = new Uids();
  for (const object of objects) if (!isResource(object)) uids.store(object);
  // What the old version has the engine log is in its log already.
  machine.settle?.(node);
  const effects: Effect[] = [];
  let current = node;
  for (const event of changesOf(changed, uids)) {
    const step = machine.step(current, event);
    current = step.node;
    for (const effect of step.effects) effects.push(effect);
  }
  for (const effect of machine.settle?.(current) ?? []) effects.push(effect);
  return logEntriesOf(effects);
}

function changesOf(changed: readonly ChangedEntity[], uids: Uids): readonly Event[] {
  const [old, young] = [
    changed.flatMap(({ before }) => before?.objects ?? []),
    changed.flatMap(({ after }) => after?.objects ?? []),
  ];
  const stay = new Set(young.map(identityOf));
  const gone = inOrder(old.filter((object) => !stay.has(identityOf(object)))).toReversed();
  const deletions = gone.map((object): Event => ({ kind: "delete", objectKind: object.kind, key: objectKey(object) }));
  return [
    ...deletions,
    ...inOrder(young).map((object): Event => ({
      kind: "apply",
      object: isResource(object) ? object : uids.store(object),
    })),
  ];
}

/** Resources, namespaces, pods, policies; each in the order given. */
function inOrder(objects: readonly StoredObject[]): readonly StoredObject[] {
  const kinds = ["Namespace", "Pod", "NetworkPolicy"];
  return objects.toSorted((a, b) => kinds.indexOf(a.kind) - kinds.indexOf(b.kind));
}

function objectKey(object: StoredObject): string {
  return isResource(object) ? resourceKey(object) : keyOf(object);
}

function identityOf(object: StoredObject): string {
  return `${object.kind} ${objectKey(object)}`;
}
