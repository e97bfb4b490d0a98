import type { Value } from "../manifest/value.js";
import type { Checker } from "./checker.js";
import { decodeBoolean, decodeFields, decodeList, decodeString, reportUnknownField } from "./decode.js";

/** The object that made another one. */
export interface Owner {
  readonly kind: string;
  readonly name: string;
}

/** Checks `ownerReferences` and gives the controller. The server says what is missing of the list, without an index. */
export function readOwners(value: Value, checker: Checker): Owner | undefined {
  const items = decodeList(value, checker, "ownerReferences");
  let controller: Owner | undefined;
  for (const [index, item] of (items ?? []).entries()) {
    const owner = readOwner(item, index, checker);
    if (!owner?.controller) continue;
    if (controller) {
      const parameters = { first: `${controller.kind}/${controller.name}`, second: `${owner.kind}/${owner.name}` };
      checker.report("owner-two-controllers", parameters, item.offset, "ownerReferences");
    } else controller = owner;
  }
  return controller;
}

const known = ["apiVersion", "kind", "name", "uid", "controller", "blockOwnerDeletion"];

function readOwner(
  item: Value,
  index: number,
  checker: Checker,
): (Owner & { readonly controller: boolean }) | undefined {
  checker.enter("ownerReferences");
  const entries = decodeFields(item, checker, index);
  checker.leave();
  if (!entries) return undefined;
  const texts = { apiVersion: "", kind: "", name: "", uid: "" };
  const broken = new Set<string>();
  let controller = false;
  checker.enter("ownerReferences");
  checker.enter(index);
  for (const entry of entries) {
    switch (entry.key) {
      case "apiVersion":
      case "kind":
      case "name":
      case "uid": {
        const text = decodeString(entry.value, checker, entry.key);
        if (text === undefined) broken.add(entry.key);
        texts[entry.key] = text ?? "";
        break;
      }
      case "controller":
        controller = decodeBoolean(entry.value, checker, "controller") ?? false;
        break;
      case "blockOwnerDeletion":
        decodeBoolean(entry.value, checker, "blockOwnerDeletion");
        break;
      default:
        reportUnknownField(entry, known, checker);
    }
  }
  checker.leave();
  checker.leave();
  const missing = {
    apiVersion: versionOf(texts.apiVersion) === "",
    kind: !texts.kind,
    name: !texts.name,
    uid: !texts.uid,
  };
  for (const [name, isMissing] of Object.entries(missing)) {
    if (isMissing && !broken.has(name))
      checker.report("owner-incomplete", { name }, item.offset, "ownerReferences", name);
  }
  if (texts.kind === "Event" && /^\/?v1$/.test(texts.apiVersion))
    checker.report("owner-forbidden", {}, item.offset, "ownerReferences");
  return { kind: texts.kind, name: texts.name, controller };
}

/** `v1` of `apps/v1`; "" when there is none. */
function versionOf(apiVersion: string): string {
  const parts = apiVersion.split("/", 3);
  return parts.length > 2 ? "" : parts.at(-1)!;
}
