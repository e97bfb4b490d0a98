import { streamDocuments, type ParsedDocuments } from "../manifest/parse-documents.js";
import type { Document, Entry, Mapping, Value } from "../manifest/value.js";
import type { Diagnostic } from "../text/diagnostic.js";
import type { Source } from "../text/source.js";
import { readMetadata, type Metadata, type NameRules } from "./admit-metadata.js";
import { readNetworkPolicy } from "./admit-network-policy.js";
import { readNamespace, readPod } from "./admit-pod.js";
import { isGlobal, readResource } from "./admit-resource.js";
import { Checker } from "./checker.js";
import { decodeFields } from "./decode.js";
import { listOf, readType, type TypeMeta, type Watched } from "./document-type.js";
import { admittedName, type Admitted } from "./expand-workloads.js";
import type { ReadKind } from "./kinds.js";
import { resourceKey, type Resource, type ResourceKind } from "./resources.js";
import { readWorkload } from "./workloads.js";

export interface ReadOptions {
  /** Namespace of objects without one; `default` otherwise. */
  readonly namespace?: string;
  /** What an object is that names another namespace: an error, as to `kubectl apply` (default), or just that. */
  readonly otherNamespaces?: "refused" | "kept";
  /** Kinds of resources that are read, too; others are passed over. */
  readonly watched?: Watched;
}

/** What stands in a text, each object looked at by itself, whatever others there are. */
export interface ReadSource {
  /** In the order of the text. */
  readonly items: readonly ReadItem[];
  /** In no order. */
  readonly diagnostics: readonly Diagnostic[];
}

/** One object; of a kind that is read also where it has an error and is left out. */
export type ReadItem =
  | {
      readonly kind: string;
      readonly object?: Admitted;
      /** Its name was made of a `generateName`. */
      readonly generated?: true;
    }
  | {
      readonly kind: ResourceKind;
      readonly resource?: Resource;
      /** What could be read of one with errors. */
      readonly flawed?: Resource;
    }
  /** `apiVersion/kind` of one that is passed over. */
  | { readonly passedOver: string };

/**
 * Reads a text, and checks and defaults its objects as the API server of Kubernetes 1.34 does with strict field validation; lists are taken apart.
 * A document is forgotten before the next is read.
 */
export function readSource(source: Source, options: ReadOptions = {}): ReadSource {
  const diagnostics: Diagnostic[] = [];
  const { items, diagnostics: found } = readDocuments(streamDocuments(source, diagnostics), options);
  return { items, diagnostics: diagnostics.length > 0 ? [...diagnostics, ...found] : found };
}

/** The same of documents that were read already. */
export function readDocuments(documents: Iterable<Document>, options: ReadOptions = {}): ReadSource {
  const reading: Reading = {
    rules: {
      name: "subdomain",
      namespaced: true,
      namespace: options.namespace || undefined,
      otherNamespaces: options.otherNamespaces ?? "refused",
    },
    namespaceRules: {
      name: "label",
      namespaced: false,
      labelled: true,
      namespace: undefined,
      otherNamespaces: "refused",
    },
    watched: options.watched ?? new Set(),
    items: [],
    diagnostics: [],
  };
  for (const document of documents) readDocument(document, reading);
  return reading;
}

/** The same, said of a text that another parser has read. */
export function readParsed({ documents, diagnostics }: ParsedDocuments, options: ReadOptions): ReadSource {
  const read = readDocuments(documents, options);
  return { items: read.items, diagnostics: [...diagnostics, ...read.diagnostics] };
}

interface Reading {
  /** What is wanted of names, and of the names of namespaces. */
  readonly rules: NameRules;
  readonly namespaceRules: NameRules;
  readonly watched: Watched;
  readonly items: ReadItem[];
  readonly diagnostics: Diagnostic[];
}

interface Waiting {
  readonly value: Value;
  /** What an item of a typed list is, when it does not say so itself. */
  readonly type: TypeMeta | undefined;
}

