/** A string as Go writes it in its own syntax, `%q`. */
export function goString(text: string): string {
  return JSON.stringify(text);
}

/** `[]string{"azv", "cali"}` */
export function goStrings(texts: readonly string[]): string {
  return `[]string{${texts.map(goString).join(", ")}}`;
}

export function goHex(value: number): string {
  return `0x${value.toString(16)}`;
}

/** Where something lies in Felix's memory, the same everywhere: it means nothing and differs in each process. */
export const goPointer = "0xc000100000";
