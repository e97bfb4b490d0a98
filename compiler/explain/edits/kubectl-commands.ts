import { keyOf, type KubernetesObject, type NetworkPolicy } from "../../model/objects.js";
import { storedForm, type Field, type FieldMap } from "../../model/stored-form.js";
import { writeYaml, type Written } from "./yaml-lines.js";

/**
 * The commands that carry an edit of policies to a cluster: a merge patch (RFC 7396) for each that changed, whole documents for those that are
 * new. Each stands behind its command as a here document, so that a shell can run the text as it is.
 */
export function kubectlCommands(before: readonly KubernetesObject[], after: readonly KubernetesObject[]): string {
  const old = policiesOf(before);
  return [...policiesOf(after)]
    .flatMap(([key, policy]) => {
      const known = old.get(key);
      if (!known) return [here("kubectl apply -f -", writtenOf(storedForm(policy)))];
      const patch = mergePatch(storedForm(known), storedForm(policy));
      if (Object.keys(patch).length === 0) return [];
      const { namespace, name } = policy;
      const command = `kubectl patch networkpolicy ${name} --namespace ${namespace} --type merge --patch-file /dev/stdin`;
      return [here(command, patch)];
    })
    .join("\n");
}

function policiesOf(objects: readonly KubernetesObject[]): ReadonlyMap<string, NetworkPolicy> {
  return new Map(objects.flatMap((object) => (object.kind === "NetworkPolicy" ? [[keyOf(object), object]] : [])));
}

/** What changed of a mapping; null for what is gone. A list that changed stands whole, as the format wants it. */
function mergePatch(before: FieldMap, after: FieldMap): { readonly [key: string]: Written } {
  const changed = [...after].flatMap(([key, value]): [string, Written][] => {
    const old = before.get(key);
    if (old === undefined) return [[key, writtenOf(value)]];
    if (isMap(old) && isMap(value)) {
      const inside = mergePatch(old, value);
      return Object.keys(inside).length === 0 ? [] : [[key, inside]];
    }
    const written = writtenOf(value);
    return JSON.stringify(writtenOf(old)) === JSON.stringify(written) ? [] : [[key, written]];
  });
  const gone = [...before.keys()].filter((key) => !after.has(key)).map((key): [string, Written] => [key, null]);
  return Object.fromEntries([...changed, ...gone]);
}

function writtenOf(field: Field): Written {
  if (isMap(field)) return Object.fromEntries([...field].map(([key, value]) => [key, writtenOf(value)]));
  return typeof field === "object" ? field.map(writtenOf) : field;
}

function isMap(field: Field): field is FieldMap {
  return field instanceof Map;
}

/** No line of a document is `EOF` alone: text stands behind a key or a dash. */
function here(command: string, document: Written): string {
  return `${command} <<'EOF'\n${writeYaml(document)}EOF\n`;
}
