import type { Entry, Mapping, Value } from "../manifest/value.js";
import { suggest } from "../text/suggest.js";
import type { Checker } from "./checker.js";
import { decodeString, describe, isNull, reportWrongType } from "./decode.js";
import { groupOf, groupsOfKinds, knownKinds, versionOfKind } from "./kinds.js";

/** What an object is. */
export interface TypeMeta {
  readonly apiVersion: string;
  readonly kind: string;
  /** True when admission reads objects of this kind, false when it passes over them. */
  readonly read: boolean;
}

/**
 * What kind of object a value is, `fallback` where it does not say so; undefined when that is wrong, which is reported. Kinds of `v1` and
 * `networking.k8s.io` must be known ones, and a kind that is read must have the one version of it.
 */
export function readType(value: Value, fallback: TypeMeta | undefined, checker: Checker): TypeMeta | undefined {
  if (value.kind !== "mapping") {
    checker.report("document-not-object", { found: describe(value) }, value.offset);
    return undefined;
  }
  const kind = readWord(value, "kind", checker) ?? fallback?.kind ?? "";
  const apiVersion = readWord(value, "apiVersion", checker) ?? fallback?.apiVersion ?? "";
  if (kind === broken || apiVersion === broken) return undefined;
  const at = (key: string): number => find(value, key)?.value.offset ?? value.offset;
  if (kind === "") {
    checker.report("kind-missing", {}, at("kind"), "kind");
    return undefined;
  }
  const served = versionOfKind.get(kind);
  if (apiVersion === "") {
    checker.report("api-version-missing", { kind, apiVersion: served ?? "" }, at("apiVersion"), "apiVersion");
    return undefined;
  }
  if (served === apiVersion) return { apiVersion, kind, read: true };
  const group = groupOf(apiVersion);
  if (served !== undefined && groupsOfKinds.has(group)) {
    checker.report("api-version-wrong", { kind, apiVersion, wanted: served }, at("apiVersion"), "apiVersion");
    return undefined;
  }
  const known = knownKinds.get(group);
  if (known && !known.has(kind) && !(kind.endsWith("List") && known.has(kind.slice(0, -4)))) {
    checker.report("kind-unknown", { kind, apiVersion, suggestion: suggestKind(kind, known) }, at("kind"), "kind");
    return undefined;
  }
  return { apiVersion, kind, read: false };
}

/** The items of a list and what they are, when the object is a list. */
export function listOf(
  mapping: Mapping,
  type: TypeMeta,
  checker: Checker,
): { readonly items: readonly Value[]; readonly type: TypeMeta | undefined } | undefined {
  if (type.read || !type.kind.endsWith("List")) return undefined;
  const items = find(mapping, "items")?.value;
  const itemType = type.kind === "List" ? undefined : { ...type, kind: type.kind.slice(0, -4) };
  if (items?.kind === "sequence") return { items: items.items, type: itemType };
  // Of groups that are not known here, a kind may end so and be no list.
  if (!knownKinds.has(groupOf(type.apiVersion))) return undefined;
  if (items && !isNull(items)) reportWrongType(items, "a list", checker, "items");
  return { items: [], type: itemType };
}

const broken = "\0broken";

/** undefined when there is none; `broken` when it is no string, which is reported. A name in the wrong case is found, and reported. */
function readWord(mapping: Mapping, key: string, checker: Checker): string | undefined {
  const entry = find(mapping, key);
  if (entry) return decodeString(entry.value, checker, key) ?? broken;
  const near = mapping.entries.find((other) => other.key.toLowerCase() === key.toLowerCase());
  if (!near) return undefined;
  checker.report("unknown-field", { name: near.key, fix: `write ${key}` }, near.keyOffset, near.key);
  return broken;
}

/** The last one counts. */
function find(mapping: Mapping, key: string): Entry | undefined {
  let found: Entry | undefined;
  for (const entry of mapping.entries) if (entry.key === key) found = entry;
  return found;
}

function suggestKind(kind: string, known: ReadonlySet<string>): string {
  const readable = [...versionOfKind.keys()];
  const near = suggest(kind, [...known]) ?? suggest(kind, readable);
  if (near === undefined) return `use ${readable.join(", ")}, or another kind that Kubernetes has`;
  const version = known.has(near) ? undefined : versionOfKind.get(near);
  return version ? `write apiVersion: ${version} and kind: ${near}` : `write kind: ${near}`;
}
