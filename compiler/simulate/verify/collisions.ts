import type { KubernetesObject, Pod } from "../../model/objects.js";

/** Names of sets that are one in the kernel. */
export interface Collision {
  /** The object that brought in the later of the names. */
  readonly at: KubernetesObject;
  /** The namespace whose set is among them. */
  readonly namespace?: string;
  /** All labels among them: each takes in what any of them, or the namespace, takes in. */
  readonly labels: readonly Label[];
}

interface Label {
  readonly key: string;
  /** Absent: the set of everything with the key. */
  readonly value?: string;
}

/** Groups of namespaces and pod labels whose sets have one name, where names are hashes of 32 bits. `names`: those of the sets there are. */
export function collisionsIn(objects: readonly KubernetesObject[], names: ReadonlySet<string>): readonly Collision[] {
  const spelling = spellings.find(({ list }) => names.has(list));
  return spelling ? collisionsBy(spelling, objects) : [];
}

/** How releases name the sets of namespaces and of pod labels, and by which list of all namespaces one knows them. */
const spellings = [
  { list: "nslabel-all-namespaces", namespace: "ns-", label: "podlabel-", keys: true },
  { list: "all-namespaces", namespace: "ns-", label: "", keys: true },
  { list: "all-namespace", namespace: "", label: "all-namespace-", keys: false },
];

function collisionsBy(
  spelling: (typeof spellings)[number],
  objects: readonly KubernetesObject[],
): readonly Collision[] {
  const byName = new Map<string, { readonly at: KubernetesObject; readonly what: string | Label }>();
  const add = (name: string, at: KubernetesObject, what: string | Label): void => {
    // A label and a namespace may have the same name, too.
    const key = `${typeof what} ${name}`;
    if (!byName.has(key)) byName.set(key, { at, what });
  };
  for (const object of objects) {
    if (object.kind === "Namespace") add(spelling.namespace + object.name, object, object.name);
    if (object.kind !== "Pod") continue;
    for (const label of labelsOf(object, spelling.keys)) {
      const text = label.value === undefined ? label.key : `${label.key}:${label.value}`;
      add(spelling.label + text, object, label);
    }
  }
  const byHash = new Map<number, { readonly at: KubernetesObject; readonly what: string | Label }[]>();
  for (const [key, found] of byName) {
    const hash = fnv1a(key.slice(key.indexOf(" ") + 1));
    const others = byHash.get(hash);
    if (others) others.push(found);
    else byHash.set(hash, [found]);
  }
  return [...byHash.values()].filter((group) => group.length > 1).map(collisionOf);
}

function collisionOf(group: readonly { readonly at: KubernetesObject; readonly what: string | Label }[]): Collision {
  const labels = group.flatMap(({ what }) => (typeof what === "string" ? [] : [what]));
  const namespace = group.find(({ what }) => typeof what === "string")?.what as string | undefined;
  return { at: group.at(-1)!.at, labels, ...(namespace !== undefined && { namespace }) };
}

function labelsOf({ labels }: Pod, keys: boolean): readonly Label[] {
  return [...labels].flatMap(([key, value]) => [...(keys ? [{ key }] : []), { key, value }]);
}

/** FNV-1a, 32 bits, of the UTF-8 bytes. Names of sets are ASCII. */
function fnv1a(text: string): number {
  let hash = 0x811c9dc5;
  for (let i = 0; i < text.length; i += 1) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193);
  return hash >>> 0;
}
