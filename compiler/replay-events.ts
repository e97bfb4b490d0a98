import type { Event } from "./engines/engine.js";
import { parseDocuments } from "./manifest/parse-documents.js";
import type { Document } from "./manifest/value.js";
import { admit } from "./model/admit.js";
import { withAddresses, withNameLabel } from "./model/complete-cluster.js";
import { keyOf, type KubernetesObject, type Pod } from "./model/objects.js";
import type { Watched } from "./model/document-type.js";
import { isResourceKind } from "./model/admit-resource.js";
import { resourceKey, type Resource } from "./model/resources.js";
import { readIdentities, type Identity } from "./model/read-identities.js";
import { Uids } from "./model/uids.js";
import { diagnostic, type Diagnostic } from "./text/diagnostic.js";
import type { Source } from "./text/source.js";

/** One thing that happens to a node: manifests applied or deleted, or a run of the engine's periodic task. */
export interface ReplayStep {
  /** What it is called: `01-apply-pods.yaml`. */
  readonly name: string;
  readonly action: "apply" | "delete" | "reconcile";
  /** Not read for `reconcile`. */
  readonly sources: readonly Source[];
}

export interface ReplayEventsOptions {
  readonly namespace?: string;
  readonly podCidr?: string;
  readonly kubernetesMinor: number;
  /** Kinds of resources that are read, too. */
  readonly watched: Watched;
}

/**
 * Steps as the events they are for a node, step by step, in written order. Keeps what an API server would keep: the objects
 * that are there, their uids, the label with a namespace's name, and the addresses of pods that came without a status. Adds
 * no objects of its own.
 */
export class ReplayEvents {
  readonly diagnostics: Diagnostic[] = [];
  /** `apiVersion/kind` → number of objects that were passed over. */
  readonly skipped = new Map<string, number>();
  readonly #options: ReplayEventsOptions;
  /** Kind and key → the object as it is stored. */
  readonly #stored = new Map<string, KubernetesObject>();
  /** Pods by key → the address they were given. */
  readonly #addresses = new Map<string, string>();
  /** Kind and key → the resource that is there. */
  readonly #resources = new Map<string, Resource>();
  readonly #uids = new Uids();

  constructor(options: ReplayEventsOptions) {
    this.#options = options;
  }

