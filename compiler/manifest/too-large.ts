/** Values that one document may have, for messages. */
export const maxValues = 10_000_000;

/**
 * The limit in words when a document holds more values than memory should, else undefined. What separates values is counted:
 * line ends, commas, opening brackets, and of several in a row one. Shorter texts are not looked at. Measured: 10 million
 * values are some 100 MB of manifests, and take 20 seconds and 2 to 4 GB.
 */
export function isTooLarge(text: string): string | undefined {
  if (text.length <= maxValues) return undefined;
  let separators = 0;
  let last = 0;
  for (let at = 0; at < text.length; at++) {
    const c = text.charCodeAt(at);
    if (c === COMMA || c === OPEN_BRACKET || c === OPEN_BRACE) separators++;
    else if (c === LF && last !== COMMA && last !== OPEN_BRACKET && last !== OPEN_BRACE) separators++;
    last = c;
  }
  return separators > maxValues ? "10 million" : undefined;
}

const LF = 10;
const COMMA = 44;
const OPEN_BRACKET = 91;
const OPEN_BRACE = 123;
