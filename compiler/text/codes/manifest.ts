import { quote, shorten } from "../quote.js";
import { error, warning } from "./entry.js";

const RENDER_FIRST =
  "render the template first and compile what it prints, for example: helm template . | anpm compile -f -";

/** Reading text into documents. */
export const manifestCodes = {
  "document-ignored": warning<object>(
    () => "kubectl does not read this document, so it is skipped: it does not follow a line ---",
    () => "put --- on a line of its own before it, or remove the document",
  ),
  "document-too-large": error<{ limit: string }>(
    ({ limit }) => `this document has more than ${limit} values`,
    () => "split it into several documents with lines ---, or into several files",
  ),
  "yaml-after-value": error<object>(
    () => "the value before this has ended already, so this belongs to nothing",
    () => "put quotes around the whole value, or begin a new line",
  ),
  "yaml-alias-in-itself": error<{ name: string }>(
    ({ name }) => `*${shorten(name)} stands inside of the value &${shorten(name)} that it repeats`,
    ({ name }) => `write out the value instead of *${shorten(name)}`,
  ),
  "yaml-alias-unknown": error<{ name: string; suggestion: string | undefined }>(
    ({ name }) => `*${shorten(name)} repeats a value that no &${shorten(name)} before it in this document names`,
    ({ name, suggestion }) =>
      suggestion === undefined
        ? `write &${shorten(name)} before the value to repeat, or put quotes around "*${shorten(name)}" if it is a text`
        : `did you mean *${suggestion}?`,
  ),
  "yaml-aliases-excessive": error<object>(
    () => "the aliases (*name) of this document repeat so much that kubectl refuses to read it",
    () => "write out the repeated values, or repeat less",
  ),
  "yaml-binary": error<object>(
    () => "the text after !!binary is not valid base64",
    () => "remove !!binary to have a plain text, or correct the base64",
  ),
  "yaml-bracket-open": error<{ open: string; close: string }>(
    ({ open }) => `this ${open} is never closed`,
    ({ close, open }) => `add the missing ${close}, or put quotes around a text that contains ${open}`,
  ),
  "yaml-bracket-unexpected": error<{ close: string }>(
    ({ close }) => `there is nothing open that this ${close} could close`,
    ({ close }) => `remove the ${close}, or add the bracket that opens it`,
  ),
  "yaml-character": error<{ character: string }>(
    ({ character }) => `YAML does not allow the character ${character}`,
    () => 'remove it, or write it as an escape in double quotes ("\\u0007")',
  ),
  "yaml-colon-space": error<object>(
    () => "there is no space after this colon",
    () => "write a space after the colon, or put quotes around a text that contains one",
  ),
  "yaml-directive": error<object>(
    () => "kubectl reads no YAML directives, which is what a line that begins with % is",
    () => "remove the line, or indent it when it belongs to a text",
  ),
  "yaml-escape": error<{ escape: string }>(
    ({ escape }) => `${escape} is no escape that a double-quoted text of YAML can have`,
    () => "write \\\\ for a backslash, or use single quotes, where a backslash means itself",
  ),
  "yaml-indentation": error<{ indent: number | undefined }>(
    () => "this line is indented differently from what it belongs to",
    ({ indent }) =>
      indent === undefined
        ? "line it up with the lines it belongs to, using spaces only"
        : `give it as many spaces as the lines it belongs to: the line before has ${indent}`,
  ),
  "yaml-key-not-text": error<{ what: string }>(
    ({ what }) => `a key has to be a text, and this one is ${what}`,
    () => 'put quotes around the key if it is a text ("{a}: b"), or check for a missing space or line break',
  ),
  "yaml-key-without-value": error<object>(
    () => "there is no colon after this key",
    () => "write key: value with a space after the colon, or indent the line if it continues the one before",
  ),
  "yaml-line-separator": error<{ character: string }>(
    ({ character }) => `kubectl takes the invisible character ${character} for a line end, editors do not`,
    () => "remove it; it often comes in by copying from a web page or a document",
  ),
  "yaml-list-item": error<object>(
    () => "a list begins here, on the line of its key or of other content",
    () => "begin the list on a line of its own, one item a line: - item",
  ),
  "yaml-mapping-in-line": error<object>(
    () => "there is a second colon with a space after it in this line, as if a key had two values",
    () => 'put quotes around a text that contains a colon and a space ("a: b"), or begin a new line for the second key',
  ),
  "yaml-merge": error<{ what: string }>(
    ({ what }) => `<< takes the keys of another mapping, and this is ${what}`,
    () => "write <<: *name, where &name stands before a mapping, or a list of such",
  ),
  "yaml-missing-comma": error<{ open: string }>(
    ({ open }) => `there is no comma between two items inside of ${open}`,
    () => "write a comma between them, or close the bracket before",
  ),
  "yaml-not-a-number": error<{ text: string }>(
    ({ text }) => `${shorten(text)} is a number that JSON cannot hold, so Kubernetes cannot read it`,
    ({ text }) => `put quotes around it if it is a text: ${quote(text)}`,
  ),
  "yaml-quote-open": error<{ quote: string }>(
    ({ quote }) => `the text that begins with this ${quote} is never closed`,
    ({ quote }) => `add the missing ${quote}`,
  ),
  "yaml-reserved-character": error<{ character: string }>(
    ({ character }) => `an unquoted text cannot begin with ${character}`,
    () => "put quotes around the text",
  ),
  "yaml-separator": error<object>(
    () => "kubectl accepts nothing but a comment after --- on its line",
    () => "begin a new line after ---, or indent the line if it belongs to a text",
  ),
  "yaml-syntax": error<{ reason: string }>(
    ({ reason }) => `this is not valid YAML: ${reason}`,
    () => "compare the line with its neighbours: indentation, quotes, brackets, and a space after each colon and dash",
  ),
  "yaml-tab": error<object>(
    () => "a tab indents this line, and YAML indents with spaces only",
    () => "replace the tab by spaces (most editors have a command that does it for the whole file)",
  ),
  "yaml-tag": error<{ text: string; tag: string }>(
    ({ text, tag }) => `${quote(text)} is not what its tag ${shorten(tag)} says`,
    ({ tag }) => `remove ${shorten(tag)}, or correct the value`,
  ),
  "yaml-template": error<object>(
    () => "{{ … }} belongs to a template that is not filled in yet, so this is no YAML",
    () => RENDER_FIRST,
  ),
  "yaml-text-in-brackets": error<{ text: string }>(
    () => "inside of [ ] and { }, kubectl reads no unquoted text that begins with a colon or contains a question mark",
    ({ text }) => `put quotes around it: ${quote(text)}`,
  ),
  "yaml-too-deep": error<{ limit: number }>(
    ({ limit }) => `lists and mappings are nested more than ${limit} deep here`,
    () => "flatten the document: no object of Kubernetes is nested this deep",
  ),
};
