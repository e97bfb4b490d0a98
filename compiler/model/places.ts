import { parseDocuments } from "../manifest/parse-documents.js";
import { splitDocuments } from "../manifest/split-documents.js";
import type { Mapping, Value } from "../manifest/value.js";
import type { Location, Source } from "../text/source.js";
import type { StoredObject } from "./resources.js";
import type { Field, FieldMap } from "./stored-form.js";

/** Keys and 0-based indices. */
export type Path = readonly (string | number)[];

/** Where a workload says how many pods there are. */
export const replicas: Path = ["replicas"];

/** Finds where fields of objects were written. A part of a source is read again when the first object in it is asked for. */
export class Places {
  readonly #chunks = new Map<Source, readonly Chunk[]>();
  readonly #sameText = new Map<Source, Map<Source, boolean>>();

  /** Where a field was written, or the nearest field around it. */
  locationOf(object: StoredObject, path: Path = []): Location {
    const { source, offset } = object;
    const found = this.#mappingAt(source, offset);
    if (!found) return { source, offset };
    let place = offset;
    let value: Value | undefined = found.mapping;
    for (const step of writtenPath(found.mapping, object, path)) {
      const next: { readonly at: number; readonly value: Value } | undefined = stepInto(value, step);
      if (!next) break;
      place = next.at + found.base;
      value = next.value;
    }
    return { source, offset: place };
  }

  /** What was written for an object, each value with its keys in order, without places; undefined where it can't be found. */
  writtenText(object: StoredObject): string | undefined {
    const found = this.#mappingAt(object.source, object.offset);
    return found && textOf(found.mapping);
  }

  /** The same as fields; without what is null, which is as good as not there. */
  writtenForm(object: StoredObject): FieldMap {
    const found = this.#mappingAt(object.source, object.offset);
    return found ? mapOf(found.mapping) : new Map();
  }

  /** Whether two objects were written in the same words: then what is read of one is read of the other. */
  areWrittenAlike(one: StoredObject, other: StoredObject): boolean {
    if (this.#haveSameText(one.source, other.source)) return one.offset === other.offset;
    const [left, right] = [this.#chunkAt(one), this.#chunkAt(other)];
    if (!left || !right || one.offset - left.start !== other.offset - right.start) return false;
    return left.end - left.start === right.end - right.start && left.text === right.text;
  }

  /** Large texts are compared once, not for each object in them. */
  #haveSameText(one: Source, other: Source): boolean {
    let known = this.#sameText.get(one);
    if (!known) this.#sameText.set(one, (known = new Map()));
    let same = known.get(other);
    if (same === undefined) known.set(other, (same = one.text === other.text));
    return same;
  }

  #mappingAt(source: Source, offset: number): { readonly mapping: Mapping; readonly base: number } | undefined {
    const chunk = this.#chunkAt({ source, offset });
    const mapping = chunk?.mappings.get(offset - chunk.start);
    return chunk && mapping && { mapping, base: chunk.start };
  }

  #chunkAt({ source, offset }: Location): Chunk | undefined {
    let chunks = this.#chunks.get(source);
    if (!chunks)
      this.#chunks.set(
        source,
        (chunks = splitDocuments(source.text).chunks.map((each) => new Chunk(source, each.start, each.end))),
      );
    let [low, high] = [0, chunks.length - 1];
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if (chunks[middle]!.start <= offset) low = middle;
      else high = middle - 1;
    }
    const found = chunks[low];
    return found && found.start <= offset && offset < found.end ? found : undefined;
  }
}

class Chunk {
  #mappings: ReadonlyMap<number, Mapping> | undefined;

  constructor(
    private readonly source: Source,
    readonly start: number,
    readonly end: number,
  ) {}

  get text(): string {
    return this.source.text.slice(this.start, this.end);
  }

  /** By offset into the chunk; of several at one offset the outermost. */
  get mappings(): ReadonlyMap<number, Mapping> {
    return (this.#mappings ??= mappingsOf(this.source.name, this.text));
  }
}

function mappingsOf(name: string, text: string): ReadonlyMap<number, Mapping> {
  const found = new Map<number, Mapping>();
  const waiting: Value[] = parseDocuments({ name, text })
    .documents.map(({ value }) => value)
    .reverse();
  const seen = new Set<Value>();
  for (let value = waiting.pop(); value; value = waiting.pop()) {
    if (seen.has(value)) continue;
    seen.add(value);
    if (value.kind === "sequence") for (const item of value.items.toReversed()) waiting.push(item);
    if (value.kind !== "mapping") continue;
    if (!found.has(value.offset)) found.set(value.offset, value);
    // Objects stand in the items of lists, and nowhere else.
    const items = value.entries.find(({ key }) => key === "items");
    if (items) waiting.push(items.value);
  }
  return found;
}

/** A path in what was written: of a pod that a workload makes, behind its template. */
function writtenPath(mapping: Mapping, object: StoredObject, path: Path): Path {
  if (object.kind !== "Pod" || object.workload === undefined) return path;
  if (path[0] === replicas[0]) return ["spec", ...replicas];
  const kind = entryOf(mapping, "kind")?.value;
  if (kind?.kind === "scalar" && kind.value === "CronJob") return ["spec", "jobTemplate", "spec", "template", ...path];
  return ["spec", "template", ...path];
}

function stepInto(value: Value, step: string | number): { readonly at: number; readonly value: Value } | undefined {
  if (value.kind === "mapping" && typeof step === "string") {
    const entry = entryOf(value, step);
    return entry && { at: entry.keyOffset, value: entry.value };
  }
  if (value.kind !== "sequence" || typeof step !== "number") return undefined;
  const item = value.items[step];
  return item && { at: item.offset, value: item };
}

function entryOf(mapping: Mapping, key: string) {
  return mapping.entries.findLast((entry) => entry.key === key);
}

function mapOf({ entries }: Mapping): FieldMap {
  const fields = new Map<string, Field>();
  for (const { key, value } of entries) {
    const field = fieldOf(value);
    if (field === undefined) fields.delete(key);
    else fields.set(key, field);
  }
  return fields;
}

function fieldOf(value: Value): Field | undefined {
  switch (value.kind) {
    case "scalar":
      if (value.value === null) return undefined;
      return typeof value.value === "bigint" ? Number(value.value) : value.value;
    case "sequence":
      return value.items.flatMap((item) => fieldOf(item) ?? []);
    case "mapping":
      return mapOf(value);
  }
}

function textOf(value: Value): string {
  switch (value.kind) {
    case "scalar":
      return typeof value.value === "string" ? JSON.stringify(value.value) : String(value.value);
    case "sequence":
      return `[${value.items.map(textOf).join()}]`;
    case "mapping":
      return `{${value.entries.map(({ key, value: its }) => `${JSON.stringify(key)}:${textOf(its)}`).join()}}`;
  }
}
