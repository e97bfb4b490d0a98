import { isResource } from "../model/admit-resource.js";
import type { Pod } from "../model/objects.js";
import type { StoredObject } from "../model/resources.js";
import type { Tables } from "../netfilter/tables.js";
import { addressesOf } from "../simulate/tiers/holders.js";
import type { Mixing } from "./attribution.js";
import type { ChangedEntity, ObjectsDifference, ObjectsVersion } from "./edits/diff-objects.js";
import { entitiesOf, textsOf } from "./edits/entity.js";

/**
 * Makes the tables of mixtures of two versions: each edit made or not. Undefined for a mixture that no API server accepts. Where there are many objects, a
 * mixture has those that were edited, their namespaces, and what may decide about packets between `ends`.
 */
export function mixtures(
  before: ObjectsVersion,
  after: ObjectsVersion,
  { changed, reordered, edits }: ObjectsDifference,
  ends: readonly string[],
  tablesOf: (text: string) => Tables | undefined,
): Mixing {
  const isLarge = [before, after].some(({ objects }) => objects.length > maxObjects);
  const edited = new Set(changed.flatMap((each) => [...(each.before?.objects ?? []), ...(each.after?.objects ?? [])]));
  const kept = isLarge ? keptObjects([...before.objects, ...after.objects], edited, ends) : () => true;
  const byName = new Map<string, ChangedEntity>();
  for (const each of changed) for (const entity of [each.before, each.after]) if (entity) byName.set(entity.name, each);
  /** Texts in the order of one version, behind them those of objects that only the other has. */
  const orderOf = ({ objects }: ObjectsVersion): readonly (ChangedEntity | readonly string[])[] => {
    const seen = new Set<ChangedEntity>();
    const mixed = objects.filter((object) => edited.has(object) || kept(object));
    const order = [...entitiesOf(mixed).values()].flatMap((entity): (ChangedEntity | readonly string[])[] => {
      const its = byName.get(entity.name);
      if (!its) return [textsOf(entity, entity.form)];
      if (seen.has(its)) return [];
      seen.add(its);
      return [its];
    });
    return [...order, ...changed.filter((each) => !seen.has(each))];
  };
  const [old, young] = [orderOf(before), orderOf(after)];
  const tablesWith: Mixing["tablesWith"] = (made) => {
    const order = reordered && !made.has(reordered.edit) ? old : young;
    const texts = order.flatMap((each) => ("texts" in each ? each.texts((edit) => made.has(edit)) : each));
    return tablesOf(texts.join("\n---\n"));
  };
  return { tablesWith, most: Math.floor(objectsToMix / (Math.max(old.length, young.length) + edits.length)) };
}

/** Of no more objects, mixtures have all. */
const maxObjects = 400;

/** So many objects in all are worth compiling to find causes: some ten seconds. */
const objectsToMix = 60_000;

/**
 * Resources, namespaces of what was edited and of the pods at the ends, these pods, and the policies there that may select one of them, whatever
 * becomes of its labels and however an engine reads several labels.
 */
function keptObjects(
  objects: readonly StoredObject[],
  edited: ReadonlySet<StoredObject>,
  ends: readonly string[],
): (object: StoredObject) => boolean {
  const addresses = new Set(ends);
  const isEnd = (pod: Pod): boolean => addressesOf(pod).some((address) => addresses.has(address));
  const pods = objects.filter((object): object is Pod => object.kind === "Pod" && isEnd(object));
  const namespaces = new Set([...edited, ...pods].flatMap((each) => (each.kind === "Namespace" ? [] : each.namespace)));
  const labels = new Map<string, Set<string>>();
  for (const pod of pods) {
    const its = labels.get(pod.namespace) ?? new Set();
    for (const label of pod.labels) its.add(label.join("="));
    labels.set(pod.namespace, its);
  }
  return (object) => {
    if (isResource(object)) return true;
    if (object.kind === "Namespace") return namespaces.has(object.name);
    if (object.kind === "Pod") return isEnd(object);
    const its = labels.get(object.namespace);
    const wanted = [...object.podSelector.matchLabels];
    return its !== undefined && (wanted.length === 0 || wanted.some((label) => its.has(label.join("="))));
  };
}
