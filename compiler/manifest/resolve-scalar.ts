import { resolveNumber, resolvePointNumber } from "./resolve-number.js";
import type { Scalar } from "./value.js";

/**
 * What an unquoted, untagged text means to kubectl: YAML 1.1 as go.yaml.in/yaml v2.4.2 reads it (resolve.go), so that `yes`,
 * `on` and `y` are booleans. Time stamps stay strings. `.inf` and `.nan` come out as the number they are, which no JSON holds.
 */
export function resolvePlain(text: string, offset: number): Scalar {
  const hint = text === "" ? WORD : (HINTS[text.charCodeAt(0)] ?? STRING);
  if (hint === STRING) return stringScalar(text, offset);
  if (hint === WORD) {
    const word = text.length <= LONGEST_WORD ? WORDS.get(text) : undefined;
    return word === undefined
      ? stringScalar(text, offset)
      : { kind: "scalar", offset, value: word, float: false, text };
  }
  if (hint === DIGIT && text.length <= 9) {
    const small = smallInteger(text);
    if (small >= 0) return { kind: "scalar", offset, value: small, float: false, text };
  }
  const special = text.length <= LONGEST_WORD ? SPECIAL_FLOATS.get(text) : undefined;
  if (special !== undefined) return { kind: "scalar", offset, value: special, float: true, text };
  const number = hint === POINT ? resolvePointNumber(text) : resolveNumber(text);
  if (number === undefined) return stringScalar(text, offset);
  return { kind: "scalar", offset, value: number.value, float: number.float, text };
}

export function stringScalar(text: string, offset: number): Scalar {
  return { kind: "scalar", offset, value: text, float: false, text };
}

/** The value of decimal digits without a leading zero, -1 for any other text. */
function smallInteger(text: string): number {
  if (text.length > 1 && text.charCodeAt(0) === ZERO) return -1;
  let value = 0;
  for (let at = 0; at < text.length; at++) {
    const digit = text.charCodeAt(at) - ZERO;
    if (digit < 0 || digit > 9) return -1;
    value = value * 10 + digit;
  }
  return value;
}

const ZERO = 48;
const LONGEST_WORD = 5;

/** What a first character lets a text be. */
const STRING = 0;
const WORD = 1;
const DIGIT = 2;
const SIGN = 3;
const POINT = 4;

const HINTS = new Uint8Array(128);
for (const c of "yYnNtTfFoO~") HINTS[c.charCodeAt(0)] = WORD;
for (const c of "0123456789") HINTS[c.charCodeAt(0)] = DIGIT;
for (const c of "+-") HINTS[c.charCodeAt(0)] = SIGN;
HINTS[".".charCodeAt(0)] = POINT;

const WORDS = new Map<string, boolean | null>();
for (const word of ["y", "Y", "yes", "Yes", "YES", "true", "True", "TRUE", "on", "On", "ON"]) WORDS.set(word, true);
for (const word of ["n", "N", "no", "No", "NO", "false", "False", "FALSE", "off", "Off", "OFF"]) WORDS.set(word, false);
for (const word of ["", "~", "null", "Null", "NULL"]) WORDS.set(word, null);

const SPECIAL_FLOATS = new Map<string, number>();
for (const word of [".nan", ".NaN", ".NAN"]) SPECIAL_FLOATS.set(word, NaN);
for (const word of [".inf", ".Inf", ".INF"]) {
  SPECIAL_FLOATS.set(word, Infinity);
  SPECIAL_FLOATS.set(`+${word}`, Infinity);
  SPECIAL_FLOATS.set(`-${word}`, -Infinity);
}
