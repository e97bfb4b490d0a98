import type { Entry, Value } from "../../manifest/value.js";
import type { Checker } from "../../model/checker.js";
import { describe } from "../../model/decode.js";

export interface WrittenVerdict {
  readonly verdict: "allow" | "deny";
  /** When the ports stand here, as in `allow: 80/tcp`. */
  readonly ports?: Entry;
}

/**
 * `allow: true`, `allow` alone (as in `{from: a, to: b, allow}`), or with the ports as its value; the same of deny. `deny` when it is not clear
 * what is meant, which the checker then knows.
 */
export function readVerdict(
  entries: readonly Entry[],
  offset: number,
  hasPort: boolean,
  checker: Checker,
): WrittenVerdict {
  const [first, second] = entries.filter(({ key }) => key === "allow" || key === "deny");
  if (!first) {
    checker.report("expectation-without-verdict", {}, offset);
    return { verdict: "deny" };
  }
  if (second) checker.report("expectation-two-verdicts", {}, second.keyOffset, second.key);
  const { value } = first;
  const key = first.key as "allow" | "deny";
  if (value.kind === "scalar" && (value.value === null || value.value === true)) return { verdict: key };
  const truth = truthOf(value);
  if (truth !== undefined) {
    const parameters = { key, found: describe(value), negated: !truth };
    checker.report("expectation-verdict-unclear", parameters, value.offset, key);
    return { verdict: key };
  }
  if (hasPort) checker.report("expectation-ports-twice", { key }, value.offset, key);
  return { verdict: key, ports: first };
}

/** A value that is false, or a text in quotes that looks like a boolean: nobody calls a port so. */
function truthOf(value: Value): boolean | undefined {
  if (value.kind !== "scalar") return undefined;
  if (typeof value.value === "boolean") return value.value;
  if (typeof value.value !== "string") return undefined;
  if (/^(true|yes|on)$/i.test(value.value)) return true;
  return /^(false|no|off|never)$/i.test(value.value) ? false : undefined;
}
