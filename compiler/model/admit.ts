import type { Document } from "../manifest/value.js";
import { diagnostic, sortDiagnostics, type Diagnostic } from "../text/diagnostic.js";
import { formatLocation } from "../text/source.js";
import { admittedName, expandWorkloads, type Admitted } from "./expand-workloads.js";
import type { KubernetesObject } from "./objects.js";
import { readDocuments, type ReadOptions, type ReadSource } from "./read-source.js";
import { resourceKey, type Resource } from "./resources.js";

/** What admission made of documents. */
export interface Admission {
  /** Of each identity the last one, in the order of the input. */
  readonly objects: readonly KubernetesObject[];
  /** The same of resources that are watched. */
  readonly resources: readonly Resource[];
  /** What could be read of resources with errors: more may be wrong with them. */
  readonly flawed: readonly Resource[];
  /** Sorted by place. */
  readonly diagnostics: readonly Diagnostic[];
  /** Kind → number of objects of it that were looked at, good or bad. */
  readonly read: ReadonlyMap<string, number>;
  /** `apiVersion/kind` → number of objects of it that were passed over. */
  readonly skipped: ReadonlyMap<string, number>;
}

/** What stands in documents, as a cluster takes it in: of objects with one identity the last, and pods for workloads. */
export function admit(documents: Iterable<Document>, options: ReadOptions = {}): Admission {
  return admitRead([readDocuments(documents, options)]);
}

/** The same of texts that were read. */
export function admitRead(sources: Iterable<ReadSource>): Admission {
  const intake: Intake = {
    admitted: new Map(),
    resources: new Map(),
    flawed: [],
    diagnostics: [],
    read: new Map(),
    skipped: new Map(),
    drawn: new Map(),
  };
  for (const source of sources) takeIn(source, intake);
  const objects = expandWorkloads([...intake.admitted.values()], intake.diagnostics);
  const diagnostics = intake.diagnostics.length > 1 ? sortDiagnostics(intake.diagnostics) : intake.diagnostics;
  const resources = [...intake.resources.values()];
  return { objects, resources, flawed: intake.flawed, diagnostics, read: intake.read, skipped: intake.skipped };
}

interface Intake {
  readonly resources: Map<string, Resource>;
  readonly flawed: Resource[];
  /** Kind and key → the object, in the order of the last of each. */
  readonly admitted: Map<string, Admitted>;
  readonly diagnostics: Diagnostic[];
  readonly read: Map<string, number>;
  readonly skipped: Map<string, number>;
  /** Objects that were given a name already, of each `generateName`. */
  readonly drawn: Map<string, number>;
}

function takeIn({ items, diagnostics }: ReadSource, intake: Intake): void {
  for (const found of diagnostics) intake.diagnostics.push(found);
  for (const item of items) {
    if ("passedOver" in item) {
      count(intake.skipped, item.passedOver);
      continue;
    }
    count(intake.read, item.kind);
    if ("object" in item) store(item.generated ? withFreeName(item.object, intake) : item.object, intake);
    else if ("resource" in item) storeResource(item.resource, intake);
    else if ("flawed" in item) intake.flawed.push(item.flawed);
  }
}

function storeResource(resource: Resource, intake: Intake): void {
  const key = `${resource.kind} ${resourceKey(resource)}`;
  const earlier = intake.resources.get(key);
  if (earlier) {
    const parameters = { kind: resource.kind, name: resourceKey(resource), first: formatLocation(earlier) };
    intake.diagnostics.push(
      diagnostic("object-replaced", parameters, { location: resource, object: resourceKey(resource) }),
    );
    intake.resources.delete(key);
  }
  intake.resources.set(key, resource);
}

/** Puts an object in the place of an earlier one of the same identity, and at the end of the order. */
function store(object: Admitted, intake: Intake): void {
  const name = admittedName(object);
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
  const prefix = `${object.kind} ${admittedName(object)}`;
  let free = object;
  let drawn = intake.drawn.get(prefix) ?? 0;
  while (intake.admitted.has(`${object.kind} ${admittedName(free)}`)) {
    const suffix = (++drawn).toString(36);
    free = { ...object, name: `${object.name.slice(0, -suffix.length)}${suffix}` };
  }
  intake.drawn.set(prefix, drawn);
  return free;
}

function count(counts: Map<string, number>, key: string): void {
  counts.set(key, (counts.get(key) ?? 0) + 1);
}
