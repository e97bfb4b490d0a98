import type { Document, Mapping, Value } from "../manifest/value.js";
import type { Diagnostic } from "../text/diagnostic.js";
import type { Location } from "../text/source.js";
import { Checker } from "./checker.js";
import { decodeString } from "./decode.js";
import { isGlobal } from "./admit-resource.js";
import { listOf, readType, type TypeMeta, type Watched } from "./document-type.js";
import type { ReadKind } from "./kinds.js";
import type { ResourceKind } from "./resources.js";

/** Which object is meant. */
export interface Identity {
  readonly kind: ReadKind | ResourceKind;
  /** "" of a Namespace. */
  readonly namespace: string;
  readonly name: string;
  readonly location: Location;
}

export interface Identities {
  /** In written order; lists taken apart. */
  readonly identities: readonly Identity[];
  readonly diagnostics: readonly Diagnostic[];
}

/** What a document names: kind, namespace and name of its objects; nothing else of them has to be there or right. */
export function readIdentities({ source, value }: Document, namespace = "", watched?: Watched): Identities {
  const identities: Identity[] = [];
  const diagnostics: Diagnostic[] = [];
  const waiting: { readonly value: Value; readonly type: TypeMeta | undefined }[] = [{ value, type: undefined }];
  const lists = new Set<Value>();
  for (let item = waiting.pop(); item; item = waiting.pop()) {
    const checker = new Checker(source);
    const type = readType(item.value, item.type, checker, watched);
    const list = type && listOf(item.value as Mapping, type, checker);
    if (list && !lists.has(item.value)) {
      for (const each of list.items.toReversed()) waiting.push({ value: each, type: list.type });
    } else if (list) checker.report("list-repeated", {}, item.value.offset);
    else if (type?.read) {
      const found = readIdentity(item.value as Mapping, type.resource ?? (type.kind as ReadKind), namespace, checker);
      if (checker.isClean) identities.push(found);
    }
    lists.add(item.value);
    diagnostics.push(...checker.finish(undefined, false).diagnostics);
  }
  return { identities, diagnostics };
}

function readIdentity(mapping: Mapping, kind: Identity["kind"], wanted: string, checker: Checker): Identity {
  const global = kind === "Namespace" || isGlobal(kind);
  const metadata = fieldOf(mapping, "metadata");
  const text = (key: string): string => {
    const found = metadata && fieldOf(metadata, key);
    return found ? (decodeString(found, checker, key) ?? "") : "";
  };
  checker.enter("metadata");
  const [name, written] = [text("name"), text("namespace")];
  const at = metadata?.offset ?? mapping.offset;
  if (name === "" && checker.isClean) checker.report("name-missing", {}, at, "name");
  if (!global && wanted !== "" && written !== "" && written !== wanted)
    checker.report("namespace-conflict", { written, wanted }, at, "namespace");
  checker.leave();
  const location = { source: checker.source, offset: mapping.offset };
  return { kind, namespace: global ? "" : written || wanted || "default", name, location };
}

function fieldOf(value: Value, key: string): Value | undefined {
  return value.kind === "mapping" ? value.entries.findLast((entry) => entry.key === key)?.value : undefined;
}
