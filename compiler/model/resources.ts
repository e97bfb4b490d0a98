import type { Labels, PlacedObject } from "./objects.js";

/** Objects beside Namespace, Pod and NetworkPolicy, which only some engines watch. */
export type Resource = ServiceAccount;

/** What resources are called here: kinds of Kubernetes by their own name. */
export type ResourceKind = Resource["kind"];

const kinds: ReadonlySet<string> = new Set<ResourceKind>(["ServiceAccount"]);

export function isResourceKind(kind: string): kind is ResourceKind {
  return kinds.has(kind);
}

/** `namespace/name`, or the name of one without a namespace. */
export function resourceKey({ namespace, name }: Resource): string {
  return namespace === "" ? name : `${namespace}/${name}`;
}

export interface ServiceAccount extends PlacedObject {
  readonly kind: "ServiceAccount";
  readonly namespace: string;
  readonly name: string;
  readonly labels: Labels;
}
