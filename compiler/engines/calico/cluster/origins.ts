import type { Origin } from "../../../text/origin.js";
import type { Source } from "../../../text/source.js";

/** A field of an object, `offset` its place in the object's source. */
export function fieldOrigin(
  object: { readonly namespace?: string; readonly name: string; readonly source: Source },
  field: string,
  offset: number,
): Origin {
  const name = object.namespace ? `${object.namespace}/${object.name}` : object.name;
  return { kind: "field", object: name, field, location: { source: object.source, offset } };
}

export function engineOrigin(reason: string): Origin {
  return { kind: "engine", reason };
}
