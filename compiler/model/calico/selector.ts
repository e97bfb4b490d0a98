/**
 * A Calico selector, parsed. `and` and `or` have two operands or more and stand as nested as they were written; two `not` in a row
 * are none. Source: Calico 87c15906f, libcalico-go/lib/selector/parser.
 */
export type Selector =
  | { readonly kind: "all" }
  /** What lies in no namespace; only as the whole of a namespace selector. */
  | { readonly kind: "global" }
  | { readonly kind: "and" | "or"; readonly operands: readonly Selector[] }
  | { readonly kind: "not"; readonly operand: Selector }
  | { readonly kind: "has"; readonly label: string }
  | {
      readonly kind: "equals" | "differs" | "contains" | "starts-with" | "ends-with";
      readonly label: string;
      readonly value: string;
    }
  /** Values in byte order, each once. */
  | { readonly kind: "in" | "not-in"; readonly label: string; readonly values: readonly string[] };

/** Whether a selector takes in what has these labels. `differs`, `not-in` and `not` hold for a label that is not there. */
export function selectorHolds(selector: Selector, labelOf: (label: string) => string | undefined): boolean {
  switch (selector.kind) {
    case "all":
    case "global":
      return true;
    case "and":
      return selector.operands.every((operand) => selectorHolds(operand, labelOf));
    case "or":
      return selector.operands.some((operand) => selectorHolds(operand, labelOf));
    case "not":
      return !selectorHolds(selector.operand, labelOf);
    case "has":
      return labelOf(selector.label) !== undefined;
    case "equals":
      return labelOf(selector.label) === selector.value;
    case "differs":
      return labelOf(selector.label) !== selector.value;
    case "contains":
      return labelOf(selector.label)?.includes(selector.value) ?? false;
    case "starts-with":
      return labelOf(selector.label)?.startsWith(selector.value) ?? false;
    case "ends-with":
      return labelOf(selector.label)?.endsWith(selector.value) ?? false;
    case "in":
    case "not-in": {
      const value = labelOf(selector.label);
      return (value !== undefined && selector.values.includes(value)) === (selector.kind === "in");
    }
  }
}

/** The canonical text: what Calico makes the names of sets of. */
export function printSelector(selector: Selector): string {
  switch (selector.kind) {
    case "all":
    case "global":
      return `${selector.kind}()`;
    case "and":
    case "or":
      return `(${selector.operands.map(printSelector).join(selector.kind === "and" ? " && " : " || ")})`;
    case "not":
      return `!${printSelector(selector.operand)}`;
    case "has":
      return `has(${selector.label})`;
    case "in":
    case "not-in":
      return `${selector.label} ${selector.kind === "in" ? "in" : "not in"} {${selector.values.map(quoted).join(", ")}}`;
    default:
      return `${selector.label} ${operators[selector.kind]} ${quoted(selector.value)}`;
  }
}

/** The same selector of labels that all start with `prefix`. */
export function prefixLabels(selector: Selector, prefix: string): Selector {
  switch (selector.kind) {
    case "all":
    case "global":
      return selector;
    case "and":
    case "or":
      return { ...selector, operands: selector.operands.map((operand) => prefixLabels(operand, prefix)) };
    case "not":
      return { ...selector, operand: prefixLabels(selector.operand, prefix) };
    default:
      return { ...selector, label: prefix + selector.label };
  }
}

const operators = {
  equals: "==",
  differs: "!=",
  contains: "contains",
  "starts-with": "starts with",
  "ends-with": "ends with",
} as const;

function quoted(value: string): string {
  return value.includes('"') ? `'${value}'` : `"${value}"`;
}
