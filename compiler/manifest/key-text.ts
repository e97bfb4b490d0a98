import type { Scalar } from "./value.js";

/** The string that kubectl makes of a key that is no string (`on` → `true`, `0x10` → `16`), undefined where it has none. */
export function keyText(key: Scalar): string | undefined {
  const { value } = key;
  if (typeof value === "string") return value;
  if (typeof value === "boolean") return String(value);
  if (value === 0 && key.float) return key.text.startsWith("-") ? "-0" : "0";
  if (typeof value === "number" && key.float) return floatText(value);
  if (typeof value === "number") return String(value);
  return typeof value === "bigint" && value === BigInt.asIntN(64, value) ? String(value) : undefined;
}

/** As Go formats a float of 32 bits, shortest form: `1.1`, `100000`, `1e+06`. Source: sigs.k8s.io/yaml v1.6.0, yaml.go. */
function floatText(value: number): string {
  const single = Math.fround(value);
  if (Number.isNaN(single)) return ".nan";
  if (!Number.isFinite(single)) return single > 0 ? ".inf" : "-.inf";
  if (single === 0) return "0";
  const [digits, exponent] = shortest(single).split("e") as [string, string];
  const power = Number(exponent);
  if (power < -4 || power >= 6) return `${digits}e${power < 0 ? "-" : "+"}${String(Math.abs(power)).padStart(2, "0")}`;
  return String(Number(`${digits}e${power}`));
}

/** The fewest digits that still mean this float of 32 bits, in exponent form. */
function shortest(single: number): string {
  for (let digits = 0; digits < 9; digits++) {
    const text = single.toExponential(digits);
    if (Math.fround(Number(text)) === single) return text;
  }
  return single.toExponential();
}
