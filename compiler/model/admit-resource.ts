import type { Entry } from "../manifest/value.js";
import type { Metadata } from "./admit-metadata.js";
import { readServiceAccount } from "./admit-pod.js";
import type { Checker } from "./checker.js";
import type { Resource, ResourceKind } from "./resources.js";

/** Those that lie in no namespace. */
const globalResources: ReadonlySet<string> = new Set<ResourceKind>([]);

export function isGlobal(kind: string): boolean {
  return globalResources.has(kind);
}

/** Reads and checks a resource of a kind that is watched. */
export function readResource(
  kind: ResourceKind,
  fields: readonly Entry[],
  offset: number,
  metadata: Metadata,
  checker: Checker,
): Resource {
  switch (kind) {
    case "ServiceAccount":
      return readServiceAccount(fields, offset, metadata, checker);
  }
}
