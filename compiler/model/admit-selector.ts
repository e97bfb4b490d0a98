import type { Value } from "../manifest/value.js";
import { readLabels } from "./admit-labels.js";
import type { Checker } from "./checker.js";
import { decodeFields, decodeList, decodeString, reportUnknownField } from "./decode.js";
import { labelValueMistakes, qualifiedNameMistakes } from "./name-rules.js";
import type { Labels, LabelSelector, Requirement } from "./objects.js";

/** Reads and checks a LabelSelector, the field `name` of what is being read; null is the empty one. */
export function readSelector(value: Value, checker: Checker, name: string): LabelSelector {
  let matchLabels = noLabels;
  let matchExpressions = noRequirements;
  const entries = decodeFields(value, checker, name);
  checker.enter(name);
  for (const entry of entries ?? noEntries) {
    switch (entry.key) {
      case "matchLabels":
        matchLabels = readLabels(entry.value, checker, "matchLabels");
        break;
      case "matchExpressions":
        matchExpressions = readRequirements(entry.value, checker);
        break;
      default:
        reportUnknownField(entry, ["matchLabels", "matchExpressions"], checker);
    }
  }
  checker.leave();
  return { matchLabels, matchExpressions, offset: value.offset };
}

const noLabels: Labels = new Map();
const noRequirements: readonly Requirement[] = [];
const noEntries: readonly never[] = [];

function readRequirements(value: Value, checker: Checker): readonly Requirement[] {
  const items = decodeList(value, checker, "matchExpressions");
  if (!items || items.length === 0) return noRequirements;
  checker.enter("matchExpressions");
  const requirements = items.map((item, index) => readRequirement(item, index, checker));
  checker.leave();
  return requirements;
}

function readRequirement(item: Value, index: number, checker: Checker): Requirement {
  let key: string | undefined = "";
  let keyOffset = item.offset;
  let operator: string | undefined = "";
  let operatorOffset = item.offset;
  let values: readonly string[] | undefined = noEntries;
  let valuesOffset = item.offset;
  const entries = decodeFields(item, checker, index);
  checker.enter(index);
  for (const entry of entries ?? noEntries) {
    switch (entry.key) {
      case "key":
        key = decodeString(entry.value, checker, "key");
        keyOffset = entry.value.offset;
        break;
      case "operator":
        operator = decodeString(entry.value, checker, "operator");
        operatorOffset = entry.value.offset;
        break;
      case "values":
        values = readValues(entry.value, checker);
        valuesOffset = entry.value.offset;
        break;
      default:
        reportUnknownField(entry, ["key", "operator", "values"], checker);
    }
  }
  if (entries) {
    if (operator !== undefined) checkOperator(operator, operatorOffset, values, valuesOffset, checker);
    const mistakes = key === undefined ? noEntries : qualifiedNameMistakes(key);
    if (mistakes.length > 0) checker.report("label-key-invalid", { value: key ?? "", mistakes }, keyOffset, "key");
  }
  checker.leave();
  return {
    key: key ?? "",
    operator: (operator ?? "") as Requirement["operator"],
    values: values ?? noEntries,
    offset: item.offset,
  };
}

/** undefined when the list itself could not be read; a value that could not is left as "". */
function readValues(value: Value, checker: Checker): readonly string[] | undefined {
  const items = decodeList(value, checker, "values");
  if (!items) return undefined;
  checker.enter("values");
  const values = items.map((item, index) => {
    const text = decodeString(item, checker, index) ?? "";
    const mistakes = labelValueMistakes(text);
    if (mistakes.length > 0) checker.report("label-value-invalid", { value: text, mistakes }, item.offset, index);
    return text;
  });
  checker.leave();
  return values;
}

function checkOperator(
  operator: string,
  operatorOffset: number,
  values: readonly string[] | undefined,
  valuesOffset: number,
  checker: Checker,
): void {
  switch (operator) {
    case "In":
    case "NotIn":
      if (values?.length === 0) checker.report("values-missing", { operator }, valuesOffset, "values");
      break;
    case "Exists":
    case "DoesNotExist":
      if (values && values.length > 0) checker.report("values-forbidden", { operator }, valuesOffset, "values");
      break;
    default:
      checker.report("operator-unknown", { operator }, operatorOffset, "operator");
  }
}
