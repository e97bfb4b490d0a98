import type { KubernetesObject } from "../model/objects.js";
import type { Tables } from "../netfilter/tables.js";
import type { ChangedEntity, ObjectsDifference, ObjectsVersion } from "./edits/diff-objects.js";
import { entitiesOf, textsOf } from "./edits/entity.js";

/** Whether mixtures have all objects; of many, they have those that were edited, and their namespaces. */
export function holdsAllObjects(...versions: readonly ObjectsVersion[]): boolean {
  return versions.every(({ objects }) => objects.length <= maxObjects);
}

const maxObjects = 400;

/**
 * Makes the tables of mixtures of two versions: each edit made or not. Undefined for a mixture that no API server accepts.
 */
export function mixtures(
  before: ObjectsVersion,
  after: ObjectsVersion,
  { changed, reordered }: ObjectsDifference,
  tablesOf: (text: string) => Tables | undefined,
): (made: ReadonlySet<number>) => Tables | undefined {
  const kept = keptObjects(!holdsAllObjects(before, after), changed);
  const byName = new Map<string, ChangedEntity>();
  for (const each of changed) for (const entity of [each.before, each.after]) if (entity) byName.set(entity.name, each);
  /** Texts in the order of one version, behind them those of objects that only the other has. */
  const orderOf = ({ objects }: ObjectsVersion): readonly (ChangedEntity | readonly string[])[] => {
    const seen = new Set<ChangedEntity>();
    const order = [...entitiesOf(objects).values()].flatMap((entity): (ChangedEntity | readonly string[])[] => {
      const its = byName.get(entity.name);
      if (!its) return kept(entity.objects[0]!) ? [textsOf(entity, entity.form)] : [];
      if (seen.has(its)) return [];
      seen.add(its);
      return [its];
    });
    return [...order, ...changed.filter((each) => !seen.has(each))];
  };
  const [old, young] = [orderOf(before), orderOf(after)];
  return (made) => {
    const order = reordered && !made.has(reordered.edit) ? old : young;
    const texts = order.flatMap((each) => ("texts" in each ? each.texts((edit) => made.has(edit)) : each));
    return tablesOf(texts.join("\n---\n"));
  };
}

function keptObjects(isLarge: boolean, changed: readonly ChangedEntity[]): (object: KubernetesObject) => boolean {
  if (!isLarge) return () => true;
  const objects = changed.flatMap(({ before, after }) => [...(before?.objects ?? []), ...(after?.objects ?? [])]);
  const namespaces = new Set(objects.flatMap((object) => (object.kind === "Namespace" ? [] : [object.namespace])));
  return (object) => object.kind === "Namespace" && namespaces.has(object.name);
}
