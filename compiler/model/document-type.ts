import type { Entry, Mapping, Value } from "../manifest/value.js";
import { suggest } from "../text/suggest.js";
import type { Checker } from "./checker.js";
import { decodeString, describe, isNull, reportWrongType } from "./decode.js";
import { groupOf, groupsOfKinds, knownKinds, resourceKinds, versionOfKind } from "./kinds.js";
import type { ResourceKind } from "./resources.js";

/** What an object is. */
export interface TypeMeta {
  readonly apiVersion: string;
  readonly kind: string;
  /** True when admission reads objects of this kind, false when it passes over them. */
  readonly read: boolean;
  /** One of the kinds that somebody watches besides those that are always read. */
  readonly resource?: ResourceKind;
}

/** Kinds of resources that are read. */
export type Watched = ReadonlySet<ResourceKind>;

/**
 * What kind of object a value is, `fallback` where it does not say so; undefined when that is wrong, which is reported. Kinds of `v1` and
 * `networking.k8s.io` must be known ones, and a kind that is read must have the one version of it.
 */
export function readType(
  value: Value,
  fallback: TypeMeta | undefined,
  checker: Checker,
  watched: Watched = nobody,
): TypeMeta | undefined {
  if (value.kind !== "mapping") {
    checker.report("document-not-object", { found: describe(value) }, value.offset);
    return undefined;
  }
  let kindEntry: Entry | undefined;
  let versionEntry: Entry | undefined;
  for (const entry of value.entries) {
    if (entry.key === "kind") kindEntry = entry;
    else if (entry.key === "apiVersion") versionEntry = entry;
  }
  const kind = readWord(value, kindEntry, "kind", fallback?.kind, checker);
  const apiVersion = readWord(value, versionEntry, "apiVersion", fallback?.apiVersion, checker);
  if (kind === undefined || apiVersion === undefined) return undefined;
  if (kind === "") {
    checker.report("kind-missing", {}, kindEntry?.value.offset ?? value.offset, "kind");
    return undefined;
  }
  const served = versionOfKind.get(kind);
  if (served === apiVersion) return { apiVersion, kind, read: true };
  const resource = resourceKinds.get(`${apiVersion}/${kind}`);
  if (resource !== undefined && watched.has(resource)) return { apiVersion, kind, read: true, resource };
  const versionOffset = versionEntry?.value.offset ?? value.offset;
  if (apiVersion === "") {
    checker.report("api-version-missing", { kind, apiVersion: served ?? "" }, versionOffset, "apiVersion");
    return undefined;
  }
  const group = groupOf(apiVersion);
  if (served !== undefined && groupsOfKinds.has(group)) {
    checker.report("api-version-wrong", { kind, apiVersion, wanted: served }, versionOffset, "apiVersion");
    return undefined;
  }
  const known = knownKinds.get(group);
  if (known && !known.has(kind) && !(kind.endsWith("List") && known.has(kind.slice(0, -4)))) {
    checker.report(
      "kind-unknown",
      { kind, apiVersion, suggestion: suggestKind(kind, known) },
      kindEntry?.value.offset ?? value.offset,
      "kind",
    );
    return undefined;
  }
  return { apiVersion, kind, read: false };
}

const nobody: Watched = new Set();

/** The items of a list and what they are, when the object is a list. */
export function listOf(
  mapping: Mapping,
  type: TypeMeta,
  checker: Checker,
): { readonly items: readonly Value[]; readonly type: TypeMeta | undefined } | undefined {
  if (type.read || !type.kind.endsWith("List")) return undefined;
  const items = mapping.entries.findLast((entry) => entry.key === "items")?.value;
  const itemType = type.kind === "List" ? undefined : { ...type, kind: type.kind.slice(0, -4) };
  if (items?.kind === "sequence") return { items: items.items, type: itemType };
  // Of groups that are not known here, a kind may end so and be no list.
  if (!knownKinds.has(groupOf(type.apiVersion))) return undefined;
  if (items && !isNull(items)) reportWrongType(items, "a list", checker, "items");
  return { items: [], type: itemType };
}

/** What an entry says, or the fallback; undefined when it is no string, or has its name in the wrong case, which is reported. */
function readWord(
  mapping: Mapping,
  entry: Entry | undefined,
  key: string,
  fallback: string | undefined,
  checker: Checker,
): string | undefined {
  if (entry) return decodeString(entry.value, checker, key);
  const near = mapping.entries.find((other) => other.key.toLowerCase() === key.toLowerCase());
  if (!near) return fallback ?? "";
  checker.report("unknown-field", { name: near.key, fix: `write ${key}` }, near.keyOffset, near.key);
  return undefined;
}

function suggestKind(kind: string, known: ReadonlySet<string>): string {
  const readable = [...versionOfKind.keys()];
  const near = suggest(kind, [...known]) ?? suggest(kind, readable);
  if (near === undefined) return `use ${readable.join(", ")}, or another kind that Kubernetes has`;
  const version = known.has(near) ? undefined : versionOfKind.get(near);
  return version ? `write apiVersion: ${version} and kind: ${near}` : `write kind: ${near}`;
}
