import type { Document, Entry, Mapping, Value } from "../manifest/value.js";
import { diagnostic, sortDiagnostics, type Diagnostic } from "../text/diagnostic.js";
import { formatLocation } from "../text/source.js";
import { readMetadata, type NameRules } from "./admit-metadata.js";
import { readNetworkPolicy } from "./admit-network-policy.js";
import { readNamespace, readPod } from "./admit-pod.js";
import { Checker } from "./checker.js";
import { decodeFields } from "./decode.js";
import { expandWorkloads, type Admitted } from "./expand-workloads.js";
import { listOf, readType, type TypeMeta, type Watched } from "./document-type.js";
import type { ReadKind } from "./kinds.js";
import type { KubernetesObject } from "./objects.js";
import { isGlobal, readResource } from "./admit-resource.js";
import { resourceKey, type Resource, type ResourceKind } from "./resources.js";
import { readWorkload } from "./workloads.js";

export interface AdmitOptions {
  /** Namespace of objects without one; `default` otherwise. */
  readonly namespace?: string;
  /** What an object is that names another namespace: an error, as to `kubectl apply` (default), or just that. */
  readonly otherNamespaces?: "refused" | "kept";
  /** Kinds of resources that are read, too; others are passed over. */
  readonly watched?: Watched;
}

/** What admission made of documents. */
export interface Admission {
  /** Of each identity the last one, in the order of the input. */
  readonly objects: readonly KubernetesObject[];
  /** The same of resources that are watched. */
  readonly resources: readonly Resource[];
  /** Sorted by place. */
  readonly diagnostics: readonly Diagnostic[];
  /** Kind → number of objects of it that were looked at, good or bad. */
  readonly read: ReadonlyMap<string, number>;
  /** `apiVersion/kind` → number of objects of it that were passed over. */
  readonly skipped: ReadonlyMap<string, number>;
}

/**
 * Checks, defaults and takes in objects as the API server of Kubernetes 1.34 does with strict field validation; lists are taken
 * apart and workloads become pods. An object with an error is left out, and every error is reported.
 */
export function admit(documents: readonly Document[], options: AdmitOptions = {}): Admission {
  const intake: Intake = {
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
    admitted: new Map(),
    resources: new Map(),
    diagnostics: [],
    read: new Map(),
    skipped: new Map(),
    lists: new Set(),
    drawn: new Map(),
  };
  for (const document of documents) admitDocument(document, intake);
  const objects = expandWorkloads([...intake.admitted.values()], intake.diagnostics);
  const diagnostics = intake.diagnostics.length > 1 ? sortDiagnostics(intake.diagnostics) : intake.diagnostics;
  const resources = [...intake.resources.values()];
  return { objects, resources, diagnostics, read: intake.read, skipped: intake.skipped };
}

interface Intake {
  /** What is wanted of names, and of the names of namespaces. */
  readonly rules: NameRules;
  readonly namespaceRules: NameRules;
  readonly watched: Watched;
  readonly resources: Map<string, Resource>;
  /** Kind and key → the object, in the order of the last of each. */
  readonly admitted: Map<string, Admitted>;
  readonly diagnostics: Diagnostic[];
  readonly read: Map<string, number>;
  readonly skipped: Map<string, number>;
  /** Lists that were taken apart: an alias may repeat one, at every depth. */
  readonly lists: Set<Value>;
  /** Objects that were given a name already, of each `generateName`. */
  readonly drawn: Map<string, number>;
}

interface Item {
  readonly value: Value;
  /** What an item of a typed list is, when it does not say so itself. */
  readonly type: TypeMeta | undefined;
}

/** An object, or the objects of a list, to any depth. */
function admitDocument({ source, value }: Document, intake: Intake): void {
  const waiting: Item[] = [{ value, type: undefined }];
  let checker = new Checker(source);
  for (let item = waiting.pop(); item; item = waiting.pop()) {
    if (!checker.isClean) checker = new Checker(source);
    const type = readType(item.value, item.type, checker, intake.watched);
    if (!type) {
      complain(checker, peekName(item.value), intake);
      continue;
    }
    const mapping = item.value as Mapping;
    const list = listOf(mapping, type, checker);
    if (!list) {
      admitObject(mapping, type, checker, intake);
      continue;
    }
    if (intake.lists.has(mapping)) checker.report("list-repeated", {}, mapping.offset);
    else for (let i = list.items.length - 1; i >= 0; i--) waiting.push({ value: list.items[i]!, type: list.type });
    intake.lists.add(mapping);
    if (!checker.isClean) complain(checker, undefined, intake);
  }
}

