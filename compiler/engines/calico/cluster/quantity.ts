/**
 * What a quantity of Kubernetes comes to, `10k`, `1.5Ki` or `2e3`, rounded up; undefined for a text that is none. No more than 2^53.
 * Source: k8s.io/apimachinery 0.34, pkg/api/resource/quantity.go, ParseQuantity and Value.
 */
export function quantityOf(text: string): number | undefined {
  const found = /^([+-]?)(\d*)(?:\.(\d*))?([numkMGTPE]?|[KMGTPE]i|[eE][+-]?\d{1,9})$/.exec(text);
  if (!found) return undefined;
  const [, sign, whole = "", fraction = "", suffix = ""] = found;
  if (whole + fraction === "" || text.length > longest) return undefined;
  const [base, power] = factorOf(suffix);
  const digits = BigInt(whole + fraction);
  if (digits === 0n) return 0;
  const shift = (base === 10n ? power : 0) - fraction.length;
  // Whatever lies beyond is more, or less, than anything that is asked for.
  const tens = 10n ** BigInt(Math.min(Math.abs(shift), longest * 2));
  const times = digits * (base === 10n ? 1n : base ** BigInt(power)) * (shift > 0 ? tens : 1n);
  const divisor = shift < 0 ? tens : 1n;
  const most = 2n ** 53n;
  const rounded = (times + divisor - 1n) / divisor;
  const value = Number(rounded > most ? most : rounded);
  return sign === "-" ? -value : value;
}

/** Nobody writes a longer number, and a hostile one would take long. */
const longest = 200;

function factorOf(suffix: string): readonly [base: bigint, power: number] {
  if (/^[eE]./.test(suffix)) return [10n, Number(suffix.slice(1))];
  if (suffix.endsWith("i")) return [1024n, "KMGTPE".indexOf(suffix[0]!) + 1];
  return [10n, { n: -9, u: -6, m: -3, k: 3, M: 6, G: 9, T: 12, P: 15, E: 18 }[suffix] ?? 0];
}
