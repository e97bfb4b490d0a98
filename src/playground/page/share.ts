import { maxTextLength, readState, writeState, type State } from "./state.js";

/** A link's fragment: `#1` and the state as JSON, packed by deflate and written in URL-safe base64. Whoever sends a link may have written
 *  anything there. */
const version = "1";

/** Longer than that of the longest state. */
const maxFragmentLength = 400_000;
/** A state's JSON in UTF-8; unpacking stops here, for a short text can unpack to gigabytes. */
const maxBytes = 4 * maxTextLength;

export async function fragmentOf(state: State): Promise<string> {
  const json = new TextEncoder().encode(JSON.stringify(writeState(state)));
  const packed = await collect(new Blob([json]).stream().pipeThrough(new CompressionStream("deflate-raw")), Infinity);
  let binary = "";
  for (const byte of packed) binary += String.fromCharCode(byte);
  return version + btoa(binary).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
}

/** Rejects, with a reason for people, when the fragment (without `#`) is none that this page made. */
export async function stateOf(fragment: string): Promise<State> {
  if (fragment.length > maxFragmentLength) throw new Error("it is too long");
  if (!/^1[A-Za-z0-9_-]+$/.test(fragment)) throw new Error("it is not one that this page made");
  let value: unknown;
  try {
    const packed = Uint8Array.from(atob(fragment.slice(1).replaceAll("-", "+").replaceAll("_", "/")), (character) =>
      character.charCodeAt(0),
    );
    const stream = new Blob([packed]).stream().pipeThrough(new DecompressionStream("deflate-raw"));
    value = JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(await collect(stream, maxBytes)));
  } catch {
    throw new Error("it is damaged");
  }
  const state = readState(value);
  if (!state) throw new Error("it is not one that this page made");
  return state;
}

async function collect(stream: ReadableStream<Uint8Array>, limit: number): Promise<Uint8Array<ArrayBuffer>> {
  const parts: Uint8Array<ArrayBuffer>[] = [];
  let length = 0;
  const reader = stream.getReader();
  for (;;) {
    const { done, value } = await reader.read();
    if (done) break;
    length += value.length;
    if (length > limit) {
      await reader.cancel();
      throw new Error("too much");
    }
    parts.push(value.slice());
  }
  return new Uint8Array(await new Blob(parts).arrayBuffer());
}
