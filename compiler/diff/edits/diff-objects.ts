import type { NetworkPolicy } from "../../model/objects.js";
import type { StoredObject } from "../../model/resources.js";
import { fieldText, type Field, type FieldMap } from "../../model/stored-form.js";
import { longestCommonOrder } from "../../netfilter/longest-common-order.js";
import { mergeFields, materialize, type FieldChange, type Path } from "./diff-fields.js";
import type { Edit, EditSide, Note } from "./edit.js";
import { entitiesOf, textsOf, type Entity } from "./entity.js";
import { Places, replicas } from "../../model/places.js";

/** What was edited between two versions of the objects. */
export interface ObjectsDifference {
  /** By object in the order of the new version, those that are gone first; fields in the order of the object. */
  readonly edits: readonly Edit[];
  readonly notes: readonly Note[];
  /** Objects that edits are about, and what makes any mixture of both versions of them. */
  readonly changed: readonly ChangedEntity[];
  /** Names of what is written in the same words in both versions; others may be equal, too. */
  readonly unedited: ReadonlySet<string>;
  /** Policies that stay, by the place of the first edit; there when their order changed. */
  readonly reordered?: Reordering;
}

export interface ChangedEntity {
  readonly before?: Entity;
  readonly after?: Entity;
  /** First of its edits and the one behind the last. */
  readonly edits: readonly [first: number, end: number];
  /** The objects as JSON texts when just the edits that `holds` accepts are made. */
  texts(holds: (edit: number) => boolean): readonly string[];
}

export interface Reordering {
  readonly edit: number;
}

/** A side of the comparison. */
export interface ObjectsVersion {
  readonly objects: readonly StoredObject[];
  /** What a file is called whichever side it is on: its path below what was compared. */
  readonly fileOf: (name: string) => string;
}

/** Compares objects by what they are to an API server: how a file is written makes no difference. */
export function diffObjects(before: ObjectsVersion, after: ObjectsVersion): ObjectsDifference {
  const places = new Places();
  const [old, young] = [entitiesOf(before.objects, places), entitiesOf(after.objects, places)];
  const collector = new Collector(places);
  const renamed = renamedPolicies(old, young);
  const gone = [...old.values()].filter(({ name }) => !young.has(name) && !renamed.has(name));
  for (const entity of gone) collector.removed(entity);
  const formerly = new Map([...renamed].map(([from, to]) => [to, from]));
  for (const entity of young.values()) {
    const origin = formerly.get(entity.name);
    const earlier = old.get(origin ?? entity.name);
    if (!earlier) collector.added(entity);
    else if (origin !== undefined) collector.renamed(earlier, entity);
    else collector.compare(earlier, entity, before, after);
  }
  const reordered = collector.reordered(old, young);
  const { edits, notes, changed, unedited } = collector;
  return { edits, notes, changed, unedited, ...(reordered && { reordered }) };
}

/** Old name → new name of policies that went and came in one namespace with the same meaning. */
function renamedPolicies(
  old: ReadonlyMap<string, Entity>,
  young: ReadonlyMap<string, Entity>,
): ReadonlyMap<string, string> {
  const candidates = new Map<string, string[]>();
  for (const entity of young.values()) {
    const meaning = old.has(entity.name) ? undefined : meaningOf(entity);
    if (meaning === undefined) continue;
    const others = candidates.get(meaning);
    if (others) others.push(entity.name);
    else candidates.set(meaning, [entity.name]);
  }
  const renamed = new Map<string, string>();
  if (candidates.size === 0) return renamed;
  for (const entity of old.values()) {
    const meaning = young.has(entity.name) ? undefined : meaningOf(entity);
    const target = meaning === undefined ? undefined : candidates.get(meaning)?.shift();
    if (target !== undefined) renamed.set(entity.name, target);
  }
  return renamed;
}

/** Of policies: namespace and spec. */
function meaningOf({ objects, form }: Entity): string | undefined {
  const [object] = objects;
  return object?.kind === "NetworkPolicy" ? `${object.namespace} ${fieldText(form.get("spec")!)}` : undefined;
}

class Collector {
  readonly edits: Edit[] = [];
  readonly notes: Note[] = [];
  readonly changed: ChangedEntity[] = [];
  readonly unedited = new Set<string>();
  readonly #places: Places;

  constructor(places: Places) {
    this.#places = places;
  }

  removed(entity: Entity): void {
    const edit = this.#edit({ kind: "removed", object: entity.name, before: this.#whole(entity) });
    const texts = textsOf(entity, entity.form);
    this.changed.push({ before: entity, edits: [edit, edit + 1], texts: (holds) => (holds(edit) ? [] : texts) });
  }

  added(entity: Entity): void {
    const edit = this.#edit({ kind: "added", object: entity.name, after: this.#whole(entity) });
    const texts = textsOf(entity, entity.form);
    this.changed.push({ after: entity, edits: [edit, edit + 1], texts: (holds) => (holds(edit) ? texts : []) });
  }

  renamed(before: Entity, after: Entity): void {
    const name = (entity: Entity): EditSide => ({
      text: (entity.objects[0] as NetworkPolicy).name,
      location: this.#places.locationOf(entity.objects[0]!, ["metadata", "name"]),
    });
    const field = "metadata.name";
    const edit = this.#edit({ kind: "renamed", object: after.name, field, before: name(before), after: name(after) });
    const [old, young] = [textsOf(before, before.form), textsOf(after, after.form)];
    this.changed.push({ before, after, edits: [edit, edit + 1], texts: (holds) => (holds(edit) ? young : old) });
  }