function admitObject(mapping: Mapping, type: TypeMeta, checker: Checker, intake: Intake): void {
  if (!type.read) {
    count(intake.skipped, `${type.apiVersion}/${type.kind}`);
    return;
  }
  count(intake.read, type.kind);
  if (type.resource) {
    admitResource(mapping, type, type.resource, checker, intake);
    return;
  }
  const kind = type.kind as ReadKind;
  const fields = decodeFields(mapping, checker)!;
  const rules = kind === "Namespace" ? intake.namespaceRules : intake.rules;
  const metadata = readMetadata(valueOf(fields, "metadata"), mapping.offset, rules, checker);
  let object: Admitted;
  switch (kind) {
    case "NetworkPolicy":
      object = readNetworkPolicy(fields, mapping.offset, metadata, checker);
      break;
    case "Namespace":
      object = readNamespace(fields, mapping.offset, metadata, checker);
      break;
    case "Pod":
      object = readPod(fields, mapping.offset, metadata, checker);
      break;
    default:
      object = readWorkload(kind, fields, mapping.offset, metadata, checker);
  }
  if (checker.isClean) return store(metadata.generated ? withFreeName(object, intake) : object, intake);
  const name = metadata.name === "" ? undefined : nameOf(object);
  const { admitted, diagnostics } = checker.finish(name, metadata.fromServer);
  for (const found of diagnostics) intake.diagnostics.push(found);
  if (admitted) store(metadata.generated ? withFreeName(object, intake) : object, intake);
}

function admitResource(mapping: Mapping, type: TypeMeta, kind: ResourceKind, checker: Checker, intake: Intake): void {
  const fields = decodeFields(mapping, checker)!;
  const rules = isGlobal(kind) ? { ...intake.rules, namespaced: false } : intake.rules;
  const metadata = readMetadata(valueOf(fields, "metadata"), mapping.offset, rules, checker);
  const object = readResource(kind, type.apiVersion, fields, mapping.offset, metadata, checker);
  const { admitted, diagnostics } = checker.finish(
    metadata.name === "" ? undefined : resourceKey(object),
    metadata.fromServer,
  );
  for (const found of diagnostics) intake.diagnostics.push(found);
  if (!admitted) return;
  const key = `${kind} ${resourceKey(object)}`;
  const earlier = intake.resources.get(key);
  if (earlier) {
    const parameters = { kind: object.kind, name: resourceKey(object), first: formatLocation(earlier) };
    intake.diagnostics.push(
      diagnostic("object-replaced", parameters, { location: object, object: resourceKey(object) }),
    );
    intake.resources.delete(key);
  }
  intake.resources.set(key, object);
}

function complain(checker: Checker, object: string | undefined, intake: Intake): void {
  for (const found of checker.finish(object, false).diagnostics) intake.diagnostics.push(found);
}

function nameOf(object: Admitted): string {
  return object.kind === "Namespace" ? object.name : `${object.namespace}/${object.name}`;
}

/** Puts an object in the place of an earlier one of the same identity, and at the end of the order. */
function store(object: Admitted, intake: Intake): void {
  const name = nameOf(object);
  const key = `${object.kind} ${name}`;
  const earlier = intake.admitted.get(key);
  if (earlier) {
    const where = { location: { source: object.source, offset: object.offset }, object: name };
    intake.diagnostics.push(
      diagnostic("object-replaced", { kind: object.kind, name, first: formatLocation(earlier) }, where),
    );
    intake.admitted.delete(key);
  }
  intake.admitted.set(key, object);
}

/** A server draws other characters for each object of one `generateName`. */
function withFreeName(object: Admitted, intake: Intake): Admitted {
  const prefix = `${object.kind} ${nameOf(object)}`;
  let free = object;
  let drawn = intake.drawn.get(prefix) ?? 0;
  while (intake.admitted.has(`${object.kind} ${nameOf(free)}`)) {
    const suffix = (++drawn).toString(36);
    free = { ...object, name: `${object.name.slice(0, -suffix.length)}${suffix}` };
  }
  intake.drawn.set(prefix, drawn);
  return free;
}

function count(counts: Map<string, number>, key: string): void {
  counts.set(key, (counts.get(key) ?? 0) + 1);
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
