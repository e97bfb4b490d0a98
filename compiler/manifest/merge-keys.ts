import type { Entry } from "./value.js";

/**
 * The entries of a mapping with merge keys (`<<`), by key. Every merged key counts where its `<<` stands: it replaces the
 * same key above it, written or merged, and a written key below replaces it. (go.yaml.in/yaml v2 does so. YAML itself would
 * let a written key win wherever it stands.) A key that is written twice stays twice.
 */
export class MergedEntries {
  readonly #byKey = new Map<string, { merged: boolean; entries: Entry[] }>();

  constructor(written: readonly Entry[]) {
    for (const entry of written) this.add(entry);
  }

  add(entry: Entry): void {
    const known = this.#byKey.get(entry.key);
    if (known && !known.merged) known.entries.push(entry);
    else this.#byKey.set(entry.key, { merged: false, entries: [entry] });
  }

  merge(added: readonly Entry[]): void {
    for (const entry of added) this.#byKey.set(entry.key, { merged: true, entries: [entry] });
  }

  *[Symbol.iterator](): Iterator<Entry> {
    for (const { entries } of this.#byKey.values()) yield* entries;
  }
}
