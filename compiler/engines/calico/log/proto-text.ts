import { utf8ToBytes } from "@noble/hashes/utils.js";
import type { Message, Value } from "./proto-message.js";

/** How a release prints messages: gogo's `id:<name:"a" > `, or that of Go's own library since v3.30, `id:{name:"a"}`. */
export type ProtoForm = "angles" | "braces";

/** A message on one line; fields in the order of the message. */
export function protoText(message: Message, form: ProtoForm): string {
  const fields = message.flatMap(({ name, value }) => {
    const values = Array.isArray(value) ? (value as readonly Value[]) : [value as Value];
    return values.map((each) => `${name}:${valueText(each, form)}`);
  });
  return form === "angles" ? fields.map((field) => `${field} `).join("") : fields.join(" ");
}

function valueText(value: Value, form: ProtoForm): string {
  switch (value.kind) {
    case "message":
      return form === "angles" ? `<${protoText(value.message, form)}>` : `{${protoText(value.message, form)}}`;
    case "string":
      return quoted(value.text, form);
    case "number":
      return `${value.number}`;
    case "word":
      return value.word;
  }
}

/** Of what is no ASCII, gogo writes the bytes. */
function quoted(text: string, form: ProtoForm): string {
  const escapes: Readonly<Record<string, string>> = { "\n": "\\n", "\r": "\\r", "\t": "\\t", '"': '\\"', "\\": "\\\\" };
  const escaped = text.replaceAll(/[\n\r\t"\\]/g, (character) => escapes[character]!);
  if (form === "braces") return `"${escaped}"`;
  const octal = (character: string): string =>
    Array.from(utf8ToBytes(character), (byte) => `\\${byte.toString(8).padStart(3, "0")}`).join("");
  return `"${escaped.replaceAll(/[^ -~]/gu, octal)}"`;
}
