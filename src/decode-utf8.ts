import { diagnostic, type Diagnostic, type Source } from "../compiler/index.js";

export type Decoded = { readonly source: Source } | { readonly error: Diagnostic };

/** The longest string that the JavaScript engine makes is 2^29 - 24 code units, and no text has more of them than bytes. */
export const maxByteLength = 2 ** 29 - 24;

/** Bytes of a file as text without a byte order mark; an error that points at the first byte which is not UTF-8. */
export function decodeUtf8(name: string, bytes: Buffer): Decoded {
  if (bytes.length > maxByteLength) return { error: diagnostic("file-too-large", { path: name }) };
  try {
    return { source: { name, text: new TextDecoder("utf-8", { fatal: true }).decode(bytes) } };
  } catch {
    return { error: notUtf8(name, bytes) };
  }
}

function notUtf8(name: string, bytes: Buffer): Diagnostic {
  const text = new TextDecoder("utf-8", { ignoreBOM: true }).decode(bytes);
  const at = firstDifference(bytes, Buffer.from(text));
  const offset = new TextDecoder("utf-8", { ignoreBOM: true }).decode(bytes.subarray(0, at)).length;
  const byte = `0x${bytes[at]!.toString(16).padStart(2, "0")}`;
  return diagnostic("not-utf-8", { byte }, { location: { source: { name, text }, offset } });
}

function firstDifference(a: Buffer, b: Buffer): number {
  let at = 0;
  while (at < a.length && a[at] === b[at]) at += 1;
  return at;
}
