/** A bracket or quote that opens something. */
export interface Opening {
  readonly offset: number;
  readonly character: string;
  /** Whether its counterpart follows. */
  readonly closed: boolean;
}

/** The innermost bracket that is open at `before`, as far as one can tell without reading quotes. */
export function openBracket(text: string, before: number): Opening | undefined {
  let depth = 0;
  for (let at = Math.min(before, text.length) - 1; at >= 0; at--) {
    const c = text.charAt(at);
    if (c === "]" || c === "}") depth++;
    else if ((c === "[" || c === "{") && opens(text, at) && --depth < 0) {
      return { offset: at, character: c, closed: isClosed(text, at) };
    }
  }
  return undefined;
}

/** The quote that begins the text which is still open at the end of the chunk, or at `before`. */
export function openQuote(text: string, quote: "'" | '"', before: number): Opening {
  let at = text.lastIndexOf(quote, before - 1);
  while (at > 0 && !opens(text, at)) at = text.lastIndexOf(quote, at - 1);
  return { offset: Math.max(at, 0), character: quote, closed: false };
}

/** Whether a value can begin at `at`: after white space, a bracket, a comma or a colon. */
function opens(text: string, at: number): boolean {
  return at === 0 || " \t\r\n[{,:".includes(text.charAt(at - 1));
}

function isClosed(text: string, at: number): boolean {
  let depth = 0;
  for (; at < text.length; at++) {
    const c = text.charAt(at);
    if (c === "[" || c === "{") depth++;
    else if ((c === "]" || c === "}") && --depth === 0) return true;
  }
  return false;
}
