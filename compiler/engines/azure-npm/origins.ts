import { keyOf, type KubernetesObject } from "../../model/objects.js";
import type { Origin } from "../../text/origin.js";

/** A field of an object, at the place of the object. */
export function originOf(object: KubernetesObject, field: string): Origin {
  return { kind: "field", object: keyOf(object), field, location: { source: object.source, offset: object.offset } };
}

export const everyNamespace: Origin = {
  kind: "engine",
  reason: "the list of all namespaces, for namespaceSelector {}",
};
