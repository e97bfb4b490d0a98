import { isResource } from "../../model/admit-resource.js";
import { keyOf } from "../../model/objects.js";
import { Places } from "../../model/places.js";
import { resourceKey, type StoredObject } from "../../model/resources.js";
import { fieldText, storedForm, type Field, type FieldMap } from "../../model/stored-form.js";

/** What somebody writes as one: an object, or a workload with all its pods. */
export interface Entity {
  /** `NetworkPolicy shop/api`, `Deployment shop/web`. */
  readonly name: string;
  /** The object, or the pods, in order; never empty. */
  readonly objects: readonly StoredObject[];
  /** The object, or what all pods of the workload have in common. */
  readonly form: FieldMap;
}

/** Objects as what was written, in their order; namespaces that nobody wrote are left out. `places` may be shared with others who ask. */
export function entitiesOf(objects: readonly StoredObject[], places = new Places()): ReadonlyMap<string, Entity> {
  const found = new Map<string, StoredObject[]>();
  for (const object of objects) {
    if (object.kind === "Namespace" && object.implied) continue;
    const name = entityName(object);
    const others = found.get(name);
    if (others) others.push(object);
    else found.set(name, [object]);
  }
  const entities = new Map<string, Entity>();
  for (const [name, its] of found) entities.set(name, new WrittenEntity(name, its, places));
  return entities;
}

/** Its form is made when somebody asks: most entities are never compared. */
class WrittenEntity implements Entity {
  #form: FieldMap | undefined;

  constructor(
    readonly name: string,
    readonly objects: readonly StoredObject[],
    private readonly places: Places,
  ) {}

  get form(): FieldMap {
    const [first] = this.objects;
    return (this.#form ??= formOf(first!, this.places));
  }
}

/** Of kinds that are not read as they are stored, what was written. */
function formOf(object: StoredObject, places: Places): FieldMap {
  if (isResource(object)) return places.writtenForm(object);
  return isTemplate(object) ? templateOf(storedForm(object)) : storedForm(object);
}

/** The objects of an entity in another form, as JSON texts. */
export function textsOf(entity: Entity, form: FieldMap): readonly string[] {
  if (!isTemplate(entity.objects[0]!)) return [fieldText(form)];
  return entity.objects.flatMap((object) => (isResource(object) ? [] : fieldText(asPod(form, storedForm(object)))));
}

function entityName(object: StoredObject): string {
  // As kubectl tells it from the one of Kubernetes.
  const kind = object.kind === "CalicoNetworkPolicy" ? "NetworkPolicy.projectcalico.org" : object.kind;
  if (isResource(object)) return `${kind} ${resourceKey(object)}`;
  if (object.kind !== "Pod" || object.workload === undefined) return `${object.kind} ${keyOf(object)}`;
  const [workload, name] = object.workload.split("/");
  return `${workload} ${object.namespace}/${name}`;
}

function isTemplate(object: StoredObject): boolean {
  return object.kind === "Pod" && object.workload !== undefined;
}

/** A pod without what each pod has for itself. */
function templateOf(form: FieldMap): FieldMap {
  return changed(
    form,
    [
      ["metadata", "name"],
      ["spec", "nodeName"],
      ["status", "podIP"],
    ],
    () => undefined,
  );
}

function asPod(template: FieldMap, own: FieldMap): FieldMap {
  const at = ([outer, inner]: readonly [string, string]) => (own.get(outer) as FieldMap | undefined)?.get(inner);
  return changed(
    template,
    [
      ["metadata", "name"],
      ["spec", "nodeName"],
      ["status", "podIP"],
    ],
    at,
  );
}

/** With other values at some places, two keys deep. */
function changed(
  form: FieldMap,
  places: readonly (readonly [string, string])[],
  value: (place: readonly [string, string]) => Field | undefined,
): FieldMap {
  const result = new Map(form);
  for (const place of places) {
    const [outer, inner] = place;
    const its = new Map(result.get(outer) as FieldMap | undefined);
    const wanted = value(place);
    if (wanted === undefined) its.delete(inner);
    else its.set(inner, wanted);
    result.set(outer, its);
  }
  return result;
}
