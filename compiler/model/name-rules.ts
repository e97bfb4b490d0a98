/*
 * What Kubernetes wants of names. Each function gives the mistakes as ends of sentences ("has more than 63 characters"), none when the name is
 * fine. Lengths count UTF-8 bytes, as Go does. Rules: k8s.io/apimachinery 0.34, pkg/util/validation.
 */

type Mistakes = readonly string[];

const none: Mistakes = [];

/** DNS label of RFC 1123, the name of a namespace. */
export function labelNameMistakes(name: string): Mistakes {
  if (name.length <= 63 && isDnsLabel(name, 0, name.length)) return none;
  const mistakes: string[] = [];
  if (byteLength(name) > 63) mistakes.push("has more than 63 characters");
  if (!isDnsLabel(name, 0, name.length)) mistakes.push(isDnsSubdomain(name) ? "has dots" : whyNoDnsName(name));
  return mistakes;
}

/** DNS subdomain of RFC 1123, the name of most objects. */
export function subdomainNameMistakes(name: string): Mistakes {
  if (name.length <= 253 && isDnsSubdomain(name)) return none;
  const mistakes: string[] = [];
  if (byteLength(name) > 253) mistakes.push("has more than 253 characters");
  if (!isDnsSubdomain(name)) mistakes.push(whyNoDnsName(name));
  return mistakes;
}

/** `name`, or `domain/name`: label keys, annotation keys (in lower case), finalizers. */
export function qualifiedNameMistakes(text: string): Mistakes {
  if (knownKeys.has(text)) return none;
  const mistakes = findQualifiedNameMistakes(text);
  if (mistakes.length === 0) remember(knownKeys, text);
  return mistakes;
}

export function labelValueMistakes(value: string): Mistakes {
  if (value === "" || knownValues.has(value)) return none;
  const mistakes = tokenMistakes(value, "");
  if (mistakes.length === 0) remember(knownValues, value);
  return mistakes;
}

/** Name of a container port. */
export function portNameMistakes(name: string): Mistakes {
  const mistakes: string[] = [];
  let letter = false;
  let strange = name === "";
  for (let i = 0; i < name.length; i++) {
    const code = name.charCodeAt(i);
    if (code >= 97 && code <= 122) letter = true;
    else if (!isDigit(code) && code !== dash) strange = true;
  }
  if (byteLength(name) > 15) mistakes.push("has more than 15 characters");
  if (strange) mistakes.push(name === "" ? "is empty" : "has other characters than a-z, 0-9 and -");
  if (!letter) mistakes.push("has no letter a-z");
  if (name.includes("--")) mistakes.push("has two hyphens in a row");
  if (name.startsWith("-") || name.endsWith("-")) mistakes.push("begins or ends with a hyphen");
  return mistakes;
}

export function byteLength(text: string): number {
  let bytes = 0;
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    if (code < 0x80) bytes += 1;
    else if (code < 0x800) bytes += 2;
    else if (code >= 0xd800 && code < 0xdc00 && i + 1 < text.length) {
      bytes += 4;
      i += 1;
    } else bytes += 3;
  }
  return bytes;
}

// Labels of real clusters repeat, so those found good are remembered. Bounded: hostile input has as many as it likes.
const knownKeys = new Set<string>();
const knownValues = new Set<string>();
const maxKnown = 20_000;

function remember(known: Set<string>, text: string): void {
  if (known.size >= maxKnown) known.clear();
  known.add(text);
}

function findQualifiedNameMistakes(text: string): Mistakes {
  const slash = text.indexOf("/");
  if (slash < 0) return text === "" ? ["is empty"] : tokenMistakes(text, "");
  if (text.includes("/", slash + 1)) return ["has more than one slash"];
  const prefix = text.slice(0, slash);
  const name = text.slice(slash + 1);
  const mistakes: string[] = [];
  if (prefix === "") mistakes.push("has nothing before the slash");
  else for (const mistake of subdomainNameMistakes(prefix)) mistakes.push(`${mistake} before the slash`);
  if (name === "") mistakes.push("has nothing after the slash");
  else mistakes.push(...tokenMistakes(name, " after the slash"));
  return mistakes;
}

/** Up to 63 of A-Z, a-z, 0-9, `-`, `_` and `.`, a letter or digit first and last. `text` is not empty. */
function tokenMistakes(text: string, where: string): Mistakes {
  let strange = false;
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    if (!isAlphanumeric(code) && code !== dash && code !== underscore && code !== dot) strange = true;
  }
  const ends = isAlphanumeric(text.charCodeAt(0)) && isAlphanumeric(text.charCodeAt(text.length - 1));
  if (!strange && ends && text.length <= 63) return none;
  const mistakes: string[] = [];
  if (byteLength(text) > 63) mistakes.push(`has more than 63 characters${where}`);
  if (strange) mistakes.push(`has other characters than A-Z, a-z, 0-9, -, _ and .${where}`);
  else if (!ends) mistakes.push(`does not begin and end with a letter or digit${where}`);
  return mistakes;
}

function whyNoDnsName(name: string): string {
  if (name === "") return "is empty";
  if (/[A-Z]/.test(name)) return "has upper-case letters";
  if (/[^-a-z0-9.]/.test(name)) return "has other characters than a-z, 0-9, - and .";
  return "does not begin and end with a letter or digit, or has a dot or hyphen beside a dot";
}

function isDnsSubdomain(name: string): boolean {
  let start = 0;
  for (;;) {
    const end = name.indexOf(".", start);
    if (end < 0) return isDnsLabel(name, start, name.length);
    if (!isDnsLabel(name, start, end)) return false;
    start = end + 1;
  }
}

/** Whether the characters from `start` up to `end` are a-z, 0-9 and `-`, not empty, no `-` first or last. */
function isDnsLabel(name: string, start: number, end: number): boolean {
  if (start >= end || name.charCodeAt(start) === dash || name.charCodeAt(end - 1) === dash) return false;
  for (let i = start; i < end; i++) {
    const code = name.charCodeAt(i);
    if (!(code >= 97 && code <= 122) && !isDigit(code) && code !== dash) return false;
  }
  return true;
}

const dash = 0x2d;
const dot = 0x2e;
const underscore = 0x5f;

function isDigit(code: number): boolean {
  return code >= 48 && code <= 57;
}

function isAlphanumeric(code: number): boolean {
  return isDigit(code) || (code >= 97 && code <= 122) || (code >= 65 && code <= 90);
}
