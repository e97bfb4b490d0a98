import type { SetMeaning } from "../engines/set-meaning.js";
import { keyOf, type KubernetesObject } from "../model/objects.js";
import { Places } from "../model/places.js";
import type { Origin } from "../text/origin.js";

/** Origins of sets and members name an object and a field of it; this finds the line on which the field was written. */
export type ExactOrigin = (origin: Origin, meaning?: SetMeaning) => Origin;

export function exactOrigins(objects: readonly KubernetesObject[]): ExactOrigin {
  const places = new Places();
  let known: ReadonlyMap<string, readonly KubernetesObject[]> | undefined;
  return (origin, meaning) => {
    if (origin.kind === "engine") return origin;
    const field = withKey(origin.field, meaning);
    const path = pathOf(field);
    known ??= byKey(objects);
    const { source, offset } = origin.location;
    const object = known.get(origin.object)?.find((each) => each.source === source && each.offset === offset);
    if (!path || !object || (object.kind === "Namespace" && object.implied)) return origin;
    return { ...origin, field, location: places.locationOf(object, path) };
  };
}

function byKey(objects: readonly KubernetesObject[]): ReadonlyMap<string, readonly KubernetesObject[]> {
  const found = new Map<string, KubernetesObject[]>();
  for (const object of objects) {
    const others = found.get(keyOf(object));
    if (others) others.push(object);
    else found.set(keyOf(object), [object]);
  }
  return found;
}

/** The label that a set is about, among all labels of an object. */
function withKey(field: string, meaning: SetMeaning | undefined): string {
  const isLabel = meaning?.kind === "pod-label" || meaning?.kind === "namespace-label";
  return isLabel && field === "metadata.labels" ? `${field}[${meaning.key}]` : field;
}

/** `metadata.labels[app]` as keys; undefined for fields with numbers, which have places of their own. */
function pathOf(field: string): readonly string[] | undefined {
  const [, plain = "", key] = /^([a-zA-Z.]+)(?:\[([^\]]+)\])?$/.exec(field) ?? [];
  if (plain === "" || (key !== undefined && /^\d+$/.test(key) && plain !== "metadata.labels")) return undefined;
  return [...plain.split("."), ...(key === undefined ? [] : [key])];
}
