import type { Location } from "./source.js";

/** Where something that was emitted came from: a field of an object, or the engine itself. */
export type Origin = FieldOrigin | EngineOrigin;

export interface FieldOrigin {
  readonly kind: "field";
  /** `namespace/name` of the object, or its name when it has no namespace. */
  readonly object: string;
  /** Field path as the API server spells it: `spec.ingress[0].from[1]`. */
  readonly field: string;
  readonly location: Location;
}

/** Something that is there whatever the manifests say; `reason` says why. */
export interface EngineOrigin {
  readonly kind: "engine";
  readonly reason: string;
}
