import { quote, shorten } from "../text/quote.js";
import type { Scalar } from "./value.js";

/** What a scalar is, for messages: `the number 80 (written 0120)`, `null (written ~)`, `the boolean true (written yes)`. */
export function describeScalar(scalar: Scalar): string {
  const { value, text } = scalar;
  const written = String(value) === text ? "" : text === "" ? " (nothing is written)" : ` (written ${shorten(text)})`;
  if (value === null) return `null${written}`;
  if (typeof value === "string") return `the text ${quote(value)}`;
  return `the ${typeof value === "boolean" ? "boolean" : "number"} ${value}${written}`;
}
