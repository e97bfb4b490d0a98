import { load, loadAll } from "js-yaml";

type Json = unknown;
type JsonObject = { [key: string]: Json };

/** What a cluster holds after the commands of `explain why`: the documents of manifests, each JSON. Written from RFC 7396, by hand. */
export function applyKubectl(manifests: string, commands: string): string {
  const objects = (loadAll(manifests) as JsonObject[]).filter((object) => object !== null && object !== undefined);
  const found = [...commands.matchAll(/^kubectl (.*) <<'EOF'\n([^]*?)^EOF\n/gm)];
  if (found.map(([whole]) => whole).join("\n") !== commands) throw new Error(`no commands:\n${commands}`);
  for (const [, words = "", document = ""] of found) {
    const [, type = "", name, namespace] =
      /^patch (\S+) (\S+)(?: --namespace (\S+))? --type merge --patch-file \/dev\/stdin$/.exec(words) ?? [];
    if (name === undefined) {
      if (words !== "apply -f -") throw new Error(words);
      objects.push(load(document) as JsonObject);
      continue;
    }
    const at = objects.findIndex((object) => {
      const own = object["metadata"] as JsonObject;
      if (!names(type, object) || own["name"] !== name) return false;
      return namespace === undefined || (own["namespace"] ?? "default") === namespace;
    });
    objects[at] = mergePatch(objects[at]!, load(document)) as JsonObject;
  }
  return objects.map((object) => JSON.stringify(object)).join("\n---\n");
}

/** Whether an object is of what kubectl calls `networkpolicy`, or `globalnetworkpolicies.projectcalico.org`. */
function names(type: string, { apiVersion, kind }: JsonObject): boolean {
  const group = String(apiVersion).split("/")[0];
  const [short, ...rest] = type.split(".");
  if (rest.length === 0) return kind === "NetworkPolicy" && group === "networking.k8s.io";
  return rest.join(".") === group && String(kind).toLowerCase().replace(/y$/, "ies") === short;
}

function mergePatch(target: Json, patch: Json): Json {
  if (!isObject(patch)) return patch;
  const result: JsonObject = isObject(target) ? { ...target } : {};
  for (const [key, value] of Object.entries(patch)) {
    if (value === null) delete result[key];
    else result[key] = mergePatch(result[key], value);
  }
  return result;
}

function isObject(value: Json): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
