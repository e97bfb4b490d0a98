import type { Value } from "../manifest/value.js";
import type { Checker } from "./checker.js";
import { decodeFields, decodeList, decodeString, decodeTime, reportUnknownField } from "./decode.js";
import { byteLength } from "./name-rules.js";

const known = ["manager", "operation", "apiVersion", "time", "fieldsType", "fieldsV1", "subresource"];

/** Checks `managedFields`; nothing of them is kept. Rules: k8s.io/apimachinery 0.34, pkg/apis/meta/v1/validation. */
export function readManagedFields(value: Value, checker: Checker): void {
  const items = decodeList(value, checker, "managedFields");
  checker.enter("managedFields");
  for (const [index, item] of (items ?? []).entries()) readEntry(item, index, checker);
  checker.leave();
}

function readEntry(item: Value, index: number, checker: Checker): void {
  const entries = decodeFields(item, checker, index);
  if (!entries) return;
  checker.enter(index);
  let operation: string | undefined = "";
  for (const { key, value, keyOffset } of entries) {
    const complain = (mistake: string): void =>
      checker.report("managed-fields-invalid", { mistake }, value.offset, key);
    switch (key) {
      case "operation":
        operation = decodeString(value, checker, key);
        break;
      case "manager": {
        const manager = decodeString(value, checker, key) ?? "";
        if (byteLength(manager) > 128) complain("has a manager of more than 128 characters");
        if (/[^\p{L}\p{M}\p{N}\p{P}\p{S} ]/u.test(manager))
          complain("has a manager with characters that cannot be printed");
        break;
      }
      case "fieldsType": {
        const type = decodeString(value, checker, key) ?? "";
        if (type !== "" && type !== "FieldsV1") complain("has another fieldsType than FieldsV1");
        break;
      }
      case "subresource":
        if (byteLength(decodeString(value, checker, key) ?? "") > 256)
          complain("has a subresource of more than 256 characters");
        break;
      case "apiVersion":
        decodeString(value, checker, key);
        break;
      case "time":
        decodeTime(value, checker, key);
        break;
      case "fieldsV1":
        break;
      default:
        reportUnknownField({ key, value, keyOffset }, known, checker);
    }
  }
  if (operation !== undefined && operation !== "Apply" && operation !== "Update") {
    checker.report(
      "managed-fields-invalid",
      { mistake: "has another operation than Apply or Update" },
      item.offset,
      "operation",
    );
  }
  checker.leave();
}
