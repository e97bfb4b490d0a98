/** A number as kubectl reads it. `float` is true when it was written with a point or an exponent, or fits no integer. */
export interface ResolvedNumber {
  readonly value: number | bigint;
  readonly float: boolean;
}

/**
 * The number that a plain text beginning with a digit or a sign means, undefined when it is a string. `0120` is octal,
 * `0x50`, `0o120` and `0b1` are accepted in both cases of the letter, underscores are dropped, `1:30` is a string. A decimal
 * integer beyond 64 bits is a float, a hexadecimal one a string. Source: go.yaml.in/yaml v2.4.2, resolve.go.
 */
export function resolveNumber(text: string): ResolvedNumber | undefined {
  if (!CHARACTERS.test(text)) return undefined;
  const plain = text.includes("_") ? text.replaceAll("_", "") : text;
  return integer(plain) ?? float(plain) ?? oddBinary(plain);
}

/** The same for a text that begins with `.`: an underscore may only stand between digits. */
export function resolvePointNumber(text: string): ResolvedNumber | undefined {
  return POINT_FLOAT.test(text) ? float(text.replaceAll("_", "")) : undefined;
}

const CHARACTERS = /^[-+]?[0-9.][0-9a-fA-FxXoO_.+-]*$/;
const INTEGER = /^([-+]?)(0[xX][0-9a-fA-F]+|0[bB][01]+|0[oO][0-7]+|0[0-7]*|[1-9][0-9]*)$/;
const FLOAT = /^[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?$/;
const ODD_BINARY = /^0b([-+])([01]+)$/;
const POINT_FLOAT = /^\.[0-9]+(_[0-9]+)*([eE][-+]?[0-9]+(_[0-9]+)*)?$/;

/** A signed integer of 64 bits, or an unsigned one when it has no sign. */
function integer(plain: string): ResolvedNumber | undefined {
  const found = INTEGER.exec(plain);
  if (!found) return undefined;
  const [, sign, digits] = found as unknown as [string, string, string];
  if (digits.length > LONGEST_INTEGER) return undefined;
  const magnitude = magnitudeOf(digits);
  const highest = sign === "" ? MAX_UNSIGNED : sign === "-" ? MAX_SIGNED + 1n : MAX_SIGNED;
  if (magnitude > highest) return undefined;
  return { value: narrow(sign === "-" ? -magnitude : magnitude), float: false };
}

function magnitudeOf(digits: string): bigint {
  const octal = digits.length > 1 && digits.startsWith("0") && DIGITS.test(digits);
  return BigInt(octal ? `0o${digits.slice(1)}` : digits.toLowerCase());
}

function float(plain: string): ResolvedNumber | undefined {
  if (!FLOAT.test(plain)) return undefined;
  const value = Number(plain);
  return Number.isFinite(value) ? { value: value === 0 ? 0 : value, float: true } : undefined;
}

/** `0b-101` is -5: the reader looks for a sign once more after the prefix. */
function oddBinary(plain: string): ResolvedNumber | undefined {
  const found = ODD_BINARY.exec(plain);
  if (!found) return undefined;
  const magnitude = BigInt(`0b${found[2]}`);
  if (magnitude > MAX_SIGNED) return undefined;
  return { value: narrow(found[1] === "-" ? -magnitude : magnitude), float: false };
}

/** A number when it is exact as one, otherwise the bigint. */
function narrow(value: bigint): number | bigint {
  const number = Number(value);
  return Number.isSafeInteger(number) ? number : value;
}

const DIGITS = /^[0-9]+$/;
const MAX_SIGNED = 2n ** 63n - 1n;
const MAX_UNSIGNED = 2n ** 64n - 1n;
/** 64 binary digits and their prefix, with room for leading zeros: keeps the cost of a hostile number small. */
const LONGEST_INTEGER = 400;
