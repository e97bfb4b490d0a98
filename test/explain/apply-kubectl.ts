import { load, loadAll } from "js-yaml";

type Json = unknown;
type JsonObject = { [key: string]: Json };

/** What a cluster holds after the commands of `explain why`: the documents of manifests, each JSON. Written from RFC 7396, by hand. */
export function applyKubectl(manifests: string, commands: string): string {
  const objects = (loadAll(manifests) as JsonObject[]).filter((object) => object !== null && object !== undefined);
  const found = [...commands.matchAll(/^kubectl (.*) <<'EOF'\n([^]*?)^EOF\n/gm)];
  if (found.map(([whole]) => whole).join("\n") !== commands) throw new Error(`no commands:\n${commands}`);
  for (const [, words = "", document = ""] of found) {
    const [, name, namespace] =
      /^patch networkpolicy (\S+) --namespace (\S+) --type merge --patch-file \/dev\/stdin$/.exec(words) ?? [];
    if (name === undefined) {
      if (words !== "apply -f -") throw new Error(words);
      objects.push(load(document) as JsonObject);
      continue;
    }
    const at = objects.findIndex(({ kind, metadata }) => {
      const own = metadata as JsonObject;
      return kind === "NetworkPolicy" && own["name"] === name && (own["namespace"] ?? "default") === namespace;
    });
    objects[at] = mergePatch(objects[at]!, load(document)) as JsonObject;
  }
  return objects.map((object) => JSON.stringify(object)).join("\n---\n");
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
