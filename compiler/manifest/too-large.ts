/** Values that one document may have, for messages. */
export const maxValues = 10_000_000;

/**
 * The limit in words when a document could hold more values than memory, else undefined. What separates values (line ends,
 * commas, opening brackets) is counted, which is quick and never too low by much; texts below the limit are not looked at.
 */
export function isTooLarge(text: string): string | undefined {
  if (text.length <= maxValues) return undefined;
  let separators = 0;
  for (let at = 0; at < text.length; at++) {
    const c = text.charCodeAt(at);
    if (c === LF || c === COMMA || c === OPEN_BRACKET || c === OPEN_BRACE) separators++;
  }
  return separators > maxValues ? "10 million" : undefined;
}

const LF = 10;
const COMMA = 44;
const OPEN_BRACKET = 91;
const OPEN_BRACE = 123;