/** An object, or the objects of a list, to any depth. */
function readDocument({ source, value }: Document, reading: Reading): void {
  const waiting: Waiting[] = [{ value, type: undefined }];
  /** Lists that were taken apart: an alias may repeat one, at every depth. */
  const lists = new Set<Value>();
  let checker = new Checker(source);
  for (let item = waiting.pop(); item; item = waiting.pop()) {
    if (!checker.isClean) checker = new Checker(source);
    const type = readType(item.value, item.type, checker, reading.watched);
    if (!type) {
      complain(checker, peekName(item.value), reading);
      continue;
    }
    const mapping = item.value as Mapping;
    const list = listOf(mapping, type, checker);
    if (!list) {
      readObject(mapping, type, checker, reading);
      continue;
    }
    if (lists.has(mapping)) checker.report("list-repeated", {}, mapping.offset);
    else for (let i = list.items.length - 1; i >= 0; i--) waiting.push({ value: list.items[i]!, type: list.type });
    lists.add(mapping);
    if (!checker.isClean) complain(checker, undefined, reading);
  }
}

function readObject(mapping: Mapping, type: TypeMeta, checker: Checker, reading: Reading): void {
  if (!type.read) {
    reading.items.push({ passedOver: `${type.apiVersion}/${type.kind}` });
    return;
  }
  if (type.resource) {
    reading.items.push(resourceItem(mapping, type, type.resource, checker, reading));
    return;
  }
  const kind = type.kind as ReadKind;
  const fields = decodeFields(mapping, checker)!;
  const rules = kind === "Namespace" ? reading.namespaceRules : reading.rules;
  const metadata = readMetadata(valueOf(fields, "metadata"), mapping.offset, rules, checker);
  const object = objectOf(kind, fields, mapping.offset, metadata, checker);
  const item: ReadItem = metadata.generated ? { kind, object, generated: true } : { kind, object };
  if (checker.isClean) {
    reading.items.push(item);
    return;
  }
  const name = metadata.name === "" ? undefined : admittedName(object);
  const { admitted, diagnostics } = checker.finish(name, metadata.fromServer);
  for (const found of diagnostics) reading.diagnostics.push(found);
  reading.items.push(admitted ? item : { kind });
}

function objectOf(
  kind: ReadKind,
  fields: readonly Entry[],
  offset: number,
  metadata: Metadata,
  checker: Checker,
): Admitted {
  switch (kind) {
    case "NetworkPolicy":
      return readNetworkPolicy(fields, offset, metadata, checker);
    case "Namespace":
      return readNamespace(fields, offset, metadata, checker);
    case "Pod":
      return readPod(fields, offset, metadata, checker);
    default:
      return readWorkload(kind, fields, offset, metadata, checker);
  }
}

function resourceItem(
  mapping: Mapping,
  type: TypeMeta,
  kind: ResourceKind,
  checker: Checker,
  { rules: ofNamespaced, diagnostics }: Reading,
): ReadItem {
  const fields = decodeFields(mapping, checker)!;
  const rules = isGlobal(kind) ? { ...ofNamespaced, namespaced: false } : ofNamespaced;
  const metadata = readMetadata(valueOf(fields, "metadata"), mapping.offset, rules, checker);
  const resource = readResource(kind, type.apiVersion, fields, mapping.offset, metadata, checker);
  const name = metadata.name === "" ? undefined : resourceKey(resource);
  const { admitted, diagnostics: found } = checker.finish(name, metadata.fromServer);
  for (const one of found) diagnostics.push(one);
  return admitted ? { kind, resource } : { kind, flawed: resource };
}

function complain(checker: Checker, object: string | undefined, { diagnostics }: Reading): void {
  for (const found of checker.finish(object, false).diagnostics) diagnostics.push(found);
}

function valueOf(fields: readonly Entry[], key: string): Value | undefined {
  for (const entry of fields) if (entry.key === key) return entry.value;
  return undefined;
}

/** `namespace/name` as far as an object of unknown kind says it. */
function peekName(value: Value): string | undefined {
  const metadata = value.kind === "mapping" ? valueOf(value.entries, "metadata") : undefined;
  if (metadata?.kind !== "mapping") return undefined;
  const [name, namespace] = ["name", "namespace"].map((key) => {
    const found = valueOf(metadata.entries, key);
    return found?.kind === "scalar" && typeof found.value === "string" ? found.value : "";
  });
  return name === "" ? undefined : namespace === "" ? name : `${namespace}/${name}`;
}