  /** The objects that are there, in the order of their creation. */
  get objects(): readonly KubernetesObject[] {
    return [...this.#stored.values()];
  }

  get resources(): readonly Resource[] {
    return [...this.#resources.values()];
  }

  of(step: ReplayStep): readonly Event[] {
    if (step.action === "reconcile") return [{ kind: "reconcile" }];
    const parsed = step.sources.map(parseDocuments);
    for (const { diagnostics } of parsed) this.#report(diagnostics);
    const documents = parsed.flatMap((each) => each.documents);
    return step.action === "delete" ? this.#delete(documents) : this.#apply(documents);
  }

  #apply(documents: readonly Document[]): Event[] {
    return batchesOf(documents, this.#options).flatMap(({ documents: batch, identities }) => {
      const { namespace, watched } = this.#options;
      const { objects, resources, diagnostics, skipped } = admit(batch, {
        ...(namespace !== undefined && { namespace }),
        watched,
      });
      this.#report(diagnostics);
      for (const [type, count] of skipped) this.skipped.set(type, (this.skipped.get(type) ?? 0) + count);
      const applied = this.#complete(objects).map((object): Event => ({ kind: "apply", object: this.#store(object) }));
      const present = new Set(objects.map(identityOf));
      const surplus = identities
        .flatMap((identity) => this.#podsOf(identity))
        .filter((pod) => !present.has(`Pod ${pod}`));
      for (const object of resources) this.#resources.set(`${object.kind} ${resourceKey(object)}`, object);
      const others = resources.map((object): Event => ({ kind: "apply", object }));
      return [...others, ...applied, ...surplus.map((pod) => this.#remove("Pod", pod))];
    });
  }

  #report(diagnostics: readonly Diagnostic[]): void {
    for (const found of diagnostics) this.diagnostics.push(found);
  }

  #delete(documents: readonly Document[]): Event[] {
    const read = documents.map((document) => readIdentities(document, this.#options.namespace, this.#options.watched));
    for (const { diagnostics } of read) this.#report(diagnostics);
    return read.flatMap(({ identities }) => identities.flatMap((identity) => this.#deletionsOf(identity)));
  }

  #deletionsOf(identity: Identity): Event[] {
    const { kind, namespace, name, location } = identity;
    const key = kind === "Namespace" ? name : `${namespace}/${name}`;
    if (isResourceKind(kind)) {
      const key = namespace === "" ? name : `${namespace}/${name}`;
      if (this.#resources.delete(`${kind} ${key}`)) return [{ kind: "delete", objectKind: kind, key }];
    } else if (kind === "Namespace" || kind === "Pod" || kind === "NetworkPolicy") {
      if (this.#stored.has(`${kind} ${key}`)) return [this.#remove(kind, key)];
    } else {
      const pods = this.#podsOf(identity);
      if (pods.length > 0) return pods.map((pod) => this.#remove("Pod", pod));
    }
    this.diagnostics.push(diagnostic("delete-unknown", { kind, name: key }, { location, object: key }));
    return [];
  }

  /** Keys of the pods that were made of a workload. */
  #podsOf({ kind, namespace, name }: Identity): readonly string[] {
    if (kind === "Namespace" || kind === "Pod" || kind === "NetworkPolicy") return [];
    const workload = `${kind}/${name}`;
    const pods = this.objects.filter((object) => object.kind === "Pod" && object.workload === workload);
    return pods.filter((pod) => pod.kind === "Pod" && pod.namespace === namespace).map(keyOf);
  }

  #store(object: KubernetesObject): KubernetesObject {
    const stored = this.#uids.store(object);
    this.#stored.set(identityOf(object), stored);
    return stored;
  }

  #remove(objectKind: KubernetesObject["kind"], key: string): Event {
    this.#stored.delete(`${objectKind} ${key}`);
    this.#uids.forget(objectKind, key);
    if (objectKind === "Pod") this.#addresses.delete(key);
    return { kind: "delete", objectKind, key };
  }

  #complete(objects: readonly KubernetesObject[]): readonly KubernetesObject[] {
    const labelled = objects.map((object) =>
      object.kind === "Namespace" && this.#options.kubernetesMinor >= 21 ? withNameLabel(object) : object,
    );
    return this.#withAddresses(labelled);
  }

  /** A pod that was given an address keeps it for as long as it is there. */
  #withAddresses(objects: readonly KubernetesObject[]): readonly KubernetesObject[] {
    const own = objects.filter((object): object is Pod => object.kind === "Pod").map((pod) => this.#remembered(pod));
    const others = this.objects.filter((object): object is Pod => object.kind === "Pod");
    const { pods, diagnostics } = withAddresses(own, this.#options.podCidr, others);
    this.#report(diagnostics);
    const byKey = new Map(pods.map((pod) => [keyOf(pod), pod]));
    for (const [index, pod] of pods.entries()) {
      if (own[index]!.ip === "" && pod.ip !== "") this.#addresses.set(keyOf(pod), pod.ip);
    }
    return objects.map((object) => (object.kind === "Pod" ? byKey.get(keyOf(object))! : object));
  }

  #remembered(pod: Pod): Pod {
    const address = this.#addresses.get(keyOf(pod));
    return address !== undefined && pod.phase === "" && pod.ip === "" && !pod.hostNetwork
      ? { ...pod, ip: address }
      : pod;
  }
}

interface Batch {
  readonly documents: Document[];
  readonly identities: Identity[];
}

/** Documents in runs that name no object twice: one that comes again is applied again. */
function batchesOf(documents: readonly Document[], options: ReplayEventsOptions): readonly Batch[] {
  const batches: Batch[] = [{ documents: [], identities: [] }];
  let seen = new Set<string>();
  for (const document of documents) {
    const { identities } = readIdentities(document, options.namespace, options.watched);
    const names = identities.map(({ kind, namespace: where, name }) => `${kind} ${where}/${name}`);
    if (names.some((name) => seen.has(name))) {
      batches.push({ documents: [], identities: [] });
      seen = new Set();
    }
    for (const name of names) seen.add(name);
    const batch = batches.at(-1)!;
    batch.documents.push(document);
    for (const identity of identities) batch.identities.push(identity);
  }
  return batches;
}

function identityOf(object: KubernetesObject): string {
  return `${object.kind} ${keyOf(object)}`;
}
