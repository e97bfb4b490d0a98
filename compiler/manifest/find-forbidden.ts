/** A character that should not be in YAML, and its name: `U+0007`. */
export interface Forbidden {
  readonly offset: number;
  readonly character: string;
  /** True for one that kubectl takes for a line end and js-yaml does not. Refused, because hardly anybody means that. */
  readonly lineEnd: boolean;
}

/**
 * The first control character other than tab and line ends, half of a surrogate pair, or rare line end (U+0085, U+2028,
 * U+2029). Source: go.yaml.in/yaml v2.4.2, readerc.go and yamlprivateh.go.
 */
export function findForbidden(text: string): Forbidden | undefined {
  const offset = text.search(FORBIDDEN);
  if (offset < 0) return undefined;
  const code = text.charCodeAt(offset);
  const lineEnd = code === 0x85 || code === 0x2028 || code === 0x2029;
  return { offset, character: `U+${code.toString(16).toUpperCase().padStart(4, "0")}`, lineEnd };
}

const FORBIDDEN =
  // oxlint-disable-next-line no-control-regex
  /[\0-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u2028\u2029\ufffe\uffff]|[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/;
