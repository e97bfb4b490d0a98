/** The texts of a list in JSON, as Go reads them into a list of texts: `null` is an empty one, and in a list an empty text. Undefined: it is none. */
export function stringList(text: string): readonly string[] | undefined {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return undefined;
  }
  if (value === null) return [];
  if (!Array.isArray(value)) return undefined;
  const texts = value.map((each: unknown) => each ?? "");
  return texts.every((each) => typeof each === "string") ? texts : undefined;
}
