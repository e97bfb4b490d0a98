import { resolvePlain, stringScalar } from "./resolve-scalar.js";
import type { Scalar } from "./value.js";

export interface TagProblem {
  readonly kind: "problem";
  readonly problem: "base64" | "mismatch";
}

/**
 * A scalar with an explicit tag, as kubectl reads it: `!!str` makes it a text, `!!binary` decodes it, `!!int`, `!!float`,
 * `!!bool` and `!!null` hold it to that type, quoted or not. Any other tag leaves the text. Source: go.yaml.in/yaml
 * v2.4.2, decode.go and resolve.go.
 */
export function resolveTagged(tag: string, text: string, offset: number): Scalar | TagProblem {
  switch (tag) {
    case `${PREFIX}binary`: {
      const decoded = decodeBase64(text);
      return decoded === undefined ? { kind: "problem", problem: "base64" } : stringScalar(decoded, offset);
    }
    case `${PREFIX}int`:
      return held(resolvePlain(text, offset), (scalar) => isNumber(scalar) && !scalar.float);
    case `${PREFIX}float`:
      return held(asFloat(resolvePlain(text, offset)), (scalar) => isNumber(scalar) && scalar.float);
    case `${PREFIX}bool`:
      return held(resolvePlain(text, offset), (scalar) => typeof scalar.value === "boolean");
    case `${PREFIX}null`:
      return held(resolvePlain(text, offset), (scalar) => scalar.value === null);
    case `${PREFIX}timestamp`:
      return held(stringScalar(text, offset), () => TIMESTAMP.test(text));
    default:
      return stringScalar(text, offset);
  }
}

/** The full name of a tag as written (`!!int`, `!<tag:…>`, `!e!x`), by the handles that %TAG lines of the document define. */
export function tagName(written: string, handles: ReadonlyMap<string, string>): string {
  if (written.startsWith("!<")) return written.slice(2, -1);
  const end = written.indexOf("!", 1) + 1;
  const handle = end > 0 ? written.slice(0, end) : "!";
  const prefix = handles.get(handle) ?? (handle === "!!" ? PREFIX : handle);
  return prefix + written.slice(handle.length);
}

const PREFIX = "tag:yaml.org,2002:";

/** The forms that go-yaml knows; the day of the month is not compared with the month's length. */
const TIMESTAMP =
  /^\d{4}-(?:0?[1-9]|1[0-2])-(?:0?[1-9]|[12]\d|3[01])(?:[Tt]\d{1,2}:\d{1,2}:\d{1,2}(?:[.,]\d+)?(?:Z|[-+]\d\d:\d\d)| \d{1,2}:\d{1,2}:\d{1,2}(?:[.,]\d+)?)?$/;

function held(scalar: Scalar, fits: (scalar: Scalar) => boolean): Scalar | TagProblem {
  return fits(scalar) ? scalar : { kind: "problem", problem: "mismatch" };
}

function isNumber(scalar: Scalar): boolean {
  return typeof scalar.value === "number" || typeof scalar.value === "bigint";
}

function asFloat(scalar: Scalar): Scalar {
  if (typeof scalar.value === "number") return { ...scalar, float: true };
  if (typeof scalar.value !== "bigint" || scalar.value !== BigInt.asIntN(64, scalar.value)) return scalar;
  return { ...scalar, value: Number(scalar.value), float: true };
}

/** The text that the base64 of UTF-8 bytes stands for, undefined when it is none. Line breaks are ignored, padding is required. */
function decodeBase64(text: string): string | undefined {
  const compact = text.replace(/[\r\n]/g, "");
  if (compact.length % 4 !== 0 || !/^[A-Za-z0-9+/]*={0,2}$/.test(compact)) return undefined;
  const length = (compact.length / 4) * 3 - (compact.endsWith("==") ? 2 : compact.endsWith("=") ? 1 : 0);
  const bytes: number[] = [];
  for (let at = 0; at < compact.length; at += 4) {
    let bits = 0;
    for (let i = at; i < at + 4; i++) bits = bits * 64 + Math.max(ALPHABET.indexOf(compact.charAt(i)), 0);
    bytes.push(bits >> 16, (bits >> 8) & 255, bits & 255);
  }
  return decodeUtf8(bytes.slice(0, length));
}

const ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

/** Bytes as text. When they are no UTF-8, each byte beyond ASCII becomes U+FFFD. */
function decodeUtf8(bytes: readonly number[]): string {
  try {
    return decodeURIComponent(bytes.map((byte) => `%${byte.toString(16).padStart(2, "0")}`).join(""));
  } catch {
    return bytes.map((byte) => (byte < 0x80 ? String.fromCharCode(byte) : "\ufffd")).join("");
  }
}
