const maxLength = 100;

/** A text of the user's in double quotes: shortened when long, control characters escaped, so that it cannot act on a terminal. */
export function quote(text: string): string {
  return JSON.stringify(shorten(text)).replace(/[\u007f-\u009f\u2028-\u202e\u2066-\u2069]/g, escapeCharacter);
}

/** The beginning of a long text, for messages. */
export function shorten(text: string): string {
  return text.length > maxLength ? `${text.slice(0, maxLength - 1)}…` : text;
}

function escapeCharacter(character: string): string {
  return `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`;
}
