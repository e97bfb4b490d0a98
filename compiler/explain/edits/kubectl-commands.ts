import type { CalicoPolicy } from "../../model/calico/objects.js";
import { keyOf, type NetworkPolicy } from "../../model/objects.js";
import { Places } from "../../model/places.js";
import { resourceKey, type StoredObject } from "../../model/resources.js";
import { storedForm, type Field, type FieldMap } from "../../model/stored-form.js";
import { writeYaml, type Written } from "./yaml-lines.js";

/** Objects that an edit may change: policies of Kubernetes, and of Calico. */
type Changeable = NetworkPolicy | CalicoPolicy;

/**
 * The commands that carry an edit of policies to a cluster: a merge patch (RFC 7396) for each that changed, whole documents for those that are
 * new. Each stands behind its command as a here document, so that a shell can run the text as it is.
 */
export function kubectlCommands(before: readonly StoredObject[], after: readonly StoredObject[]): string {
  const places = new Places();
  const formOf = (policy: Changeable): FieldMap =>
    policy.kind === "NetworkPolicy" ? storedForm(policy) : places.writtenForm(policy);
  const old = policiesOf(before);
  return [...policiesOf(after)]
    .flatMap(([key, policy]) => {
      const known = old.get(key);
      if (!known) return [here("kubectl apply -f -", writtenOf(formOf(policy)))];
      const form = formOf(policy);
      const patch = mergePatch(formOf(known), form);
      if (Object.keys(patch).length === 0) return [];
      const { namespace, name } = policy;
      const where = namespace === "" ? "" : ` --namespace ${namespace}`;
      return [
        here(`kubectl patch ${typeOf(policy, form)} ${name}${where} --type merge --patch-file /dev/stdin`, patch),
      ];
    })
    .join("\n");
}

/** What kubectl calls the kind: `networkpolicy`, `globalnetworkpolicies.projectcalico.org`. */
function typeOf({ kind }: Changeable, form: FieldMap): string {
  if (kind === "NetworkPolicy") return "networkpolicy";
  const version = form.get("apiVersion");
  const [group] = typeof version === "string" ? version.split("/") : [];
  return `${kind === "GlobalNetworkPolicy" ? "globalnetworkpolicies" : "networkpolicies"}.${group}`;
}

function policiesOf(objects: readonly StoredObject[]): ReadonlyMap<string, Changeable> {
  return new Map(
    objects.flatMap((object): (readonly [string, Changeable])[] => {
      if (object.kind === "NetworkPolicy") return [[keyOf(object), object]];
      const isCalicos = object.kind === "GlobalNetworkPolicy" || object.kind === "CalicoNetworkPolicy";
      return isCalicos ? [[`${object.kind} ${resourceKey(object)}`, object]] : [];
    }),
  );
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
