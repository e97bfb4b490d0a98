import { keyOf, type KubernetesObject } from "./objects.js";

/**
 * Gives an object without `metadata.uid` one of the usual form, as a server does: counted in order of creation, the same
 * for as long as the object is there. Namespaces are counted too, though nothing reads theirs.
 */
export class Uids {
  readonly #given = new Map<string, string>();
  #created = 0;

  /** The object as it is stored: applied again, it keeps the uid it has. */
  store<O extends KubernetesObject>(object: O): O {
    const identity = `${object.kind} ${keyOf(object)}`;
    let uid = this.#given.get(identity);
    if (uid === undefined) this.#given.set(identity, (uid = uidOf(++this.#created)));
    return object.kind === "Namespace" || object.uid !== "" ? object : { ...object, uid };
  }

  /** The next object of this identity is another one. */
  forget(kind: KubernetesObject["kind"], key: string): void {
    this.#given.delete(`${kind} ${key}`);
  }
}

/** `00000000-0000-4000-8000-000000000001`: version 4, as servers draw them. */
function uidOf(count: number): string {
  return `00000000-0000-4000-8000-${count.toString(16).padStart(12, "0")}`;
}