  compare(before: Entity, after: Entity, was: ObjectsVersion, is: ObjectsVersion): void {
    const [left, right] = [before.objects[0]!, after.objects[0]!];
    const sameFile = was.fileOf(left.source.name) === is.fileOf(right.source.name);
    if (sameFile && this.#places.areWrittenAlike(left, right) && haveSamePods(before, after)) {
      this.unedited.add(after.name);
      return;
    }
    const first = this.edits.length;
    const changes: FieldChange[] = [];
    const merged = mergeFields(withoutNameLabel(before.form), withoutNameLabel(after.form), changes);
    for (const { kind, before: old, after: young } of changes) {
      const field = formatPath((young ?? old)!.path);
      // Where nothing stands, the place is that of what is around it.
      const from = old ? this.#side(left, old) : { location: this.#places.locationOf(left, young!.path) };
      const to = young ? this.#side(right, young) : { location: this.#places.locationOf(right, old!.path) };
      this.#edit({ kind, object: after.name, field, before: from, after: to });
    }
    const counts = before.objects.length !== after.objects.length ? this.#counts(before, after) : undefined;
    const where = () => ({ before: this.#places.locationOf(left), after: this.#places.locationOf(right) });
    if (!sameFile) this.notes.push({ kind: "moved-file", object: after.name, ...where() });
    if (this.edits.length === first) {
      const rewritten = sameFile && this.#places.writtenText(left) !== this.#places.writtenText(right);
      if (rewritten) this.notes.push({ kind: "rewritten", object: after.name, ...where() });
      return;
    }
    const texts = (holds: (edit: number) => boolean): readonly string[] => {
      const form = materialize(merged, (edit) => holds(first + edit)) as FieldMap;
      return textsOf(counts !== undefined && !holds(counts) ? before : after, form);
    };
    this.changed.push({ before, after, edits: [first, this.edits.length], texts });
  }

  /** Policies that are there in both and whose order is another one. */
  reordered(old: ReadonlyMap<string, Entity>, young: ReadonlyMap<string, Entity>): Reordering | undefined {
    const isPolicy = ({ objects: [object] }: Entity) => object?.kind === "NetworkPolicy";
    const namesOf = (these: ReadonlyMap<string, Entity>, those: ReadonlyMap<string, Entity>) =>
      [...these.values()].filter((entity) => isPolicy(entity) && those.has(entity.name)).map(({ name }) => name);
    const [before, after] = [namesOf(old, young), namesOf(young, old)];
    if (before.every((name, index) => name === after[index])) return undefined;
    const stay = new Set(longestCommonOrder(before, after).map(([, index]) => index));
    const moved = after.filter((_, index) => !stay.has(index));
    const place = (entity: Entity) => this.#places.locationOf(entity.objects[0]!);
    const edit = this.#edit({
      kind: "reordered",
      object: moved.join(", "),
      before: { location: place(old.get(moved[0]!)!) },
      after: { location: place(young.get(moved[0]!)!) },
    });
    return { edit };
  }

  #counts(before: Entity, after: Entity): number {
    const side = ({ objects }: Entity): EditSide => ({
      text: `${objects.length}`,
      location: this.#places.locationOf(objects[0]!, replicas),
    });
    const field = "spec.replicas";
    return this.#edit({ kind: "changed", object: after.name, field, before: side(before), after: side(after) });
  }

  #edit(edit: Omit<Edit, "id">): number {
    this.edits.push({ id: this.edits.length, ...edit });
    return this.edits.length - 1;
  }

  #whole({ objects }: Entity): EditSide {
    return { location: this.#places.locationOf(objects[0]!) };
  }

  #side(object: StoredObject, { path, value }: { readonly path: Path; readonly value: Field }): EditSide {
    return { text: fieldText(value), location: this.#places.locationOf(object, path) };
  }
}

/** Whether what no text says is the same: how many pods a workload has, and the addresses that pods were given. */
function haveSamePods(before: Entity, after: Entity): boolean {
  const addressOf = (object: StoredObject | undefined) => (object?.kind === "Pod" ? object.ip : "");
  return (
    before.objects.length === after.objects.length &&
    before.objects.every((object, index) => addressOf(object) === addressOf(after.objects[index]))
  );
}

/** The label with its name is a namespace's own affair: a server sets it, or knows none. */
function withoutNameLabel(form: FieldMap): FieldMap {
  if (form.get("kind") !== "Namespace") return form;
  const metadata = form.get("metadata") as FieldMap;
  const labels = metadata.get("labels") as FieldMap | undefined;
  if (labels?.get(nameLabel) !== metadata.get("name")) return form;
  const others = new Map(labels);
  others.delete(nameLabel);
  const rest = new Map(metadata);
  if (others.size > 0) rest.set("labels", others);
  else rest.delete("labels");
  return new Map(form).set("metadata", rest);
}

const nameLabel = "kubernetes.io/metadata.name";

/** `spec.ingress[0].from[1].podSelector.matchLabels[app.kubernetes.io/name]` */
export function formatPath(path: Path): string {
  return path
    .map((step, index) => {
      if (typeof step === "number") return `[${step}]`;
      if (!/^[A-Za-z][A-Za-z0-9]*$/.test(step)) return `[${step}]`;
      return index === 0 ? step : `.${step}`;
    })
    .join("");
}
