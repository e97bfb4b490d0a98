import { utf8ToBytes } from "@noble/hashes/utils.js";

/** A message of Felix's own protocol: the fields that are set, in the order in which the protocol declares them. */
export type Message = readonly Field[];

export interface Field {
  readonly number: number;
  readonly name: string;
  readonly value: Value | readonly Value[];
}

export type Value =
  | { readonly kind: "message"; readonly message: Message }
  | { readonly kind: "string"; readonly text: string }
  | { readonly kind: "number"; readonly number: number }
  /** A number that is written as a word: of an enumeration, or a truth. */
  | { readonly kind: "word"; readonly word: string; readonly number: number };

/** Fields of a message; what is empty is left out, as the protocol does it. */
export const field = {
  text(number: number, name: string, text: string | undefined): Message {
    return text === undefined || text === "" ? [] : [{ number, name, value: { kind: "string", text } }];
  },
  texts(number: number, name: string, texts: readonly string[]): Message {
    return repeated(
      number,
      name,
      texts.map((text) => ({ kind: "string", text })),
    );
  },
  number(number: number, name: string, value: number): Message {
    return value === 0 ? [] : field.chosen(number, name, value);
  },
  /** One of several of which exactly one is set, so that 0 is there, too. */
  chosen(number: number, name: string, value: number): Message {
    return [{ number, name, value: { kind: "number", number: value } }];
  },
  word(number: number, name: string, word: string, value: number): Message {
    return value === 0 ? [] : [{ number, name, value: { kind: "word", word, number: value } }];
  },
  truth(number: number, name: string, value: boolean): Message {
    return field.word(number, name, "true", Number(value));
  },
  message(number: number, name: string, message: Message | undefined): Message {
    return message ? [{ number, name, value: { kind: "message", message } }] : [];
  },
  messages(number: number, name: string, messages: readonly Message[]): Message {
    return repeated(
      number,
      name,
      messages.map((message) => ({ kind: "message", message })),
    );
  },
  /** By key. */
  map(number: number, name: string, entries: Iterable<readonly [string, string]>): Message {
    const sorted = [...entries].toSorted(([a], [b]) => (a < b ? -1 : 1));
    const messages = sorted.map(([key, value]) => [
      { number: 1, name: "key", value: { kind: "string", text: key } } as const,
      { number: 2, name: "value", value: { kind: "string", text: value } } as const,
    ]);
    return field.messages(number, name, messages);
  },
};

function repeated(number: number, name: string, values: readonly Value[]): Message {
  return values.length === 0 ? [] : [{ number, name, value: values }];
}

/** A message in the binary form of protocol buffers, fields by number. */
export function protoBytes(message: Message): readonly number[] {
  return message
    .toSorted((a, b) => a.number - b.number)
    .flatMap(({ number, value }) =>
      (Array.isArray(value) ? (value as readonly Value[]) : [value as Value]).flatMap((each) =>
        fieldBytes(number, each),
      ),
    );
}

function fieldBytes(number: number, value: Value): readonly number[] {
  if (value.kind === "number" || value.kind === "word") return [...varint(number << 3), ...varint(value.number)];
  const bytes = value.kind === "message" ? protoBytes(value.message) : [...utf8ToBytes(value.text)];
  return [...varint((number << 3) | 2), ...varint(bytes.length), ...bytes];
}

function varint(value: number): readonly number[] {
  return value < 128 ? [value] : [(value & 127) | 128, ...varint(value >>> 7)];
}
